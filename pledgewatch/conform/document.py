"""What a scenario file looks like; anything else is an error that names the file and line."""

import difflib
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from pledgewatch.naming import InputTopic
from schemas.events import TYPES
from schemas.times import DAY, parse_duration, parse_time

DATA_TIMES = ("for", "since", "child_due", "through", "from", "until")
"""The fields of an event's data that are times, and may be offsets."""
LONGEST = 36_525 * DAY
"""The longest offset, in ms: a hundred years."""
LATEST = parse_time("2200-01-01T00:00:00Z")
"""The latest absolute time, in ms."""


class Moment(NamedTuple):
    """An instant as written: ms after the scenario's start, or ms since the epoch."""

    ms: int
    from_start: bool

    def after(self, start: int) -> int:
        """The instant in ms since the epoch."""
        return start + self.ms if self.from_start else self.ms


def parse_moment(value: object) -> Moment:
    """`+1h30m`, or an RFC 3339 time; ValueError where it is neither."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no time: write an offset such as +12m, or an RFC 3339 time in quotes")
    if value.startswith("+"):
        return Moment(_in_range(parse_duration(value[1:]), value, LONGEST), from_start=True)
    try:
        ms = parse_time(value)
    except ValueError:
        raise ValueError(
            f"{value!r} is neither an offset such as +1h30m nor an RFC 3339 time with its own offset"
        ) from None
    return Moment(_in_range(ms, value, LATEST), from_start=False)


def _in_range(ms: int, text: str, most: int) -> int:
    if not 0 <= ms <= most:
        raise ValueError(f"{text!r} is out of range: scenarios lie between 1970 and 2200")
    return ms


def _duration(value: object) -> int:
    moment = parse_moment(value)
    if not moment.from_start:
        raise ValueError(f"{value!r} is no length of time such as +12m")
    return moment.ms


def _start(value: object) -> int:
    moment = parse_moment(value)
    if moment.from_start:
        raise ValueError(f"{value!r} is no RFC 3339 time: offsets are reckoned from it")
    return moment.ms


def _known_type(name: str) -> str:
    if name not in TYPES:
        near = difflib.get_close_matches(name, TYPES, 1)
        hint = f"did you mean {near[0]}?" if near else "see SEMANTICS, Events by topic"
        raise ValueError(f"unknown type {name!r}: {hint}")
    return name


_OFFSET = r"\+(?=\d)(\d+d)?(\d+h)?(\d+m(?!s))?(\d+s)?(\d+ms)?"
_INSTANT = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)"


def _written(*patterns: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^({'|'.join(patterns)})$"})


When = Annotated[Moment, BeforeValidator(parse_moment), _written(_OFFSET, _INSTANT)]
Length = Annotated[int, BeforeValidator(_duration), _written(_OFFSET)]
Start = Annotated[int, BeforeValidator(_start), _written(_INSTANT)]
TypeName = Annotated[str, AfterValidator(_known_type), WithJsonSchema({"enum": list(TYPES)})]
Verdict = Literal["running", "met", "breached", "excluded", "unverifiable"]
SaidVerdict = Literal["met", "breached", "excluded", "unverifiable"]
Text = Annotated[str, Field(min_length=1)]


class Strict(BaseModel):
    """An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class EventLine(BaseModel):
    """One event; keys that are not the event's own go into its data."""

    model_config = ConfigDict(extra="allow", frozen=True)

    at: When
    seen: When | None = None
    type: TypeName
    subject: str
    id: Text | None = None
    source: Text = "scenario"
    topic: Text | None = None

    def data(self, start: int) -> dict[str, Any]:
        """Its data, times among it as instants in ms; ValueError where one is not a time."""
        given = self.model_extra or {}
        return {key: self._value(key, value, start) for key, value in given.items()}

    @staticmethod
    def _value(key: str, value: Any, start: int) -> Any:
        if key not in DATA_TIMES or value is None:
            return value
        try:
            return parse_moment(value).after(start)
        except ValueError as invalid:
            raise ValueError(f"{key}: {invalid}") from None


class Compared(Strict):
    """What may be wanted of a clock; only the keys given are compared, and null means: none."""

    clock: Text
    verdict: Verdict | None = None
    reason: str | None = None
    due: When | None = None
    stop: When | None = None
    elapsed: Length | None = None
    skew: bool | None = None
    corrects: Verdict | None = None
    cohort: str | None = None


class VerdictLine(Compared):
    """A clock at the end."""


class SaidLine(Compared):
    """A change of verdict, said aloud; a change to running is not."""

    at: When
    verdict: SaidVerdict


class StageLine(Strict):
    """A stage, said aloud."""

    at: When
    clock: Text
    stage: Literal["at-risk", "un-resourced"]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Several = Annotated[tuple[Text, ...], Field(min_length=1)]
Sides = Annotated[_Several, BeforeValidator(_as_list, json_schema_input_type=Text | _Several)]


class CaseDocument(Strict):
    """Events, and what they must lead to; a list left out is not compared.

    `shows` names the sides (before, at, after, or the rule's own words) it shows of which boundaries of its rule.
    """

    case: Text
    shows: dict[Text, Sides] = Field({})
    until: When | None = None
    events: list[EventLine]
    said: list[SaidLine] | None = None
    stages: list[StageLine] | None = None
    verdicts: list[VerdictLine] | None = None


class FeedLine(Strict):
    """A feed whose silence matters (S6); `skew`: by how much its clock may differ (T7)."""

    source: Text
    topic: InputTopic
    silence: Annotated[Length, Field(ge=1)]
    boroughs: Annotated[list[Text], Field(min_length=1)] | None = None
    skew: Length | None = None


class ScenarioDocument(Strict):
    """One file: a rule, a pack, and cases; `expect` is what a file that must fail says, for our own tests."""

    about: Text
    rule: Text
    pack: Text
    start: Start
    cases: Annotated[list[CaseDocument], Field(min_length=1)]
    feeds: list[FeedLine] | None = None
    expect: Text | None = None
