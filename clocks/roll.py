"""The roll of a shard's clocks: how many were judged how, and which are still open."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from clocks.feeds import Span
from clocks.finding import BREACHED, FEED_SILENT, RUNNING
from clocks.saying import AT_RISK, ClockState
from clocks.subject import Subject
from clocks.tallies import Counted, Tallies, counted


class OpenClock(NamedTuple):
    """A clock that still waits for its stop; times in ms UTC, `stage` running, at-risk or breached."""

    standard: str
    borough: str
    grade: str
    cohort: str
    stage: str
    start: int
    due: int
    unresourced: bool


class Roll:
    """What is counted of each clock, so that a change counts the old out and the new in."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.tallies = Tallies(zone)
        self.recounted = 0
        """How often a judged clock was counted in or out."""
        self._open: dict[str, tuple[Subject, ClockState]] = {}
        self._counted: dict[str, Counted] = {}
        self._unheard: dict[str, tuple[Subject, ClockState]] = {}

    def note(self, clock: str, subject: Subject, state: ClockState) -> None:
        """Take in how a clock stands now."""
        finding = state.finding
        if finding is None or not finding.open:
            self._open.pop(clock, None)
            if finding is not None and finding.reason == FEED_SILENT:
                self._unheard[clock] = (subject, state)
            elif self._unheard:
                self._unheard.pop(clock, None)
        elif clock not in self._open:
            self._open[clock] = (subject, state)
            self._unheard.pop(clock, None)
        self._count(clock, counted(state, subject.judgement))

    def strike(self, clock: str) -> None:
        """Take a clock off the roll."""
        self._count(clock, None)
        self._open.pop(clock, None)
        self._unheard.pop(clock, None)

    def in_doubt(self, kind: str, hidden: Span | None, shown: Span | None) -> dict[str, None]:
        """The subjects of a kind with a clock that fell due in `hidden` and is open, or in `shown` and unheard of."""
        found: dict[str, None] = {}
        for held, span in ((self._open, hidden), (self._unheard, shown)):
            if span is None:
                continue
            for clock, (subject, state) in held.items():
                due = state.finding.due if state.finding is not None else 0
                if span.low < due < span.high and state.verdict != RUNNING and subject.kind == kind:
                    found[clock.partition("/")[0]] = None
        return found

    def settle(self, clock: str) -> None:
        """Take a clock off the roll whose subject is forgotten: it stays counted (S8)."""
        self._open.pop(clock, None)
        self._unheard.pop(clock, None)
        held = self._counted.pop(clock, None)
        if held is not None:
            self.tallies.settle(held)

    def open(self) -> list[tuple[str, OpenClock]]:
        """The clocks that wait for their stop, in no order."""
        return [(clock, open_clock(*held)) for clock, held in list(self._open.items())]

    def held(self) -> list[tuple[Subject, ClockState]]:
        """What `open_clock` makes of the open clocks, for those who must not do all of them at once."""
        return list(self._open.values())

    def _count(self, clock: str, now: Counted | None) -> None:
        before = self._counted.get(clock)
        if before == now:
            return
        self.recounted += 1
        if before is not None:
            self.tallies.remove(before)
            del self._counted[clock]
        if now is not None:
            self.tallies.add(now)
            self._counted[clock] = now


def open_clock(subject: Subject, state: ClockState) -> OpenClock:
    """An open clock as people watch it."""
    finding = state.finding
    assert finding is not None  # noqa: S101 - the roll holds no other
    return OpenClock(
        standard=finding.standard,
        borough=subject.judgement.borough or "",
        grade=subject.judgement.grade or "",
        cohort=subject.judgement.cohort,
        stage=stage_of(state),
        start=finding.start,
        due=finding.due,
        unresourced=finding.unresourced is not None,
    )


def stage_of(state: ClockState) -> str:
    """How an open clock stands: running, at-risk or breached."""
    if state.verdict == BREACHED:
        return BREACHED
    finding = state.finding
    at_risk = finding is not None and finding.at_risk is not None and state.said_at_risk(finding.at_risk)
    return AT_RISK if at_risk else RUNNING
