"""London's hours, weekdays and shifts, as instants in ms UTC; clock changes included."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from feeds.simulation.parameters import Shifts
from schemas.times import DAY, HOUR, MINUTE, milliseconds

LONDON = ZoneInfo("Europe/London")


@lru_cache(maxsize=4096)
def _local(utc_hour: int) -> datetime:
    return datetime.fromtimestamp(utc_hour * HOUR // 1000, UTC).astimezone(LONDON)


def hour_of(at: int) -> int:
    """The local hour of the day."""
    return _local(at // HOUR).hour


def weekday_of(at: int) -> int:
    """The local weekday, 0 on Monday."""
    return _local(at // HOUR).weekday()


def next_month(at: int) -> int:
    """The first instant of a local month at or after `at`."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(LONDON)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return milliseconds(first) if milliseconds(first) >= at else end_of_month(at)


def end_of_month(at: int) -> int:
    """The first instant of the local month after that of `at`."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(LONDON)
    later = local.replace(day=28, hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)
    return milliseconds(later.replace(day=1))


def month_of(at: int) -> str:
    """The local month, such as 2010-03."""
    return _local(at // HOUR).strftime("%Y-%m")


class Rota:
    """Which shift is at work, and how long it has been."""

    def __init__(self, shifts: Shifts) -> None:
        self._starts = [int(each[:2]) * HOUR + int(each[3:]) * MINUTE for each in shifts.at]
        self._handover = int(shifts.handover_minutes * MINUTE)

    def shift(self, at: int) -> int:
        """The number of the shift at work; before the day's first change it is still the last one."""
        return (bisect_right(self._starts, _of_day(at)) - 1) % len(self._starts)

    def handing_over(self, at: int) -> bool:
        """Whether the shift at work has only just come."""
        return (_of_day(at) - self._starts[self.shift(at)]) % DAY < self._handover

    def next_change(self, at: int) -> int:
        """When the next shift comes."""
        of_day = _of_day(at)
        return at + min((start - of_day - 1) % DAY + 1 for start in self._starts)


def _of_day(at: int) -> int:
    return hour_of(at) * HOUR + at % HOUR
