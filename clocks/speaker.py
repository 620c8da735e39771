"""Saying what changed: a clock's state is compared with its finding at a time, and the differences are said."""

from typing import NamedTuple

from clocks.attributes import describe
from clocks.finding import BREACHED, EXCLUDED, RUNNING
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
from clocks.subject import Subject, unresourced_moment
from schemas.events import kind_of


class Occasion(NamedTuple):
    """Why a clock is looked at: the time of its kind, what was recorded last, and when it is said; all in ms."""

    now: int
    cause: int
    said_at: int


def changes(name: str, subject: Subject, key: str, occasion: Occasion, pack: Pack) -> list[Said]:
    """Say what is new of one clock, and note that it was said."""
    state = subject.clocks[key]
    speech = _Speech(name, subject, key, state, occasion)
    if state.finding is not None and state.finding.open:
        _stages(speech, state, occasion.now, pack)
    _verdict(speech, state, occasion)
    return speech.said


def _stages(speech: "_Speech", state: ClockState, now: int, pack: Pack) -> None:
    """The stages whose moment has come and that were not said (P1)."""
    finding = state.finding
    if finding is None:
        return
    moment = finding.at_risk
    if moment is not None and moment <= now < finding.breach_at and not state.said_at_risk(moment):
        speech.say(AT_RISK, moment)
    while (moment := unresourced_moment(state, pack)) is not None and moment <= now:
        speech.say(UNRESOURCED, moment)


def _verdict(speech: "_Speech", state: ClockState, occasion: Occasion) -> None:
    before, finding = state.verdict, state.finding
    verdict = EXCLUDED if finding is None else finding.at(occasion.now)
    state.verdict = verdict
    if verdict != before:
        if verdict != RUNNING:
            speech.say(VERDICT, moment_spoken_of(finding, before, verdict, occasion.now, occasion.cause))
    elif verdict == BREACHED and finding is not None and finding.stop != state.last_stop():
        if finding.stop is not None:
            speech.say(STOPPED, finding.stop)
        else:
            speech.say(OPEN_AGAIN, occasion.cause)


class _Speech:
    """What is said of one clock on one occasion."""

    def __init__(self, name: str, subject: Subject, key: str, state: ClockState, occasion: Occasion) -> None:
        self.said: list[Said] = []
        self._name = name
        self._subject = subject
        self._key = key
        self._state = state
        self._occasion = occasion

    def say(self, kind: str, about: int) -> None:
        """Announce one change, and keep it as the clock's next revision."""
        state, finding = self._state, self._state.finding
        corrected = state.last_verdict() if kind in (VERDICT, OPEN_AGAIN) else None
        news = news_of(kind, state.verdict, state.alarmed())
        reason = NEVER_RAN if finding is None else finding.reason
        state.said = [*state.said, self._revision(kind, about, reason)]
        self.said.append(
            Said(
                clock=f"{self._name}/{self._key}",
                subject=self._name,
                standard=self._key.partition("#")[0],
                kind=kind,
                verdict=state.verdict,
                reason=reason,
                about=about,
                said_at=self._occasion.said_at,
                revision=len(state.said),
                corrects=corrected[1] if corrected else None,
                corrects_revision=corrected[0] if corrected else None,
                start=finding.start if finding else None,
                due=finding.due if finding else None,
                breach_at=finding.breach_at if finding else None,
                stop=finding.stop if finding else None,
                elapsed=finding.elapsed if finding else None,
                skew=finding.skew if finding else False,
                evidence=finding.evidence if finding else (),
                decided=finding.decided if finding else None,
                cohort=self._subject.cohort,
                attributes=self._attributes() if news else {},
                news=news,
            )
        )

    def _revision(self, kind: str, about: int, reason: str | None) -> Revision:
        state, finding = self._state, self._state.finding
        return Revision(
            kind=kind,
            verdict=state.verdict,
            about=about,
            said_at=self._occasion.said_at,
            start=finding.start if finding else None,
            due=finding.due if finding else None,
            stop=finding.stop if finding else None,
            reason=reason,
        )

    def _attributes(self) -> dict[str, object]:
        facts = self._subject.history.standing()
        return describe(kind_of(self._name), facts, self._state.finding)
