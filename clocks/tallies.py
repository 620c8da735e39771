"""Counts of judged clocks by when they fell due (N1): minutes for 25 h, hours for 8 days, ISO weeks for 9."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from clocks.calendar import iso_week, weeks_before
from clocks.finding import BREACHED, EXCLUDED, MET, RUNNING, Finding, Judgement
from clocks.saying import ClockState
from clocks.settled import Counts, Key, Settled
from schemas.times import DAY, HOUR, MINUTE, SECOND

MINUTES_KEPT = 25 * HOUR
HOURS_KEPT = 8 * DAY
WEEKS_KEPT = 9
WINDOWS = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY}
SHORT_ABANDONMENT = 5 * SECOND
_WEEK = 7 * DAY
_OUTCOMES = {MET: "in", BREACHED: "late"}


class Counted(NamedTuple):
    """A judged clock as the tallies see it: its key, and when it fell due (ms)."""

    key: Key
    due: int


def counted(state: ClockState, judgement: Judgement) -> Counted | None:
    """How a clock counts; not at all while it runs, or where it never ran."""
    finding = state.finding
    if finding is None or state.verdict == RUNNING:
        return None
    outcome = call_outcome(finding, state.verdict) if finding.standard.startswith("call-") else ""
    key = Key(
        finding.standard,
        judgement.borough or "",
        state.verdict,
        finding.reason or "",
        judgement.cohort,
        outcome,
        judgement.first_grade or "",
        judgement.grade or "",
    )
    return Counted(key, finding.due)


def call_outcome(finding: Finding, verdict: str) -> str:
    """How a call ended, for the five ways of counting calls (C3)."""
    abandoned = finding.ending == "call.abandoned" and finding.ended is not None
    if abandoned and verdict == BREACHED:
        return "abandoned_late"
    if abandoned and verdict == EXCLUDED and finding.ended is not None:
        return "abandoned_5s" if finding.ended - finding.start <= SHORT_ABANDONMENT else "abandoned_in"
    return _OUTCOMES.get(verdict, "")


class Tallies:
    """How many clocks of each key fell due in each minute, hour and local ISO week."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._minutes: dict[int, Counts] = {}
        self._hours: dict[int, Counts] = {}
        self._weeks: dict[str, Counts] = {}
        self._now = 0
        self.settled = Settled()
        """What of it is of forgotten subjects."""

    def add(self, clock: Counted) -> None:
        """Count a clock in."""
        self._put(clock, 1)

    def remove(self, clock: Counted) -> None:
        """Count a clock out, as it was counted in."""
        self._put(clock, -1)

    def settle(self, clock: Counted) -> None:
        """Keep a clock counted in its week though its subject is forgotten (S8)."""
        week = iso_week(clock.due, self._zone)
        if week >= self._first_week():
            self.settled.add(week, clock.key)

    def restore_week(self, week: str, counts: Counts) -> None:
        """Count in what is settled of a week, in place of what was."""
        total = self._weeks.setdefault(week, {})
        for key, number in self.settled.weeks.pop(week, {}).items():
            _change(total, key, -number)
        for key, number in counts.items():
            _change(total, key, number)
        self.settled.weeks[week] = counts

    def copy(self) -> "Tallies":
        """A copy another thread may read while this one goes on."""
        twin = Tallies(self._zone)
        twin._now = self._now
        twin._minutes = {minute: dict(counts) for minute, counts in self._minutes.items()}
        twin._hours = {hour: dict(counts) for hour, counts in self._hours.items()}
        twin._weeks = {week: dict(counts) for week, counts in self._weeks.items()}
        return twin

    def window(self, length: int, now: int) -> Counts:
        """What fell due in the `length` ms up to `now`: to the minute, its far end to the hour beyond 25 h."""
        total: Counts = {}
        minute, last = (now - length) // MINUTE + 1, now // MINUTE
        while minute <= last:
            whole_hour = minute % 60 == 0 and minute + 59 <= last
            if whole_hour or minute * MINUTE < self._now - MINUTES_KEPT:
                _merge(total, self._hours.get(minute // 60))
                minute += 60 - minute % 60
            else:
                _merge(total, self._minutes.get(minute))
                minute += 1
        return total

    def weeks(self, now: int) -> dict[str, Counts]:
        """The counts of the local ISO weeks kept, the week of `now` the last."""
        last = iso_week(now, self._zone)
        return {week: counts for week, counts in sorted(self._weeks.items()) if counts and week <= last}

    def forget_before(self, now: int) -> None:
        """Drop the periods that are no longer kept at `now` (ms); of several times of a shard the latest counts."""
        before = self._now
        if now // MINUTE <= before // MINUTE:
            return
        self._now = now
        _drop(self._minutes, (before - MINUTES_KEPT) // MINUTE, (now - MINUTES_KEPT) // MINUTE)
        _drop(self._hours, (before - HOURS_KEPT) // HOUR, (now - HOURS_KEPT) // HOUR)
        first = self._first_week()
        for week in [week for week in self._weeks if week < first]:
            del self._weeks[week]
        self.settled.drop_before(first)

    def _put(self, clock: Counted, number: int) -> None:
        key, due = clock
        if due // MINUTE >= (self._now - MINUTES_KEPT) // MINUTE:
            _change(self._minutes.setdefault(due // MINUTE, {}), key, number)
        if due // HOUR >= (self._now - HOURS_KEPT) // HOUR:
            _change(self._hours.setdefault(due // HOUR, {}), key, number)
        week = iso_week(due, self._zone)
        if week >= self._first_week():
            _change(self._weeks.setdefault(week, {}), key, number)

    def _first_week(self) -> str:
        return weeks_before(max(self._now, WEEKS_KEPT * _WEEK), WEEKS_KEPT - 1, self._zone)


def _drop(periods: dict[int, Counts], first: int, limit: int) -> None:
    """Drop the periods below `limit`; those below `first` are gone already."""
    passed = range(first, limit)
    for period in passed if len(passed) < len(periods) else [each for each in periods if each < limit]:
        periods.pop(period, None)


def _change(counts: Counts, key: Key, number: int) -> None:
    left = counts.get(key, 0) + number
    if left:
        counts[key] = left
    else:
        counts.pop(key, None)


def _merge(total: Counts, counts: Counts | None) -> None:
    for key, number in (counts or {}).items():
        total[key] = total.get(key, 0) + number
