"""Why an event did nothing to a clock."""

from collections.abc import Callable

from clocks.finding import EXCLUDED, UNVERIFIABLE, Finding
from clocks.history import STARTS, order_key
from clocks.resources import assigned_units
from clocks.standard import Standard
from explaining.happenings import STOPS
from explaining.rules import REASON_RULES, START_RULES
from explaining.walking import Step
from schemas.facts import Fact
from schemas.stories import Effect

Nothing = tuple[Effect, str, tuple[str, ...]]


def why_nothing(step: Step, finding: Finding | None, standard: Standard | None) -> Nothing:
    """What to say of a step that left the clock as it was; `finding` None: there is no clock."""
    if step.start is None:
        return _without_a_start(step)
    if step.fact.type in STARTS and step.fact is not step.start:
        return "none", "A later start: the earliest counts.", ("S2",)
    if finding is None or standard is None:
        return "none", *_no_clock(step, standard)
    if finding.verdict is not None:
        return _after_the_end(step, finding)
    words, rule = _while_running(step, finding, standard)
    return "none", words, (rule,)


def _without_a_start(step: Step) -> Nothing:
    if step.fact.type in STOPS:
        return "none", "Kept until its start comes, which is not known.", ("S3",)
    return "none", "Nothing began this subject as far as is known, so no clock runs.", ("S3",)


def _no_clock(step: Step, standard: Standard | None) -> tuple[str, tuple[str, ...]]:
    if standard is not None and step.fact.type in _OF_ROUNDS:
        return "This round had not begun.", ("M6",)
    promise = "this promise" if standard is not None else "any promise"
    if step.fact is step.start:
        return f"Began the subject, but no clock of {promise}.", (START_RULES[step.fact.type],)
    if step.fact.type in _WORDS:
        words, rule = _WORDS[step.fact.type]
        return words, (rule,)
    return f"No clock of {promise} was running.", (_rule_of_the_end(step),)


def _after_the_end(step: Step, finding: Finding) -> Nothing:
    if finding.verdict == UNVERIFIABLE:
        return "none", "Nothing in it makes the clock verifiable.", (REASON_RULES[finding.reason or ""],)
    if finding.verdict == EXCLUDED and finding.reason == "regraded":
        return "only-recorded", "This clock had left its class before: only recorded for it.", ("I5",)
    if finding.verdict == EXCLUDED and finding.reason == "on-view":
        return "only-recorded", "Officers were there from the start: only recorded.", ("I4",)
    of_what = "of this round" if finding.round is not None else ""
    words = " ".join(filter(None, ["It came after the end", of_what]))
    return "only-recorded", f"{words}: only recorded.", (_rule_of_the_end(step),)


def _rule_of_the_end(step: Step) -> str:
    return _END_RULES.get(step.fact.type.partition(".")[0], "I1")


_END_RULES = {"call": "C2", "message": "M1", "appointment": "M4", "comment": "M5", "collision": "M5"}
_END_RULES |= {"victim": "M6", "case": "M6", "meeting": "M7"}


def _while_running(step: Step, finding: Finding, standard: Standard) -> tuple[str, str]:
    kind = step.fact.type
    if kind in _UNITS:
        return _UNITS[kind](step), "I3"
    if kind in _WORDS:
        return _WORDS[kind]
    if kind in ("incident.regraded", "incident.flagged") and not standard.in_time(step.at, finding.due):
        return "It came too late to leave the class: the breach stands.", "I5"
    return _STAYS.get(kind, ("It changes nothing here.", "I1"))


def _dispatched(step: Step) -> str:
    if _assigned(step.earlier):
        return "A unit was assigned already; that stops no clock."
    return "A unit is assigned from here on; that stops no clock."


def _taken_off(step: Step) -> str:
    before = _assigned(step.earlier)
    if step.fact.data["unit"] not in before:
        return "It was not assigned: nothing changes."
    return "Nobody is assigned from here on; the clock goes on." if len(before) == 1 else "The clock goes on."


def _assigned(facts: tuple[Fact, ...]) -> set[str]:
    return assigned_units(sorted(facts, key=order_key))


_OF_ROUNDS = {"crime.recorded", "victim.updated", "case.closed"}
_UNITS: dict[str, Callable[[Step], str]] = {
    "unit.dispatched": _dispatched,
    "unit.stood_down": _taken_off,
    "unit.diverted": _taken_off,
}
_WORDS = {
    "unit.staged": ("Waiting nearby is no arrival by this promise.", "I2"),
    "incident.chased": ("Counted; it starts and moves no clock.", "I11"),
    "message.redirected": ("It moved ownership, not the clock.", "M2"),
    "message.responded": ("An automatic answer never counts.", "M1"),
}
_STAYS = {
    "incident.regraded": ("The same promise holds: the clock goes on.", "I1"),
    "incident.flagged": ("The same promise holds: the clock goes on.", "I1"),
    "incident.closed": ("A close for any other reason than that nobody need attend stops nothing.", "I8"),
    "incident.reopened": ("There was nothing to undo.", "I10"),
    "incident.unmerged": ("There was no merge to undo.", "I9"),
    "incident.released": ("There was nothing of it to undo.", "I9"),
    "appointment.made": (
        "It is within the limit or not the caller's choice: the clock goes on.",
        "M4",
    ),
    "appointment.missed": ("Not the caller's absence in time: it stops nothing.", "M4"),
    "incident.absorbed": ("It brought no earlier deadline: the clock goes on.", "I9"),
}
