"""Events that every topic carries."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.cloudevent import KINDS, CloudEvent, Data, Instant, Name, Text, subject_pattern


class EventWithdrawnData(Data):
    """`event`: the id, of the same source and subject, that is withdrawn."""

    event: Name


class EventWithdrawn(CloudEvent):
    """An event that should never have been sent is taken out of the history (S1)."""

    type: Literal["event.withdrawn"]
    subject: Annotated[str, StringConstraints(pattern=subject_pattern(*KINDS))]
    data: EventWithdrawnData


class SourceHeartbeatData(Data):
    """`through`: everything recorded up to then has been sent (S6)."""

    through: Instant | None = None


class SourceHeartbeat(CloudEvent):
    """A source says that it is alive; its subject is the source itself."""

    type: Literal["source.heartbeat"]
    subject: Name
    data: SourceHeartbeatData = SourceHeartbeatData()


class SourceOutageData(Data):
    """From when until when nothing is to be expected of the source, why, and who says so (S6)."""

    from_: Instant = Field(alias="from")
    until: Instant
    reason: Text | None = None
    by: Name | None = None


class SourceOutage(CloudEvent):
    """A planned outage of a source, declared beforehand; the same `id` again changes it from then on."""

    type: Literal["source.outage"]
    subject: Name
    data: SourceOutageData
