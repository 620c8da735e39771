"""Events on the topic `snt-message`."""

from typing import Literal

from schemas.cloudevent import Data, Name, OfMessage, StartData


class MessageReceivedData(StartData):
    """`probe`: a mystery shopper, counted apart (M3)."""

    team: Name | None = None
    ward: Name | None = None
    borough: Name | None = None
    channel: Name | None = None
    probe: bool | None = None


class MessageReceived(OfMessage):
    """A message reached a Safer Neighbourhoods Team: 24 hours run (M1)."""

    type: Literal["message.received"]
    data: MessageReceivedData = MessageReceivedData()


class MessageRedirectedData(Data):
    """`to`: the team or desk that owns it now."""

    to: Name


class MessageRedirected(OfMessage):
    """Ownership moved, the clock did not (M2)."""

    type: Literal["message.redirected"]
    data: MessageRedirectedData


class MessageRespondedData(Data):
    """Only a `reply` answers; `auto` never counts (M1)."""

    kind: Literal["reply", "auto"]
    by: Name | None = None


class MessageResponded(OfMessage):
    """Somebody, or an auto-responder, wrote back (M1)."""

    type: Literal["message.responded"]
    data: MessageRespondedData
