"""What people do about an alert: a form or a JSON object becomes an action, with the words of what came of it."""

from collections.abc import Callable
from typing import Annotated, Literal
from uuid import NAMESPACE_URL, uuid4, uuid5

from pydantic import BaseModel, ConfigDict, Field

from alerting.alert import Alert
from alerting.parked import parked_now
from schemas.actions import (
    Acknowledged,
    Action,
    Again,
    Assigned,
    Assignment,
    ByPerson,
    Closed,
    Closing,
    Comment,
    Commented,
    HandedOver,
    HandOver,
    Person,
    Retried,
    Snooze,
    Snoozed,
)
from schemas.cloudevent import Instant, Name, Text
from schemas.errors import PledgeWatchError
from schemas.times import format_time, parse_time


class DoingError(PledgeWatchError):
    """Something that cannot be done about this alert; `field` names what to mend.

    Operator action: mend what the message names and send it again.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Doing(BaseModel):
    """What somebody does; `id` makes it the same when it is sent again."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Name = Field(default_factory=lambda: str(uuid4()), description="the same again is the same action")
    by: Person = Field(description="who does it, by name and rank")
    note: Text = ""


class Acknowledge(Doing):
    """I have it."""

    do: Literal["acknowledge"]


class Assign(Doing):
    """It is theirs from now on."""

    do: Literal["assign"]
    to: Person


class PutOff(Doing):
    """The ladder rests until then, unless the alert's stage changes."""

    do: Literal["snooze"]
    until: Instant


class Say(Doing):
    """A note."""

    do: Literal["comment"]
    note: Annotated[str, Field(min_length=1, max_length=1000)]


class Close(Doing):
    """Nothing more is to be done about it; why is in the note."""

    do: Literal["close"]
    note: Annotated[str, Field(min_length=1, max_length=1000)]


class TryAgain(Doing):
    """A notification that was parked is to be tried again."""

    do: Literal["retry"]
    step: Name = Field(description="the notification, as the list of parked ones names it")


AnyDoing = Annotated[Acknowledge | Assign | PutOff | Say | Close | TryAgain, Field(discriminator="do")]
"""What can be done; `do` says which."""


class ShiftEnd(BaseModel):
    """Alerts handed over at the end of a shift."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: Name = Field(default_factory=lambda: str(uuid4()), description="the same again is the same hand-over")
    by: Person = Field(description="who hands over")
    to: Person = Field(description="who takes over")
    alerts: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1000)]
    note: Text = ""


def action_of(doing: AnyDoing, alert: Alert, now: int) -> Action:
    """The action, done at `now` (ms); DoingError where it makes no sense for this alert."""
    if isinstance(doing, PutOff) and parse_time(doing.until) <= now:
        raise DoingError("until", "The snooze would be over already: give an end that is still to come.")
    if isinstance(doing, Close | PutOff) and not alert.open:
        raise DoingError("do", "This alert is not open any more; add a note if something is left to say.")
    if isinstance(doing, TryAgain) and doing.step not in {each.data.step for each in parked_now(alert)}:
        raise DoingError(
            "step", "This notification does not wait any more: it was delivered, or is being tried."
        )
    return _ACTIONS[type(doing)](doing, {"id": doing.id, "subject": alert.id, "time": format_time(now)})


def hand_overs(shift: ShiftEnd, now: int) -> list[HandedOver]:
    """One action an alert, the same again when it is sent again."""
    data = HandOver(by=shift.by, to=shift.to, note=shift.note, handover=shift.id)
    return [
        HandedOver(
            id=str(uuid5(NAMESPACE_URL, f"{shift.id}/{alert}")),
            subject=alert,
            time=format_time(now),
            data=data,
        )
        for alert in dict.fromkeys(shift.alerts)
    ]


def holder(alert: Alert, action: Action) -> Acknowledged | None:
    """Who has it already, where an acknowledgement came second."""
    first = alert.acknowledged
    if not isinstance(action, Acknowledged) or first is None or first.id == action.id:
        return None
    return None if first.data.by == action.data.by else first


def _said(doing: Doing) -> dict[str, str]:
    return {"by": doing.by, "note": doing.note}


_ACTIONS: dict[type[Doing], Callable[..., Action]] = {
    Acknowledge: lambda doing, told: Acknowledged(**told, data=ByPerson(**_said(doing))),
    Assign: lambda doing, told: Assigned(**told, data=Assignment(**_said(doing), to=doing.to)),
    PutOff: lambda doing, told: Snoozed(**told, data=Snooze(**_said(doing), until=doing.until)),
    Say: lambda doing, told: Commented(**told, data=Comment(**_said(doing))),
    Close: lambda doing, told: Closed(**told, data=Closing(**_said(doing))),
    TryAgain: lambda doing, told: Retried(**told, data=Again(**_said(doing), step=doing.step)),
}
