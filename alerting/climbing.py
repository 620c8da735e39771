"""The ladder of an alert: who is told first, who after them, and who at each change of shift."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from alerting.calling import owner, to_owner, to_rung, withheld
from alerting.case import Call, Case, Reason
from alerting.course import Chapter, after_resting, in_words
from alerting.hours import as_local, each_at
from alerting.policy import Rung
from alerting.reaching import Reached
from alerting.ruling import Run
from alerting.steps import Escalation, Withheld, step_id
from schemas.times import DAY, format_duration, format_time

Move = Call | Escalation | Withheld


class Reaching(NamedTuple):
    """When (ms) a rung is reached unless somebody acknowledges, and who is on it then."""

    number: int
    rung: Rung
    at: int
    reached: Reached
    because: str


def climb(case: Case, run: Run) -> Iterator[Move]:
    """All that one ladder has to tell of an alert."""
    rungs = list(_rungs(case, run))
    for chapter in run.chapters:
        yield from _news(case, run, rungs, chapter)
    for reaching in rungs[1:]:
        if run.until is None or reaching.at < run.until:
            yield from _higher(case, run, reaching)
    if run.telling.again_at_shifts:
        yield from _shifts(case, run, rungs)


def _news(case: Case, run: Run, rungs: list[Reaching], chapter: Chapter) -> Iterator[Move]:
    """What is new goes to whoever has the alert; where nobody has, to every rung it has reached."""
    first = chapter is run.chapters[0]
    by = case.policy.ladders[run.telling.ladder][0].by
    held = case.quiet(run.telling, chapter.at, by)
    because = f"it is {'' if first else 'now '}{chapter.words} ({run.telling.name})"
    reason = Reason(
        kind="first" if first else "worse",
        about=chapter.about,
        stage=chapter.stage,
        because=because,
        chapter=chapter,
    )
    has = owner(case, held.at, case.standing(chapter.at))
    if held.words is not None:
        yield withheld(chapter.at, reason, "quiet", held.words)
    told = None
    if has is not None:
        theirs = replace(reason, because=f"{because}, and {has.name} has it")
        told = to_owner(case, run, chapter.at, has.name, theirs)
        if told is not None:
            yield told
    if has is None or not has.acknowledged:
        yield from _to_reached(case, run, rungs, chapter.at, reason)
    elif told is None or not has.on_duty or (first and run.anew):
        yield from to_rung(case, run, chapter.at, 0, reason)


def _rungs(case: Case, run: Run) -> Iterator[Reaching]:
    """The rungs as they are reached; one on which nobody is on duty is left at once."""
    ladder = case.policy.ladders[run.telling.ladder]
    first = case.quiet(run.telling, run.chapters[0].at, ladder[0].by).at
    below: Reaching | None = None
    for number, rung in enumerate(ladder):
        wait = rung.after or 0
        held = case.quiet(run.telling, after_resting(first, wait, case.rests), rung.by)
        because = f"nobody acknowledged it for {format_duration(wait)}"
        if below is not None and below.reached.missing and below.at < held.at:
            held = case.quiet(run.telling, below.at, rung.by)
            because = below.reached.missing
        below = Reaching(number, rung, held.at, case.reach(rung.tell, held.by, held.at), because)
        yield below


def _higher(case: Case, run: Run, reaching: Reaching) -> Iterator[Move]:
    """A rung above the first: the alert is escalated, and those on it are told."""
    begun, because = run.chapters[0], f"{reaching.because} ({run.telling.name})"
    yield Escalation(
        id=step_id(case.alert.id, "rung", begun.about, reaching.number),
        at=reaching.at,
        until=reaching.at + DAY,
        rung=reaching.number,
        role=reaching.rung.tell,
        to=reaching.reached.names,
        because=because,
    )
    reason = Reason(
        kind="ladder",
        about=begun.about,
        stage=case.stage(reaching.at),
        because=because,
        chapter=begun,
        unless_owned=True,
    )
    yield from to_rung(case, run, reaching.at, reaching.number, reason, and_above=False)


def _shifts(case: Case, run: Run, rungs: list[Reaching]) -> Iterator[Move]:
    """At each change of shift, for a day after it last got worse, those who come on duty are told of it."""
    ends = (case.ended(run.chapters[0]), run.until, run.chapters[-1].at + case.policy.shifts_for)
    last = min(end for end in ends if end is not None)
    changes = each_at(rungs[0].at, last, case.policy.shifts, case.policy.tz)
    # Two changes in one night's quiet are told once, at its end.
    told_at = {case.quiet(run.telling, change, rungs[0].rung.by).at: change for change in changes}
    for change in told_at.values():
        yield from _shift(case, run, rungs, change)


def _shift(case: Case, run: Run, rungs: list[Reaching], change: int) -> Iterator[Move]:
    standing, stage, when = case.standing(change), case.stage(change), as_local(change, case.policy.tz)
    reason = Reason(
        kind="shift",
        about=run.chapters[0].about,
        stage=stage,
        because=f"it is still {in_words(stage)} at the change of shift, {when} ({run.telling.name})",
        chapter=run.chapters[0],
        tag=format_time(change),
    )
    rest = next((rest for rest in case.rests if rest.begins <= change < rest.ends), None)
    has = owner(case, change, standing)
    if rest is not None:
        yield withheld(change, reason, "snoozed", f"snoozed until {as_local(rest.ends, case.policy.tz)}")
    elif has is not None and has.acknowledged and has.on_duty:
        yield withheld(change, reason, "owned", f"{has.name} has it and is on duty")
    elif has is not None and has.acknowledged:
        gone = replace(reason, because=f"{reason.because}; {has.name}, who has it, is not on duty")
        yield from to_rung(case, run, change, 0, gone)
    else:
        yield from _to_reached(case, run, rungs, change, reason)


def _to_reached(case: Case, run: Run, rungs: list[Reaching], at: int, reason: Reason) -> Iterator[Move]:
    """Everybody on the rungs that it had reached before a moment (ms), while nobody has it."""
    reason = replace(reason, unless_owned=True)
    # When it is told first, the ladder itself goes on from an empty rung, and records that it did.
    yield from to_rung(case, run, at, 0, reason, and_above=reason.kind != "first")
    for reaching in rungs[1:]:
        if reaching.at < at:
            yield from to_rung(case, run, at, reaching.number, reason, and_above=False)
