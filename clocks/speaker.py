"""Saying what changed: a clock's state is compared with its finding at a time, and the differences are said."""

import msgspec

from clocks.attributes import describe
from clocks.finding import BREACHED, EXCLUDED, RUNNING, Finding
from clocks.saying import (
    AT_RISK,
    NEVER_RAN,
    OPEN_AGAIN,
    STOPPED,
    UNRESOURCED,
    VERDICT,
    ClockState,
    Revision,
    Said,
    moment_spoken_of,
    news_of,
)
from clocks.standard import Pack
from clocks.subject import Subject, latest_unresourced


class Occasion(msgspec.Struct, frozen=True, gc=False):
    """Why a clock is looked at: the time of its kind, what was recorded last, and when it is said; all in ms.

    `reason` is told in place of the verdict's own, where neither time nor evidence brought the change.
    """

    now: int
    cause: int
    said_at: int
    reason: str | None = None
    by_evidence: bool = False
    """Whether the subject's own history changed, not only the time or what is known of a feed."""


def changes(name: str, subject: Subject, key: str, state: ClockState, occasion: Occasion) -> list[Said]:
    """Say what is new of one clock, and note that it was said."""
    finding, now = state.finding, occasion.now
    said: list[Said] = []
    before = state.verdict
    verdict = state.verdict = EXCLUDED if finding is None else finding.at(now)
    if verdict != before:
        if verdict != RUNNING:
            about = moment_spoken_of(
                finding,
                verdict,
                occasion.cause,
                after_time=before == RUNNING or (before == BREACHED and state.last_stop() is None),
                by_evidence=occasion.by_evidence,
            )
            said.append(_say(name, subject, key, VERDICT, about, occasion))
    elif verdict == BREACHED and finding is not None and finding.stop != state.last_stop():
        kind = OPEN_AGAIN if finding.stop is None else STOPPED
        said.append(_say(name, subject, key, kind, finding.stop or occasion.cause, occasion))
    if finding is not None and finding.open:
        stages = _stages(state, finding, now, subject.pack)
        said += [_say(name, subject, key, kind, moment, occasion) for kind, moment in stages]
    return said


def _stages(state: ClockState, finding: Finding, now: int, pack: Pack) -> list[tuple[str, int]]:
    """The stages whose moment has come and that were not said (P1)."""
    stages = []
    moment = finding.at_risk
    if moment is not None and moment <= now < finding.breach_at and not state.said_at_risk(moment):
        stages.append((AT_RISK, moment))
    if finding.unresourced is not None:
        moment = latest_unresourced(state, now, pack)
        if moment is not None:
            stages.append((UNRESOURCED, moment))
    return stages


def _say(name: str, subject: Subject, key: str, kind: str, about: int, occasion: Occasion) -> Said:
    """Announce one change, and keep it as the clock's next revision."""
    state = subject.clocks[key]
    finding = state.finding
    corrected = state.last_verdict() if kind in (VERDICT, OPEN_AGAIN) else None
    news = news_of(kind, state.verdict, state.alarmed())
    reason = occasion.reason or (NEVER_RAN if finding is None else finding.reason)
    state.said = [*state.said, _revision(state, kind, about, occasion.said_at, reason)]
    return Said(
        f"{name}/{key}",
        name,
        key.partition("#")[0],
        kind,
        state.verdict,
        reason,
        about,
        occasion.said_at,
        len(state.said),
        corrected[1] if corrected else None,
        corrected[0] if corrected else None,
        finding,
        subject.judgement.cohort,
        describe(subject.kind, subject.history.standing(), finding) if news else {},
        news,
        subject.pack,
    )


def _revision(state: ClockState, kind: str, about: int, said_at: int, reason: str | None) -> Revision:
    finding = state.finding
    if finding is None:
        return Revision(kind, state.verdict, about, said_at, reason=reason)
    times = (finding.start, finding.due, finding.stop)
    return Revision(kind, state.verdict, about, said_at, *times, reason=reason)
