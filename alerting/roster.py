"""Who is on duty in a role, and when."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from alerting.hours import Window
from schemas.fields import Day

PersonKey = Annotated[str, Field(min_length=1, max_length=100)]


class Duty(Window):
    """Some people have a role in these hours, on these days, between these dates."""

    who: Annotated[list[PersonKey], Field(min_length=1)]
    from_: Day | None = Field(None, alias="from", description="the first local day")
    until: Day | None = Field(None, description="the last local day")
    instead_of: list[PersonKey] = Field(
        [], description="who is not on duty meanwhile: leave, sickness, a swap"
    )

    @model_validator(mode="after")
    def _forwards(self) -> "Duty":
        if self.from_ is not None and self.until is not None and self.until < self.from_:
            raise ValueError(f"until {self.until} is before from {self.from_}")
        return self

    def holds(self, moment: int, zone: ZoneInfo) -> bool:
        """Whether it holds at an instant (ms); hours past midnight are of the day on which they begin."""
        day = self.begun(moment, zone)
        if day is None:
            return False
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


Roster = Mapping[str, Sequence[Duty]]


def on_duty(roster: Roster, role: str, moment: int, zone: ZoneInfo) -> tuple[str, ...]:
    """Those who have the role at an instant (ms), each once, in the order of the roster."""
    holding = [duty for duty in roster.get(role, ()) if duty.holds(moment, zone)]
    replaced = {person for duty in holding for person in duty.instead_of}
    there = dict.fromkeys(person for duty in holding for person in duty.who)
    return tuple(person for person in there if person not in replaced)
