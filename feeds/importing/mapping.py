"""The mapping's model: what a published export's columns mean, declared in strict YAML.

Whatever is a judgement rather than a fact carries a `why`, so that a figure can be defended.
"""

import codecs
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from schemas.fields import ZoneName
from schemas.times import parse_duration

ISO = "iso"
"""The format that stands for ISO 8601 with date and time."""

_SAMPLE = datetime(2026, 1, 31, 18, 5, 9, tzinfo=UTC)


def _encoding(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise ValueError(f"{name!r} is not an encoding: say utf-8, latin-1, cp1252 or utf-16") from None


def _duration(text: str) -> str:
    parse_duration(text)
    return text


def _time_format(pattern: str) -> str:
    if pattern == ISO:
        return pattern
    if ("%I" in pattern) != ("%p" in pattern):
        raise ValueError(f"{pattern!r}: %I (hours to 12) and %p (AM or PM) mean nothing without each other")
    try:
        again = datetime.strptime(_SAMPLE.strftime(pattern), pattern)
    except ValueError as refused:
        raise ValueError(f"{pattern!r} is not a time format: {refused}") from None
    if again.replace(second=9, tzinfo=UTC) != _SAMPLE:
        raise ValueError(f"{pattern!r} leaves out the year, the month, the day, the hour or the minute")
    return pattern


def sample_of(pattern: str) -> str:
    """A time written in `pattern`, to show people what was expected."""
    return _SAMPLE.replace(tzinfo=None).isoformat() if pattern == ISO else _SAMPLE.strftime(pattern)


Names = list[str]


class Part(BaseModel):
    """A part of a mapping: unknown keys and quiet conversions are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, populate_by_name=True)


class FileRules(Part):
    """How the file is written; gzip and a byte order mark are recognised by themselves."""

    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Field(min_length=1, max_length=1)] = '"'
    encoding: Annotated[str, AfterValidator(_encoding)] = "utf-8"
    missing: Names = [""]
    multiline: bool = False


class TimeRules(Part):
    """How local times are read; `formats` are tried in order, strptime's patterns or `iso`."""

    zone: ZoneName
    formats: Annotated[list[Annotated[str, AfterValidator(_time_format)]], Field(min_length=1)]
    ambiguous: Literal["first", "second", "refuse"]
    nonexistent: Literal["forward", "refuse"]
    why: str | None = None


class Moment(Part):
    """A time in the row: a column, a text put together from several, one of `times`, or the first given of some.

    A name alone stands for `{named: name}`. `date_of` names the time whose date this one was written with.
    """

    column: str | None = None
    text: str | None = None
    named: str | None = None
    first_of: Annotated[Names | None, Field(min_length=2)] = None
    missing: Names = []
    when: str | None = None
    unless: str | None = None
    date_of: str | None = None
    why: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        return {"named": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _one_source(self) -> "Moment":
        _exactly_one(self, "column", "text", "named", "first_of")
        if self.written is None and (self.missing or self.date_of):
            raise ValueError("`missing` and `date_of` belong to a column or a text")
        return self

    @property
    def written(self) -> str | None:
        """The column or the text of columns it is read from; None where other times give it."""
        return self.column or self.text

    @property
    def others(self) -> Names:
        """The names of the times it is made of or dated by."""
        return [name for name in (self.named, *(self.first_of or []), self.date_of) if name is not None]


class Value(Part):
    """A value of an event's data: a column, a text of columns, a constant or a condition's truth."""

    column: str | None = None
    text: str | None = None
    constant: str | bool | int | None = None
    condition: str | None = None
    table: str | None = None
    missing: Names = []
    as_: Annotated[Literal["text", "integer", "time"], Field(alias="as")] = "text"
    why: str | None = None

    @model_validator(mode="after")
    def _one_source(self) -> "Value":
        _exactly_one(self, "column", "text", "constant", "condition")
        if self.table is not None and ((self.column is None and self.text is None) or self.as_ != "text"):
            raise ValueError("a table is looked up by a column's or a text's words only")
        return self


class Condition(Part):
    """Something true or false of a row; a missing cell equals nothing, not even another missing one."""

    column: str | None = None
    is_: Annotated[Names | None, Field(alias="is")] = None
    equals: str | None = None
    missing: Literal[True] | None = None
    any_: Annotated[list["Condition"] | None, Field(alias="any", min_length=1)] = None
    all_: Annotated[list["Condition"] | None, Field(alias="all", min_length=1)] = None
    not_: Annotated["Condition | None", Field(alias="not")] = None
    why: str | None = None

    @model_validator(mode="after")
    def _one_test(self) -> "Condition":
        _exactly_one(self, "column", "any_", "all_", "not_")
        if self.column is not None:
            _exactly_one(self, "is_", "equals", "missing")
        elif (self.is_, self.equals, self.missing) != (None, None, None):
            raise ValueError("is, equals and missing need a column")
        return self


class Late(Part):
    """Rows touched again long after their last event: all their events were recorded then."""

    column: str
    after: Annotated[str, AfterValidator(_duration)]
    why: str | None = None


class Recorded(Part):
    """Where `recordedtime` comes from: each event's own time, or a column of the row."""

    at: Literal["event", "column"]
    column: str | None = None
    late: Late | None = None
    why: str | None = None

    @model_validator(mode="after")
    def _fitting(self) -> "Recorded":
        if (self.at == "column") != (self.column is not None):
            raise ValueError("`column` belongs to `at: column`, and to that alone")
        if self.late is not None and self.at == "column":
            raise ValueError("`late` belongs to `at: event`")
        return self


class Rows(Part):
    """What a row is: a whole subject, a later version of one, or one unit of it (`key` names which)."""

    each: Literal["subject", "version", "unit"] = "subject"
    latest_by: Moment | None = None
    key: str | None = None
    why: str | None = None

    @model_validator(mode="after")
    def _fitting(self) -> "Rows":
        if (self.each == "version") != (self.latest_by is not None):
            raise ValueError("`latest_by` belongs to `each: version`, and to that alone")
        if (self.each == "unit") != (self.key is not None):
            raise ValueError("`key` belongs to `each: unit`, and to that alone")
        return self


class EventRule(Part):
    """One event to be made; a row without its time makes none, or is refused where it is `required`.

    Of a subject's rows the one to `pick` gives it; among those of which `prefer` is true, if there are any.
    """

    type: str
    name: str | None = None
    time: Moment
    required: bool = False
    per: Literal["subject", "row"] = "subject"
    pick: Literal["earliest", "latest"] = "earliest"
    prefer: str | None = None
    when: str | None = None
    unless: str | None = None
    data: dict[str, Value] = {}
    why: str | None = None

    @property
    def called(self) -> str:
        """What tells this event from the subject's others: the last part of its id."""
        return self.name or self.type


class Mapping(Part):
    """A published export, and the events its rows stand for."""

    mapping: str
    about: str
    source: Annotated[str, Field(min_length=1, max_length=256)]
    file: FileRules = FileRules()
    time: TimeRules
    recorded: Recorded
    rows: Rows = Rows()
    subject: str
    conditions: dict[str, Condition] = {}
    tables: dict[str, dict[str, str]] = {}
    times: dict[str, Moment] = {}
    order: Names = []
    leave_out: Names = []
    expect: Names = []
    events: Annotated[list[EventRule], Field(min_length=1)]


def _exactly_one(part: BaseModel, *names: str) -> None:
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        choice = ", ".join(name.rstrip("_") for name in names)
        raise ValueError(f"exactly one of {choice} is wanted" + (f", not {len(given)}" if given else ""))
