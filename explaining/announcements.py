"""What was said of a clock and when, in words: which announcement corrected which, and on what evidence."""

from collections.abc import Callable

from clocks.finding import BREACHED, EXCLUDED, FEED_SILENT, UNVERIFIABLE
from clocks.saying import AT_RISK, OPEN_AGAIN, STOPPED, UNRESOURCED, VERDICT, Said
from explaining.happenings import in_words
from explaining.wording import LocalTimes, why
from schemas.facts import Fact
from schemas.stories import Announced, EventRef
from schemas.times import duration_in_words, format_time

_STAGE_WORDS = {
    AT_RISK: "at risk: due",
    UNRESOURCED: "no unit is assigned",
    STOPPED: "the breached clock stopped",
    OPEN_AGAIN: "breached and open again: what had stopped it does not stand",
}
_OF_TIME = (AT_RISK, UNRESOURCED)
_STAGE_RULES = {AT_RISK: "P1", UNRESOURCED: "P1", STOPPED: "S4", OPEN_AGAIN: "S4"}


Evidence = Callable[[Said, list[Fact]], int | None]
"""When the evidence was recorded (ms) that brought an announcement; None where time alone did."""


def announced(
    said: list[Said], facts: list[Fact], local: LocalTimes, evidence: Evidence
) -> tuple[Announced, ...]:
    """The announcements of one clock, in the order in which they were made."""
    moments = {each.revision: each.said_at for each in said}
    return tuple(_announced(each, _brought_by(each, facts, evidence), moments, local) for each in said)


def ref(fact: Fact) -> EventRef:
    """An event by what makes it the same."""
    return EventRef(source=fact.source, id=fact.id, type=fact.type)


def _announced(said: Said, brought: list[Fact], moments: dict[int, int], local: LocalTimes) -> Announced:
    words = [_what(said, local), *_correction(said, moments, local), *map(_evidence, brought)]
    return Announced(
        said_at=format_time(said.said_at),
        about=format_time(said.about),
        kind=said.kind,
        verdict=said.verdict,
        reason=said.reason,
        revision=said.revision,
        news=said.news,
        corrects=said.corrects_revision,
        brought_by=tuple(map(ref, brought)),
        words="; ".join(words),
        rules=_rules(said, brought),
    )


def _what(said: Said, local: LocalTimes) -> str:
    if said.kind != VERDICT:
        moment = {STOPPED: said.stop, AT_RISK: said.due}.get(said.kind)
        return _STAGE_WORDS[said.kind] + ("" if moment is None else f" at {local(moment)}")
    if said.verdict in (EXCLUDED, UNVERIFIABLE):
        return f"{said.verdict}: {why(said.reason)}"
    if said.verdict == BREACHED and said.stop is None and said.due is not None:
        return f"breached: its time was up at {local(said.due)}"
    return said.verdict if said.stop is None else f"{said.verdict}: stopped at {local(said.stop)}"


def _correction(said: Said, moments: dict[int, int], local: LocalTimes) -> list[str]:
    if said.corrects_revision is None:
        return []
    return [f"corrects “{said.corrects}”, said at {local.second(moments[said.corrects_revision])}"]


def _evidence(fact: Fact) -> str:
    late = fact.recorded - fact.time
    return f"brought by {fact.id}, {in_words(fact)}" + (
        f", recorded {duration_in_words(late)} late" if late > 0 else ""
    )


def as_played(said: Said, _facts: list[Fact]) -> int | None:
    """Played again, what evidence brings is said as it is recorded."""
    if _by_time(said) or (said.kind == VERDICT and said.about != said.said_at):
        return None
    return said.said_at


def as_written(said: Said, facts: list[Fact]) -> int | None:
    """A worker says it a little later: a verdict that evidence brought is about when that was recorded."""
    if _by_time(said):
        return None
    if said.kind == VERDICT:
        return said.about
    return max((fact.recorded for fact in facts if fact.recorded <= said.said_at), default=None)


def _by_time(said: Said) -> bool:
    """Also where evidence was recorded in the very ms of the deadline: without it the same would have been said."""
    return said.kind in _OF_TIME or (said.verdict == BREACHED and said.about == said.due)


def _brought_by(said: Said, facts: list[Fact], evidence: Evidence) -> list[Fact]:
    """The events whose recording brought it; none where time alone did."""
    recorded = evidence(said, facts)
    return [] if recorded is None else [fact for fact in facts if fact.recorded == recorded]


def _rules(said: Said, brought: list[Fact]) -> tuple[str, ...]:
    if said.kind in _STAGE_RULES:
        return (_STAGE_RULES[said.kind],)
    silence = ("S6",) if said.reason == FEED_SILENT else ()
    if said.corrects_revision is not None:
        return ("S4", *silence)
    return silence or (() if brought else ("T2", "T3"))
