"""Events on the topic `pledge-contact`: appointments, comments, collisions, crimes, ward meetings."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.cloudevent import CloudEvent, Data, Instant, Name, StartData, subject_pattern


class OfAppointment(CloudEvent):
    """An event of an appointment."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("APPT"))]


class OfComment(CloudEvent):
    """An event of a comment on the service."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("COMMENT"))]


class OfCollision(CloudEvent):
    """An event of a road traffic collision."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("RTC"))]


class OfCase(CloudEvent):
    """An event of a victim's case."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("CASE"))]


class OfWard(CloudEvent):
    """An event of a ward's month."""

    subject: Annotated[str, StringConstraints(pattern=subject_pattern("WARD"))]


class PlaceData(StartData):
    """Where it belongs."""

    borough: Name | None = None
    ward: Name | None = None


class BoroughData(StartData):
    """Which borough it belongs to."""

    borough: Name | None = None


class AppointmentRequested(OfAppointment):
    """Somebody asked to see an officer: 48 hours run (M4)."""

    type: Literal["appointment.requested"]
    data: PlaceData = PlaceData()


class AppointmentMadeData(Data):
    """When it is for, and whose wish that was."""

    for_: Instant = Field(alias="for")
    chosen_by: Literal["caller", "police"] | None = None


class AppointmentMade(OfAppointment):
    """A time was agreed (M4)."""

    type: Literal["appointment.made"]
    data: AppointmentMadeData


class AppointmentKept(OfAppointment):
    """They met (M4)."""

    type: Literal["appointment.kept"]
    data: Data = Data()


class AppointmentMissedData(Data):
    """Who did not come."""

    by: Literal["caller", "police"] | None = None


class AppointmentMissed(OfAppointment):
    """They did not meet (M4)."""

    type: Literal["appointment.missed"]
    data: AppointmentMissedData = AppointmentMissedData()


class CommentReceivedData(StartData):
    """What was felt, and where."""

    borough: Name | None = None
    sentiment: Name | None = None


class CommentReceived(OfComment):
    """Somebody praised or complained: 24 hours run (M5)."""

    type: Literal["comment.received"]
    data: CommentReceivedData = CommentReceivedData()


class CommentAcknowledged(OfComment):
    """It was acknowledged (M5)."""

    type: Literal["comment.acknowledged"]
    data: Data = Data()


class CollisionReported(OfCollision):
    """A collision was reported: ten working days run (M5)."""

    type: Literal["collision.reported"]
    data: StartData = StartData()


class CollisionContacted(OfCollision):
    """The reporter was contacted (M5)."""

    type: Literal["collision.contacted"]
    data: Data = Data()


class CrimeRecorded(OfCase):
    """A crime was recorded: its victim is updated monthly (M6)."""

    type: Literal["crime.recorded"]
    data: BoroughData = BoroughData()


class VictimUpdated(OfCase):
    """The victim was told how things stand (M6)."""

    type: Literal["victim.updated"]
    data: Data = Data()


class CaseClosed(OfCase):
    """No more updates are owed (M6)."""

    type: Literal["case.closed"]
    data: Data = Data()


class WardMonthOpenedData(StartData):
    """The month, as 2009-10, in which the ward is to meet."""

    month: Annotated[str, StringConstraints(pattern=r"^(19[7-9]\d|2[01]\d\d)-(0[1-9]|1[0-2])$")]
    borough: Name | None = None


class WardMonthOpened(OfWard):
    """A month began in which a meeting is owed (M7)."""

    type: Literal["ward.month_opened"]
    data: WardMonthOpenedData


class MeetingHeld(OfWard):
    """The ward met (M7)."""

    type: Literal["meeting.held"]
    data: Data = Data()
