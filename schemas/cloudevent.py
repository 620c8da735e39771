"""The envelope every event shares: CloudEvents 1.0 in JSON, with `recordedtime` as our extension."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

KINDS = ("CALL", "CAD", "MSG", "APPT", "COMMENT", "RTC", "CASE", "WARD")
Name = Annotated[str, StringConstraints(min_length=1, max_length=256)]
Text = Annotated[str, StringConstraints(max_length=1000)]
"""A sentence; bounded, as all text is, so that a history stays bounded."""
Instant = Annotated[
    str,
    StringConstraints(pattern=r"^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$"),
    Field(json_schema_extra={"format": "date-time"}),
]
"""An RFC 3339 time with its offset: as text, for a bare number would pass where a date-time is asked for."""


def subject_pattern(*kinds: str) -> str:
    """The regular expression of a subject of one of `kinds`."""
    return rf"^(?:{'|'.join(kinds)})-[A-Za-z0-9._:-]{{1,64}}$"


class Data(BaseModel):
    """What an event tells beside when and of whom; unknown fields are dropped and counted, null is absent."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class StartData(Data):
    """The data of an event that may start a clock."""

    exercise: bool | None = Field(None, description="an exercise: judged, never paged, counted apart (M8)")


class CloudEvent(BaseModel):
    """One thing that happened, and when it was recorded (absent: at once)."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    id: Name
    source: Name
    time: Instant
    recordedtime: Instant | None = None


class OfCall(CloudEvent):
    """An event of a call."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("CALL"))]


class OfIncident(CloudEvent):
    """An event of an incident."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("CAD"))]


class OfMessage(CloudEvent):
    """An event of a message to a Safer Neighbourhoods Team."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("MSG"))]
