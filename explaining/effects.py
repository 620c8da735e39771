"""What an event did to a clock, by comparing the judgements without and with it; and by which rule."""

from typing import NamedTuple

from clocks.finding import BREACHED, MET, UNVERIFIABLE, Finding
from clocks.standard import Pack, Standard
from explaining.happenings import STOPS
from explaining.idle import why_nothing
from explaining.rules import CLASS_RULES, REASON_RULES, START_RULES, STOP_RULES, UNDOING_RULES
from explaining.walking import Step, found
from explaining.wording import LocalTimes, why
from schemas.stories import Effect
from schemas.times import duration_in_words


class Did(NamedTuple):
    """An effect in words, with its rules."""

    effect: Effect
    words: str
    rules: tuple[str, ...]


class Clock(NamedTuple):
    """The clock whose story it is; without a standard, the story of a subject that has none."""

    key: str
    standard: Standard | None
    pack: Pack
    local: LocalTimes
    silence: Finding | None = None
    """The finding, where a feed's silence makes it unverifiable; `unheard` names the feeds."""
    unheard: str = ""


def did(step: Step, clock: Clock) -> Did:
    """What a step did to a clock."""
    before, after = found(step.before, clock.key), found(step.after, clock.key)
    effect = _changed(step, clock, before, after)
    others = _others_started(step, clock)
    words = " ".join(filter(None, [_early(step, clock), effect.words, others]))
    rules = (*effect.rules, *(["T7"] if step.early else []))
    return Did(effect.effect, words, tuple(dict.fromkeys(rules)))


def _changed(step: Step, clock: Clock, before: Finding | None, after: Finding | None) -> Did:
    if after is None:
        if before is None:
            return Did(*why_nothing(step, None, clock.standard))
        return Did("vanished", "With it, the clock never ran.", _rules_of_entering(step, clock))
    if before is None:
        return _started(step, clock, after)
    if _state(before) == _state(after):
        return Did(*why_nothing(step, after, clock.standard))
    if after.verdict is not None:
        return _ended(step, before, after)
    return _running_again(step, clock, before, after)


def _state(finding: Finding) -> tuple[object, ...]:
    return finding.verdict, finding.reason, finding.start, finding.due, finding.stop


def _started(step: Step, clock: Clock, after: Finding) -> Did:
    if after.verdict is not None:
        return _ended(step, None, after)
    reckoned = "" if after.start == step.at else f", reckoned from {clock.local(after.start)}"
    words = f"Started the clock{reckoned}: due at {clock.local(after.due)}{_passed(step, after)}."
    return Did("started", words, _rules_of_entering(step, clock))


def _running_again(step: Step, clock: Clock, before: Finding, after: Finding) -> Did:
    due = f"due at {clock.local(after.due)}{_passed(step, after)}."
    if before.verdict is None:
        words = f"Moved the due from {clock.local(before.due)} to {clock.local(after.due)}"
        return Did("moved", f"{words}{_passed(step, after)}.", _rules_of_entering(step, clock))
    rule = UNDOING_RULES.get(step.fact.type)
    if rule is None:
        return Did(
            "reopened", f"Back in the class: the clock runs again, {due}", _rules_of_entering(step, clock)
        )
    return Did("reopened", f"Undid what had ended it: the clock runs again, {due}", (rule,))


def _passed(step: Step, after: Finding) -> str:
    return ", which had already passed: breached at once" if after.breach_at <= step.at else ""


def _rules_of_entering(step: Step, clock: Clock) -> tuple[str, ...]:
    if step.fact is step.start:
        return (START_RULES[step.fact.type],)
    if step.fact.type in ("incident.absorbed", "incident.released"):
        return ("I9",)
    return (CLASS_RULES.get(clock.key) or STOP_RULES.get(step.fact.type, "I1"),)


def _ended(step: Step, before: Finding | None, after: Finding) -> Did:
    if after.verdict in (MET, BREACHED):
        return _stopped(step, before, after)
    rules = (REASON_RULES.get(after.reason or "", "S7"),)
    if after.verdict == UNVERIFIABLE:
        return Did("unverifiable", f"The clock cannot be verified: {why(after.reason)}.", rules)
    by = "" if after.ended is None else f", {_margin(after.due - after.ended)}"
    absorbed = ["I9"] if step.fact.type == "incident.absorbed" else []
    return Did("excluded", f"The clock does not count: {why(after.reason)}{by}.", (*rules, *absorbed))


def _margin(left: int) -> str:
    return f"{duration_in_words(left)} before its due" if left else "just at its due"


def _stopped(step: Step, before: Finding | None, after: Finding) -> Did:
    given_up = before is not None and before.ending == "call.abandoned"
    rule = "C2" if given_up else STOP_RULES.get(step.fact.type, "I2")
    ended = after.stop if after.ended is None else after.ended
    over = (ended or 0) - after.due
    if after.verdict == MET:
        margin = f"in time by {duration_in_words(-over)}" if over else "just in time"
    else:
        margin = f"late by {duration_in_words(over)}" if over else "at its due, which is too late"
    spent = (
        f"after {duration_in_words(after.elapsed or 0)}" if (after.elapsed or 0) >= 0 else "before its start"
    )
    what = (
        "Its stop is this instead:" if before is not None and before.stop is not None else "Stopped the clock"
    )
    return Did("stopped", f"{what} {spent}, {margin}.", (rule,))


def _early(step: Step, clock: Clock) -> str:
    """A stop before the start is told by its skew; all else counts as at the start (T7)."""
    if not step.early:
        return ""
    words = f"It came {duration_in_words(step.early)} before the start"
    if step.fact.type not in STOPS:
        return f"{words} and counts as at the start."
    skew = clock.pack.skew_of(step.fact)
    differ = f"{duration_in_words(skew)} by which clocks may differ"
    if step.early <= skew:
        return f"{words}, no more than the {differ}, and counts as at once."
    return f"{words}, more than the {differ}."


def _others_started(step: Step, clock: Clock) -> str:
    """The other clocks that the event set going, and until when."""
    held = {finding.key: finding for finding in step.before.findings}
    started = [
        f"{finding.key} runs from here, due at {clock.local(finding.due)}."
        for finding in step.after.findings
        if finding.key != clock.key
        and finding.verdict is None
        and (finding.key not in held or held[finding.key].verdict is not None)
    ]
    return " ".join(started)
