"""The kinds of value a pack may hold beside what every document may, each refused with a reason."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from standards.families import CALENDARS, FAMILIES


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


WorkingDays = Annotated[int, Field(strict=True, ge=1, le=250)]
Months = Annotated[int, Field(strict=True, ge=1, le=120)]
Percent = Annotated[int, Field(strict=True, ge=1, le=100)]
Words = Annotated[str, Field(min_length=1, strict=True)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Area = Literal["urban", "rural"]
CalendarName = Annotated[Words, AfterValidator(_calendar)]
Url = Annotated[Words, AfterValidator(_url)]
StandardId = Annotated[str, AfterValidator(_standard_id)]
