"""Local time where a promise needs it: ends of days, working days, months, changes of shift, ISO weeks (T4)."""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.times import MINUTE, as_datetime, milliseconds

QUARTER = 15 * MINUTE
_A_DAY = timedelta(days=1)
_SATURDAY = 5


def end_of_day(day: date, zone: ZoneInfo) -> int:
    """The last ms of a local day: 23:59:59.999 there."""
    return _local(datetime.combine(day + _A_DAY, time.min), zone) - 1


def end_of_month(month: str, zone: ZoneInfo) -> int:
    """The last ms of a local month, which is named as 2009-10."""
    year, number = int(month[:4]), int(month[5:])
    return end_of_day(date(year, number, monthrange(year, number)[1]), zone)


def working_days_after(start: int, number: int, holidays: frozenset[date], zone: ZoneInfo) -> int:
    """The end, in ms, of the `number`th day after the local day of `start` that is no weekend and no holiday."""
    day = as_datetime(start).astimezone(zone).date()
    while number:
        day += _A_DAY
        number -= day.weekday() < _SATURDAY and day not in holidays
    return end_of_day(day, zone)


def months_after(start: int, number: int, zone: ZoneInfo) -> int:
    """The same local time on the same day `number` months on, or on that month's last day; in ms."""
    local = as_datetime(start).astimezone(zone)
    year, month = divmod(local.year * 12 + local.month - 1 + number, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return _local(local.replace(year=year, month=month + 1, day=day), zone)


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


def weeks_before(moment: int, weeks: int, zone: ZoneInfo) -> str:
    """The local ISO week so many weeks before that of an instant (ms), whatever the clocks did in between."""
    return _weeks_before_day(local_day(moment, zone), weeks)


@lru_cache(maxsize=64)
def _weeks_before_day(day: str, weeks: int) -> str:
    year, week, _ = (date.fromisoformat(day) - timedelta(weeks=weeks)).isocalendar()
    return f"{year}-W{week:02}"


def local_day(moment: int, zone: ZoneInfo) -> str:
    """The local day of an instant (ms), such as 2009-10-24 (N1)."""
    return _day_of_quarter(moment // QUARTER, zone)


@lru_cache(maxsize=4096)
def _day_of_quarter(quarter: int, zone: ZoneInfo) -> str:
    return as_datetime(quarter * QUARTER).astimezone(zone).date().isoformat()


@lru_cache(maxsize=4096)
def _week_of_quarter(quarter: int, zone: ZoneInfo) -> str:
    """Zones differ by whole quarters of an hour, so one answer serves for each."""
    year, week, _ = as_datetime(quarter * QUARTER).astimezone(zone).isocalendar()
    return f"{year}-W{week:02}"
