"""Local hours: of duties, of quiet, of rules and of shifts. As people write them.

A local time that a clock change skips moves on by the gap, one that comes twice is the first; so the end of one
shift is the beginning of the next on every day of the year.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from alerting.fields import Strict
from schemas.times import as_datetime, milliseconds

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_HOURS = re.compile(rf"({_TIME})\s*-\s*({_TIME}|24:00)")
_A_DAY = timedelta(days=1)
_A_WEEK = 7


def _hours(value: Any) -> tuple[time, time]:
    found = _HOURS.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('hours are written as "07:00-15:00"; "23:00-07:00" goes on past midnight')
    return time.fromisoformat(found[1]), time.fromisoformat(found[2].replace("24:00", "00:00"))


Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]


class Window(Strict):
    """Some hours of some days; past midnight they are of the day on which they begin. Without any: always."""

    hours: Hours | None = Field(None, description="local, the end not included; all day where not given")
    days: Annotated[list[Weekday], Field(min_length=1)] | None = None

    def covers(self, moment: int, zone: ZoneInfo) -> bool:
        """Whether an instant (ms) lies in it."""
        return self.begun(moment, zone) is not None

    def begun(self, moment: int, zone: ZoneInfo) -> date | None:
        """The local day on which the hours that cover an instant (ms) began; None outside."""
        days = [day for day, begins, ends in self._spans(moment, zone, 1) if begins <= moment < ends]
        return days[-1] if days else None

    def end(self, moment: int, zone: ZoneInfo) -> int | None:
        """When the hours that cover an instant end (both ms), those that follow at once included; None outside.

        Hours without an end are said to last a week.
        """
        end = None
        for _, begins, ends in self._spans(moment, zone, _A_WEEK):
            if begins <= (moment if end is None else end) < ends:
                end = ends
        return end

    @property
    def endless(self) -> bool:
        """Whether they cover everything, so that nothing ever comes after them."""
        whole = self.hours is None or self.hours[0] == self.hours[1]
        return whole and set(self.days or WEEKDAYS) == set(WEEKDAYS)

    def _spans(self, moment: int, zone: ZoneInfo, ahead: int) -> Iterator[tuple[date, int, int]]:
        """Its spans from the day before an instant on, so many days ahead: the day, when it begins and ends (ms)."""
        today = as_datetime(moment).astimezone(zone).date()
        first, last = self.hours or (time.min, time.min)
        for offset in range(-1, ahead + 1):
            day = today + timedelta(days=offset)
            if self.days is None or WEEKDAYS[day.weekday()] in self.days:
                until = day if last > first else day + _A_DAY
                yield day, at_local(day, first, zone), at_local(until, last, zone)


@lru_cache(maxsize=4096)
def at_local(day: date, moment: time, zone: ZoneInfo) -> int:
    """A local time in ms."""
    return milliseconds(datetime.combine(day, moment, tzinfo=zone).replace(fold=0).astimezone(UTC))


def next_at(after: int, times: Sequence[time], zone: ZoneInfo) -> int | None:
    """The first instant (ms) later than `after` at which it is one of these local times; None of none."""
    day = as_datetime(after).astimezone(zone).date()
    days = (day + timedelta(days=offset) for offset in range(-1, 3))
    moments = (at_local(each, moment, zone) for each in days for moment in times)
    return min((moment for moment in moments if moment > after), default=None)


def each_at(after: int, until: int, times: Sequence[time], zone: ZoneInfo) -> Iterator[int]:
    """All such instants later than `after` and not later than `until` (ms), in order."""
    moment = next_at(after, times, zone)
    while moment is not None and moment <= until:
        yield moment
        moment = next_at(moment, times, zone)


def as_local(moment: int, zone: ZoneInfo) -> str:
    """An instant (ms) as people name it: `24 Oct 23:00`, with seconds where there are any."""
    local = as_datetime(moment).astimezone(zone)
    return f"{local:%d %b %H:%M:%S}".removesuffix(":00")
