"""What goes to the topic `alert-actions`: what people did about an alert, and what the desk did of its own accord.

Keyed by the alert and written to its clock's partition. Together with `breach-alerts` it is all there is to know of
an alert: whatever Redis holds is made from the two.
"""

from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from schemas.cloudevent import Instant, Name, Text

Person = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
"""Who did it, by name and rank as they give it; sign-in comes later."""
SituationKind = Literal["storm", "rate", "digest", "test"]


class Doing(BaseModel):
    """What an action tells beside when and of which alert."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ByPerson(Doing):
    """Something a person did."""

    by: Person
    note: Text = ""


class Assignment(ByPerson):
    """Whose it is from now on."""

    to: Person


class Snooze(ByPerson):
    """The ladder rests until then, unless the alert's stage changes."""

    until: Instant


class Comment(ByPerson):
    """A comment says something."""

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class HandOver(Assignment):
    """One alert of those handed over at the end of a shift; `handover` is the same for all of them."""

    handover: Name


class Closing(ByPerson):
    """Nothing more is to be done about it: for what no event can end, such as a clock that cannot be verified."""


class Again(ByPerson):
    """A notification that was parked is to be tried again."""

    step: Name


class Escalation(Doing):
    """It went up the ladder."""

    rung: int = Field(ge=1, description="the step of the ladder, the first being 0")
    role: Name
    to: tuple[Person, ...] = Field((), description="those on duty in the role; empty where nobody was")
    because: Text


class Notification(Doing):
    """Somebody was told, as far as the channel says."""

    step: Name = Field(description="names this telling of this alert to this person: sent once")
    channel: Name
    to: str = Field(max_length=256, description="the person or address told")
    about: Name = Field(description="the id of the announcement or action that was told")
    stage: Name = Field(description="the alert's stage as it was told")
    attempts: int = Field(1, ge=1)


class Parking(Doing):
    """Somebody could not be told; it is tried again only when a person says so."""

    step: Name
    channel: Name
    to: str = Field(max_length=256)
    about: Name
    stage: Name
    problem: Text
    attempts: int = Field(1, ge=1)


class Opening(Doing):
    """Several things are told as one from now on."""

    kind: SituationKind
    words: Text = Field(description="what it is, in a sentence")
    policy: Name = Field(description="the rule of the policy that opened it")
    standard: str = ""
    borough: str = ""


class Joining(Doing):
    """The alert is told as part of a situation, not by itself."""

    situation: Name


class Ending(Doing):
    """The situation is over."""

    because: Text


class Act(BaseModel):
    """One CloudEvent on `alert-actions`; its `subject` is the alert: a clock, a feed or a situation."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"] = "1.0"
    id: Name = Field(description="given by whoever acts: the same again is the same action")
    source: Name = "pledgewatch"
    subject: Name
    time: Instant = Field(description="when it was done")


class Acknowledged(Act):
    """A named person has it (P2)."""

    type: Literal["alert.acknowledged"] = "alert.acknowledged"
    data: ByPerson


class Assigned(Act):
    """It was given to somebody."""

    type: Literal["alert.assigned"] = "alert.assigned"
    data: Assignment


class Snoozed(Act):
    """It is left alone for a while."""

    type: Literal["alert.snoozed"] = "alert.snoozed"
    data: Snooze


class Commented(Act):
    """Somebody said something about it."""

    type: Literal["alert.commented"] = "alert.commented"
    data: Comment


class HandedOver(Act):
    """It was handed over at the end of a shift."""

    type: Literal["alert.handed_over"] = "alert.handed_over"
    data: HandOver


class Closed(Act):
    """A person closed it."""

    type: Literal["alert.closed"] = "alert.closed"
    data: Closing


class Retried(Act):
    """A person had a parked notification tried again."""

    type: Literal["alert.retried"] = "alert.retried"
    data: Again


class Escalated(Act):
    """It went up the ladder (P3)."""

    type: Literal["alert.escalated"] = "alert.escalated"
    data: Escalation


class Notified(Act):
    """Somebody was told."""

    type: Literal["alert.notified"] = "alert.notified"
    data: Notification


class Parked(Act):
    """Somebody could not be told."""

    type: Literal["alert.parked"] = "alert.parked"
    data: Parking


class SituationOpened(Act):
    """A situation began (P4)."""

    type: Literal["situation.opened"] = "situation.opened"
    data: Opening


class SituationJoined(Act):
    """It became part of a situation (P4)."""

    type: Literal["situation.joined"] = "situation.joined"
    data: Joining


class SituationClosed(Act):
    """A situation ended."""

    type: Literal["situation.closed"] = "situation.closed"
    data: Ending


Action = (
    Acknowledged
    | Assigned
    | Snoozed
    | Commented
    | HandedOver
    | Closed
    | Retried
    | Escalated
    | Notified
    | Parked
    | SituationOpened
    | SituationJoined
    | SituationClosed
)
BY_PEOPLE = (Acknowledged, Assigned, Snoozed, Commented, HandedOver, Closed, Retried)
_action: TypeAdapter[Action] = TypeAdapter(Annotated[Action, Field(discriminator="type")])
ACTION_TYPES: dict[str, type[Act]] = {
    get_args(model.model_fields["type"].annotation)[0]: model for model in get_args(Action)
}


def read_action(value: bytes | str) -> Action:
    """A record of `alert-actions`; ValidationError where it is none."""
    return _action.validate_json(value)
