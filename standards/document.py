"""What a standards pack looks like as YAML: strict, with a sentence and a source beside each number."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas.fields import Day, Duration, ShiftTimes, ZoneName
from schemas.times import format_duration
from standards.families import family_of
from standards.fields import (
    Area,
    CalendarName,
    Months,
    Percent,
    Slug,
    StandardId,
    Url,
    Words,
    WorkingDays,
)


class Strict(BaseModel):
    """An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Strict):
    """Where a number was read, and what was not read there."""

    url: Url
    note: Words


class Figure(Strict):
    """A number's sentence for people and its source; `carried_over` names the pack it was taken over from."""

    sentence: Words
    source: Source
    carried_over: Slug | None = None


class DurationFigure(Figure):
    """A duration in ms."""

    value: Duration


class InForce(Figure):
    """The local days, both included, on which the promise held; `until` missing means it still does."""

    from_: Day = Field(alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _forwards(self) -> "InForce":
        if self.until is not None and self.until < self.from_:
            raise ValueError(f"until {self.until} is before from {self.from_}")
        return self


class Shifts(Figure):
    """The local times at which shifts change."""

    at: ShiftTimes


_ELAPSED = ("within", "under")
_BY_CALENDAR = (*_ELAPSED, "working_days", "months")
_FORMS = (*_BY_CALENDAR, "end_of")
_FORMS_OF = {
    **dict.fromkeys(("appointment", "comment", "collision", "victim"), _BY_CALENDAR),
    "ward": ("end_of",),
}
"""The forms in which the families give their limits; all others in elapsed time alone."""


class Limit(Figure):
    """How long a clock has, in one of five forms; of all but `under` the due itself is in time.

    `within` and `under` are durations in ms; `working_days` end with the day, `months` at the same local time;
    `end_of: month` is the end of the month that the start names.
    """

    within: Duration | None = None
    under: Duration | None = None
    working_days: WorkingDays | None = None
    months: Months | None = None
    end_of: Literal["month"] | None = None
    areas: dict[Area, Duration] = {}

    @property
    def form(self) -> str:
        """Which of the forms it is given in."""
        return next(name for name in _FORMS if getattr(self, name) is not None)

    @property
    def ms(self) -> int:
        """The limit where no area is known, in ms; 0 where it is no elapsed time."""
        return self.within or self.under or 0

    @model_validator(mode="after")
    def _one_form(self) -> "Limit":
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"a limit has one of {_one_of(_FORMS)} (on the due is in time, but for `under`); "
                f"given: {', '.join(given) or 'none'}"
            )
        return self


class Target(Figure):
    """The share promised, in whole percent."""

    percent: Percent


class AtRisk(Figure):
    """The share of its time, in whole percent, after which a clock is at risk."""

    percent: Annotated[int, Field(strict=True, ge=1, le=99)]


class Unresourced(Figure):
    """How long an incident may be without a unit before it is said, in ms."""

    after: Duration


class StandardDocument(Strict):
    """One promise with a clock."""

    id: StandardId
    title: Words
    sentence: Words
    limit: Limit
    target: Target | None = None
    at_risk: AtRisk | None = None
    unresourced: Unresourced | None = None
    counts_staged: Annotated[bool, Field(strict=True)] | None = None

    @property
    def family(self) -> str:
        """What its clock runs for: call, attendance, message…"""
        return family_of(self.id)

    @model_validator(mode="after")
    def _limit_of_its_family(self) -> "StandardDocument":
        forms = _FORMS_OF.get(self.family, _ELAPSED)
        if self.limit.form not in forms:
            raise ValueError(f"{self.id}: its limit is given in {_one_of(forms)}, not in `{self.limit.form}`")
        return self

    @model_validator(mode="after")
    def _attendance_alone_has(self) -> "StandardDocument":
        if self.family == "attendance":
            return self
        given = {
            "unresourced": self.unresourced,
            "counts_staged": self.counts_staged,
            "areas": self.limit.areas,
        }
        for name, value in given.items():
            if value not in (None, {}):
                raise ValueError(f"{self.id}: only an attendance standard has `{name}`")
        return self

    @model_validator(mode="after")
    def _stages_come_before_the_due(self) -> "StandardDocument":
        shortest = min([self.limit.ms, *self.limit.areas.values()])
        if self.unresourced is not None and self.unresourced.after >= shortest:
            after, limit = format_duration(self.unresourced.after), format_duration(shortest)
            raise ValueError(
                f"{self.id}: unresourced after {after} would come no earlier than the due at {limit}"
            )
        return self


def _one_of(forms: tuple[str, ...]) -> str:
    *others, last = (f"`{form}`" for form in forms)
    return f"{', '.join(others)} or {last}" if others else last


def _told_apart(standards: list[StandardDocument]) -> list[StandardDocument]:
    ids = [standard.id for standard in standards]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"given twice: {', '.join(twice)}")
    return standards


def _attendance_agrees(standards: list[StandardDocument]) -> list[StandardDocument]:
    attendance = [standard for standard in standards if standard.family == "attendance"]
    if len(attendance) == 1:
        raise ValueError(
            f"{attendance[0].id} alone: attend-immediate and attend-priority come together (I6, I7)"
        )
    if len({bool(standard.counts_staged) for standard in attendance}) > 1:
        raise ValueError(
            "counts_staged must be the same in both attendance standards: one arrival ends both (I1)"
        )
    return standards


Standards = Annotated[
    list[StandardDocument],
    Field(min_length=1),
    AfterValidator(_told_apart),
    AfterValidator(_attendance_agrees),
]


class PackDocument(Strict):
    """A dated set of standards, as it is written."""

    api_version: Literal["pledgewatch/v1"] = Field(alias="apiVersion")
    kind: Literal["StandardsPack"]
    id: Slug
    version: Annotated[int, Field(strict=True, ge=1)]
    title: Words
    about: Words
    in_force: InForce
    time_zone: ZoneName
    calendar: CalendarName
    settle: DurationFigure
    page_within: DurationFigure
    skew: DurationFigure
    shifts: Shifts
    standards: Standards
