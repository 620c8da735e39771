"""The kinds of value a pack may hold, each refused with a reason where it is not one."""

import re
from datetime import date, time
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from schemas.times import parse_duration
from standards.families import CALENDARS, FAMILIES

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


def _calendar(name: str) -> str:
    if name not in CALENDARS:
        raise ValueError(f"{name!r} is not a calendar we have: {', '.join(CALENDARS)}")
    return name


def _url(text: str) -> str:
    if not text.startswith(("https://", "http://", "docs/")):
        raise ValueError("a source's url begins with https://, http:// or docs/")
    return text


def _standard_id(name: str) -> str:
    if name not in FAMILIES:
        raise ValueError(f"{name!r} is not a standard: {', '.join(FAMILIES)}")
    return name


def _in_order(shifts: list[time]) -> list[time]:
    if any(later <= earlier for earlier, later in pairwise(shifts)):
        raise ValueError("shifts are given in order of the day, none twice")
    return shifts


Duration = Annotated[int, BeforeValidator(_duration)]
WorkingDays = Annotated[int, Field(strict=True, ge=1, le=250)]
Months = Annotated[int, Field(strict=True, ge=1, le=120)]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Day = Annotated[date, BeforeValidator(_day)]
TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Words = Annotated[str, Field(min_length=1, strict=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Area = Literal["urban", "rural"]
ShiftTimes = Annotated[list[TimeOfDay], AfterValidator(_in_order)]
ZoneName = Annotated[Words, AfterValidator(_zone)]
CalendarName = Annotated[Words, AfterValidator(_calendar)]
Url = Annotated[Words, AfterValidator(_url)]
StandardId = Annotated[str, AfterValidator(_standard_id)]
