"""Events on the topic `call-answer`."""

from typing import Literal

from schemas.cloudevent import Data, Name, OfCall, StartData


class CallPresentedData(StartData):
    """`line` is "999" or another; `caller` an opaque token, never a number."""

    line: Name
    borough: Name | None = None
    caller: Name | None = None


class CallPresented(OfCall):
    """A call reached the control room: its clock starts (C1)."""

    type: Literal["call.presented"]
    data: CallPresentedData


class CallAnsweredData(Data):
    """`handler` is whoever answered."""

    handler: Name | None = None


class CallAnswered(OfCall):
    """A handler answered: the clock stops (C1)."""

    type: Literal["call.answered"]
    data: CallAnsweredData = CallAnsweredData()


class CallAbandoned(OfCall):
    """The caller hung up before an answer (C2)."""

    type: Literal["call.abandoned"]
    data: Data = Data()


class CallConcludedData(Data):
    """What the caller was told."""

    told_next_step: bool | None = None
    eta_minutes: float | None = None


class CallConcluded(OfCall):
    """The conversation ended; no clock reads it."""

    type: Literal["call.concluded"]
    data: CallConcludedData = CallConcludedData()
