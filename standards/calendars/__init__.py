"""Bank holidays by calendar: a snapshot, so that no judgement hangs on what a library or a web page says today.

`python -m standards.calendars` makes it anew from the library `holidays`; a test holds it against that.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from schemas.documents import read_document


def calendar_path(name: str) -> Path:
    """The file of a calendar."""
    return Path(__file__).parent / f"{name}.yaml"


@cache
def bank_holidays(calendar: str) -> frozenset[date]:
    """The bank holidays that fall on weekdays, of all years the calendar has; beyond them there are none."""
    document = read_document(calendar_path(calendar), CalendarDocument)
    return frozenset(day for days in document.years.values() for day in days)


def _days(value: Any, year: int) -> list[date]:
    if not isinstance(value, str):
        raise ValueError('the holidays of a year are months and days, such as "01-01 04-10"')
    return [date.fromisoformat(f"{year}-{day}") for day in value.split()]


def _by_year(value: Any) -> dict[int, list[date]]:
    if not isinstance(value, dict) or not all(type(year) is int for year in value):
        raise ValueError("holidays are given by year")
    return {year: _days(days, year) for year, days in value.items()}


class CalendarDocument(BaseModel):
    """A calendar as it is written: for each year the months and days of its holidays."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: Literal["BankHolidays"]
    id: str
    about: str
    years: Annotated[dict[int, list[date]], BeforeValidator(_by_year)]

    @model_validator(mode="after")
    def _no_year_is_missing(self) -> "CalendarDocument":
        if list(self.years) != list(range(min(self.years), max(self.years) + 1)):
            raise ValueError("the years follow one another, none is left out")
        return self
