"""Kinds of value that our YAML documents hold, each refused with a reason where it is not one."""

import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from schemas.times import parse_duration

_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def _duration(value: Any) -> int:
    if not isinstance(value, str):
        raise ValueError("a duration is text with its unit, such as 10s, 12m or 24h")
    ms = parse_duration(value)
    if ms <= 0:
        raise ValueError("a duration must be longer than nothing")
    return ms


def _time_of_day(value: Any) -> time:
    # YAML reads an unquoted 15:00 as the number 900.
    if not isinstance(value, str) or not _TIME_OF_DAY.fullmatch(value):
        raise ValueError('a time of day is written in quotes, such as "15:00"')
    return time.fromisoformat(value)


def _day(value: Any) -> date:
    if not isinstance(value, str):
        raise ValueError('a date is written in quotes, such as "2009-01-31"')
    return date.fromisoformat(value)


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"{name!r} is not a time zone such as Europe/London") from None
    return name


def _in_order(shifts: list[time]) -> list[time]:
    if any(later <= earlier for earlier, later in pairwise(shifts)):
        raise ValueError("shifts are given in order of the day, none twice")
    return shifts


Duration = Annotated[int, BeforeValidator(_duration)]
"""How long, over zero: written as `5m`, read as ms."""
Day = Annotated[date, BeforeValidator(_day)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
ShiftTimes = Annotated[list[TimeOfDay], AfterValidator(_in_order)]
ZoneName = Annotated[str, Field(min_length=1, strict=True), AfterValidator(_zone)]
