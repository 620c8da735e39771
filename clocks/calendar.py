"""Local time where a promise needs it: changes of shift and ISO weeks (T4)."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.times import MINUTE, as_datetime, milliseconds

QUARTER = 15 * MINUTE


def next_shift(after: int, shifts: tuple[time, ...], zone: ZoneInfo) -> int | None:
    """The first change of shift later than `after` (ms); None in a pack without shifts."""
    return _next_shift(after // MINUTE, shifts, zone)


@lru_cache(maxsize=4096)
def _next_shift(minute: int, shifts: tuple[time, ...], zone: ZoneInfo) -> int | None:
    """Shifts change on the minute, so one answer serves for all of it."""
    after = minute * MINUTE
    day = as_datetime(after).astimezone(zone).date() - timedelta(days=1)
    # Not simply in their order: a clock change may put one that it skips behind the next.
    days = (day + timedelta(days=offset) for offset in range(4))
    moments = (_local(datetime.combine(each, shift), zone) for each in days for shift in shifts)
    return min((moment for moment in moments if moment > after), default=None)


def _local(naive: datetime, zone: ZoneInfo) -> int:
    """A local time in ms; one that a clock change skips moves on by the gap, one that comes twice is the first."""
    return milliseconds(naive.replace(tzinfo=zone, fold=0).astimezone(UTC))


def iso_week(moment: int, zone: ZoneInfo) -> str:
    """The local ISO week of an instant (ms), such as 2009-W43 (N1)."""
    return _week_of_quarter(moment // QUARTER, zone)


@lru_cache(maxsize=4096)
def _week_of_quarter(quarter: int, zone: ZoneInfo) -> str:
    """Zones differ by whole quarters of an hour, so one answer serves for each."""
    year, week, _ = as_datetime(quarter * QUARTER).astimezone(zone).isocalendar()
    return f"{year}-W{week:02}"
