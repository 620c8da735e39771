"""Events that every topic carries."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from schemas.cloudevent import KINDS, CloudEvent, Data, Instant, Name, subject_pattern


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
