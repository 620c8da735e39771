"""Events on the topics `dispatch` and `arrival`."""

from typing import Literal

from schemas.cloudevent import Data, Instant, Name, OfIncident, StartData, Text

Grade = Literal["I", "S", "E", "R"]
WardPriority = bool | Name


class IncidentCreatedData(StartData):
    """`on_view`: found by officers on the spot (I4); `call`: the subject of the call that told of it."""

    grade: Grade
    borough: Name | None = None
    ward: Name | None = None
    category: Name | None = None
    vulnerable: bool | None = None
    ward_priority: WardPriority | None = None
    on_view: bool | None = None
    area: Literal["urban", "rural"] | None = None
    call: Name | None = None


class IncidentCreated(OfIncident):
    """An incident was opened: its class decides which clock starts (I1)."""

    type: Literal["incident.created"]
    data: IncidentCreatedData


class IncidentRegradedData(Data):
    """The new grade, who gave it and why (I12)."""

    grade: Grade
    by: Name | None = None
    reason: Text | None = None


class IncidentRegraded(OfIncident):
    """The grade changed (I5-I7)."""

    type: Literal["incident.regraded"]
    data: IncidentRegradedData


class IncidentFlaggedData(Data):
    """`false` takes a flag away."""

    vulnerable: bool | None = None
    ward_priority: WardPriority | None = None


class IncidentFlagged(OfIncident):
    """Somebody vulnerable, or an agreed ward priority (I1)."""

    type: Literal["incident.flagged"]
    data: IncidentFlaggedData


class IncidentChasedData(Data):
    """`call`: the subject of the chasing call."""

    call: Name | None = None


class IncidentChased(OfIncident):
    """A "Police Not Yet Arrived" call: counted, starts no clock (I11)."""

    type: Literal["incident.chased"]
    data: IncidentChasedData = IncidentChasedData()


class IncidentCancelledData(Data):
    """Why it was cancelled."""

    reason: Text | None = None


class IncidentCancelled(OfIncident):
    """Nobody need attend (I8)."""

    type: Literal["incident.cancelled"]
    data: IncidentCancelledData = IncidentCancelledData()


class IncidentClosedData(Data):
    """`no-attendance-required` ends the incident, any other resolution stops nothing (I8)."""

    resolution: Name | None = None


class IncidentClosed(OfIncident):
    """The incident's record was closed (I8)."""

    type: Literal["incident.closed"]
    data: IncidentClosedData = IncidentClosedData()


class IncidentReopened(OfIncident):
    """Cancellations and closes before it are as if never made (I10)."""

    type: Literal["incident.reopened"]
    data: Data = Data()


class IncidentMergedData(Data):
    """`into`: the parent's subject."""

    into: Name


class IncidentMerged(OfIncident):
    """Another incident is the same as this one, and takes over its promise (I9)."""

    type: Literal["incident.merged"]
    data: IncidentMergedData


class IncidentUnmerged(OfIncident):
    """The merges before it are undone (I9)."""

    type: Literal["incident.unmerged"]
    data: Data = Data()


class IncidentAbsorbedData(Data):
    """The child, since when its promise runs, its grade and its deadline (I9)."""

    child: Name
    since: Instant
    grade: Grade | None = None
    child_due: Instant | None = None


class IncidentAbsorbed(OfIncident):
    """The incident takes over a child's promise (I9)."""

    type: Literal["incident.absorbed"]
    data: IncidentAbsorbedData


class IncidentReleasedData(Data):
    """The child that goes its own way again."""

    child: Name


class IncidentReleased(OfIncident):
    """The absorptions of the child before it are undone (I9)."""

    type: Literal["incident.released"]
    data: IncidentReleasedData


class UnitData(Data):
    """`unit` is a call sign."""

    unit: Name


class UnitDispatchedData(UnitData):
    """`borough`: where the unit belongs."""

    borough: Name | None = None


class UnitDispatched(OfIncident):
    """A unit was assigned: stops no clock (I3)."""

    type: Literal["unit.dispatched"]
    data: UnitDispatchedData


class UnitStoodDown(OfIncident):
    """A unit was taken off the incident (I3)."""

    type: Literal["unit.stood_down"]
    data: UnitData


class UnitDivertedData(UnitData):
    """`to`: the incident it was sent to instead."""

    to: Name | None = None


class UnitDiverted(OfIncident):
    """A unit was sent elsewhere (I3)."""

    type: Literal["unit.diverted"]
    data: UnitDivertedData


class UnitArrived(OfIncident):
    """A unit is at the scene: the first one ends the incident's clocks (I2)."""

    type: Literal["unit.arrived"]
    data: UnitData


class UnitStaged(OfIncident):
    """A unit waits nearby: an arrival only where the standard says so (I2)."""

    type: Literal["unit.staged"]
    data: UnitData
