"""What would have changed the verdict: each change is judged again, and told only if it changes anything."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from clocks.finding import EXCLUDED, MET, RUNNING, UNVERIFIABLE, Finding
from clocks.history import STARTS, History
from clocks.judging import judge, pack_of
from clocks.silence import Feeds
from clocks.standard import Pack
from explaining.announcements import ref
from explaining.happenings import KEPT_BY, named
from explaining.records import FOREVER, doubles
from explaining.walking import found
from explaining.wording import LocalTimes, why
from schemas.facts import Fact
from schemas.stories import Change, Otherwise
from schemas.times import duration_in_words, format_time


class Case(NamedTuple):
    """The clock that is asked about: its history, its finding as it is, and the packs to judge by."""

    kind: str
    key: str
    history: History
    finding: Finding | None
    pack: Pack
    feeds: Feeds
    at: int
    local: LocalTimes

    @property
    def verdict(self) -> tuple[str | None, str | None]:
        """The verdict and its reason, as things stand."""
        return _verdict(self.finding, self.at)

    def judged(self, facts: list[Fact], at: int, feeds: Feeds) -> Finding | None:
        """What other facts would say of the clock at `at` (ms), and other feeds."""
        history = History(facts)
        judgement = judge(self.kind, history, self.pack)
        finding = found(judgement, self.key)
        if finding is None:
            return None
        return feeds.judged(finding, self.kind, judgement.borough, history.standing(), at)


class Imagined(NamedTuple):
    """A change, the history it makes, and the words that begin its sentence."""

    change: Change
    facts: list[Fact]
    words: str


def otherwise(case: Case) -> tuple[Otherwise, ...]:
    """What would have been otherwise: by another moment of the ending, without an event, by other data."""
    if case.history.full:
        return ()
    imagined = [*_heard(case), *_ended_at_all(case), *_without(case), *_with_other_data(case)]
    judged = (_judged(case, each) for each in imagined)
    return (*_at_another_moment(case), *(each for each in judged if each is not None))


def _judged(case: Case, imagined: Imagined) -> Otherwise | None:
    """None where it comes to the same."""
    played_out = imagined.change.what in ("added", "nothing-more")
    at = FOREVER if played_out else case.at
    feeds = Feeds() if imagined.change.what == "feeds-heard" else case.feeds
    finding = case.judged(imagined.facts, at, feeds)
    verdict, reason = _verdict(finding, at)
    if (verdict, reason) == case.verdict:
        return None
    return Otherwise(
        change=imagined.change,
        verdict=verdict,
        reason=reason,
        due=None if finding is None else format_time(finding.due),
        stop=None if finding is None or finding.stop is None else format_time(finding.stop),
        played_out=played_out,
        words=f"{imagined.words}, {_outcome(case, finding, verdict, reason)}.",
    )


def _verdict(finding: Finding | None, at: int) -> tuple[str | None, str | None]:
    return (None, None) if finding is None else (finding.at(at), finding.reason)


def _at_another_moment(case: Case) -> Iterator[Otherwise]:
    """The ending, moved to each side of a boundary: told where the verdict changes there (T3, T7)."""
    finding, ending = case.finding, _ending(case)
    if finding is None or ending is None:
        return
    for earlier, later in _boundaries(case, finding, ending):
        judged = [_judged(case, _moved(case, ending, *moment)) for moment in (earlier, later)]
        changed = [each for each in judged if each is not None]
        yield from changed if len(changed) == 1 else ()


def _boundaries(
    case: Case, finding: Finding, ending: Fact
) -> Iterator[tuple[tuple[int, str], tuple[int, str]]]:
    """Pairs of neighbouring moments (ms) between which the rules draw a line."""
    last = finding.breach_at - 1
    yield (last, "the last moment in time"), (last + 1, "the first moment too late")
    if finding.skew or finding.verdict == UNVERIFIABLE:
        start = next(fact.time for fact in case.history.standing() if fact.type in STARTS)
        skewed = start - pack_of(case.history.standing(), case.pack).skew_of(ending)
        yield (skewed - 1, "earlier than clocks may differ"), (skewed, "the most that clocks may differ")


def _moved(case: Case, ending: Fact, to: int, which: str) -> Imagined:
    same = doubles(case.history, ending)
    moved = [msgspec.structs.replace(fact, time=to, recorded=max(fact.recorded, to)) for fact in same]
    by = f"{duration_in_words(abs(to - ending.time))} {'later' if to > ending.time else 'earlier'}"
    return Imagined(
        Change(what="moved", events=tuple(map(ref, same)), to=format_time(to)),
        [*_others(case.history, same), *moved],
        f"Had {named(ending)} come at {case.local(to)}, {which} ({by})",
    )


def _ending(case: Case) -> Fact | None:
    """The event that ended the clock at a moment of its own."""
    finding = case.finding
    if finding is None or finding.ending is None or finding.ending in STARTS:
        return None
    last = finding.evidence[-1]
    return next(
        (fact for fact in case.history.standing() if fact.id == last and fact.type == finding.ending), None
    )


def _ended_at_all(case: Case) -> Iterator[Imagined]:
    """What would keep an open promise, and what comes of it if nothing does."""
    finding = case.finding
    if finding is None or not finding.heard().open:
        return
    kind, name, data = KEPT_BY[case.kind]
    moment = finding.breach_at - 1
    added = Fact(source="imagined", id="imagined", type=kind, time=moment, recorded=moment, data=data)
    change = Change(what="added", type=kind, to=format_time(moment), data=data)
    words = f"With {name} at {case.local(moment)}, the last moment in time"
    yield Imagined(change, [*case.history, added], words)
    words = f"With nothing more recorded when {case.local(moment)} has passed"
    yield Imagined(Change(what="nothing-more"), list(case.history), words)


def _heard(case: Case) -> Iterator[Imagined]:
    """What would stand, had no feed been silent (S6)."""
    if case.feeds:
        yield Imagined(Change(what="feeds-heard"), list(case.history), "Had no feed been silent")


def _without(case: Case) -> Iterator[Imagined]:
    """Each event left out, with its doubles; a start only where another takes its place."""
    seen: list[Fact] = []
    for fact in sorted(case.history, key=lambda fact: (fact.time, fact.source, fact.id)):
        same = doubles(case.history, fact)
        if same[0] in seen:
            continue
        seen.append(same[0])
        facts = _others(case.history, same)
        if fact.type in STARTS and not any(each.type in STARTS for each in facts):
            continue
        change = Change(what="without", events=tuple(map(ref, same)))
        yield Imagined(change, facts, f"Without {named(fact)} at {case.local(fact.time)}")


def _with_other_data(case: Case) -> Iterator[Imagined]:
    """Events that would have counted, had they said something else."""
    for fact in case.history.standing():
        for data, words in _OTHER_DATA.get(fact.type, ()):
            if all(fact.data.get(name) != value for name, value in data.items()):
                yield _changed(case, fact, data, f"Had {words.format(at=case.local(fact.time))}")


_OTHER_DATA: dict[str, tuple[tuple[dict[str, Any], str], ...]] = {
    "incident.created": (({"on_view": False}, "the incident not been found by officers on the spot"),),
    "message.responded": (({"kind": "reply"}, "the automatic answer at {at} been a reply by a person"),),
    "incident.closed": (
        ({"resolution": "no-attendance-required"}, "the close at {at} said that nobody need attend"),
    ),
}


def _changed(case: Case, fact: Fact, data: dict[str, Any], words: str) -> Imagined:
    same = doubles(case.history, fact)
    changed = [msgspec.structs.replace(each, data=each.data | data) for each in same]
    change = Change(what="changed", events=tuple(map(ref, same)), data=data)
    return Imagined(change, [*_others(case.history, same), *changed], words)


def _others(history: Iterable[Fact], left_out: list[Fact]) -> list[Fact]:
    return [fact for fact in history if not any(fact is each for each in left_out)]


def _outcome(case: Case, finding: Finding | None, verdict: str | None, reason: str | None) -> str:
    """`it would have been met`, and what else would be different."""
    if finding is None:
        return "there would be no such clock"
    words = f"it would be {verdict}"
    if verdict in (EXCLUDED, UNVERIFIABLE):
        return f"{words}: {why(reason)}"
    due = "" if case.finding and finding.due == case.finding.due else f", due at {case.local(finding.due)}"
    return f"{words}{_by_how_much(finding, verdict)}{due}"


def _by_how_much(finding: Finding, verdict: str | None) -> str:
    if verdict == RUNNING:
        return ""
    if finding.stop is None:
        return " and still open"
    ended = finding.stop if finding.ended is None else finding.ended
    if finding.due == ended:
        return ", just in time" if verdict == MET else ", just too late"
    margin = duration_in_words(abs(finding.due - ended))
    return f" with {margin} to spare" if verdict == MET else f" by {margin}"
