"""Generated histories: every kind of event, crowded in time so that the rules meet."""

import json
from typing import Any

from hypothesis import strategies as st

from schemas.decoding import decode
from schemas.facts import Event
from schemas.times import DAY, HOUR, MINUTE, format_time, parse_time
from standards.loader import load_pack

ZERO = parse_time("2009-10-24T22:00:00Z")
PACK = load_pack("met-pledge-2009")
STRICT = load_pack("national-2026")
EDGES = [
    0,
    1,
    9_999,
    10_000,
    10_001,
    30_000,
    120_000,
    540_000,
    719_999,
    720_000,
    720_001,
    2_400_000,
    3_600_000,
    3_600_001,
]

instants = st.one_of(
    st.sampled_from(EDGES),
    st.integers(0, 90 * MINUTE),
    st.tuples(st.sampled_from(EDGES), st.integers(-3, 3)).map(lambda pair: max(0, sum(pair))),
)
grades = st.sampled_from("ISER")
children = st.sampled_from(["CAD-8", "CAD-9"])
units = st.sampled_from(["GD1", "GD2"])


def _data(**fields: Any) -> Any:
    return st.fixed_dictionaries(
        {name: value for name, value in fields.items() if not isinstance(value, tuple)},
        optional={name: value[0] for name, value in fields.items() if isinstance(value, tuple)},
    )


flag = (st.booleans(),)
boroughs = (st.sampled_from(["Camden", "Hackney"]),)
areas = (st.sampled_from(["urban", "rural"]),)
_call = {
    "call.presented": _data(
        line=st.sampled_from(["999", "101"]), borough=(st.sampled_from(["Camden", "Hackney"]),), exercise=flag
    ),
    "call.answered": _data(),
    "call.abandoned": _data(),
    "call.concluded": _data(),
}
_incident = {
    "incident.created": _data(
        grade=grades,
        vulnerable=flag,
        on_view=flag,
        exercise=flag,
        area=(st.sampled_from(["urban", "rural"]),),
    ),
    "incident.regraded": _data(grade=grades),
    "incident.flagged": _data(vulnerable=flag, ward_priority=flag),
    "incident.chased": _data(),
    "incident.cancelled": _data(),
    "incident.closed": _data(resolution=(st.sampled_from(["no-attendance-required", "done"]),)),
    "incident.reopened": _data(),
    "incident.merged": _data(into=children),
    "incident.unmerged": _data(),
    "incident.absorbed": _data(
        child=children,
        since=instants.map(lambda at: format_time(ZERO + at)),
        grade=(grades,),
        child_due=(instants.map(lambda at: format_time(ZERO + at)),),
    ),
    "incident.released": _data(child=children),
    "unit.dispatched": _data(unit=units),
    "unit.stood_down": _data(unit=units),
    "unit.diverted": _data(unit=units),
    "unit.arrived": _data(unit=units),
    "unit.staged": _data(unit=units),
}
_message = {
    "message.received": _data(team=(st.sampled_from(["SNT-1", "SNT-2"]),), probe=flag, exercise=flag),
    "message.redirected": _data(to=st.just("desk")),
    "message.responded": _data(kind=st.sampled_from(["reply", "auto"])),
}
_place = {"borough": boroughs, "exercise": flag}
_appointment = {
    "appointment.requested": _data(**_place),
    "appointment.made": _data(
        **{"for": st.integers(0, 100).map(lambda hours: format_time(ZERO + hours * HOUR + hours % 3 - 1))},
        chosen_by=(st.sampled_from(["caller", "police"]),),
    ),
    "appointment.kept": _data(),
    "appointment.missed": _data(by=(st.sampled_from(["caller", "police"]),)),
}
_comment = {"comment.received": _data(**_place), "comment.acknowledged": _data()}
_collision = {"collision.reported": _data(exercise=flag), "collision.contacted": _data()}
_case = {"crime.recorded": _data(**_place), "victim.updated": _data(), "case.closed": _data()}
_ward = {
    "ward.month_opened": _data(month=st.sampled_from(["2009-10", "2009-11"]), **_place),
    "meeting.held": _data(),
}
TYPES = {"CALL-1": _call, "CAD-1": _incident, "MSG-1": _message}
SLOW_TYPES = {
    "APPT-1": _appointment,
    "COMMENT-1": _comment,
    "RTC-1": _collision,
    "CASE-1": _case,
    "WARD-1": _ward,
}
STARTS = {"CALL-1": "call.presented", "CAD-1": "incident.created", "MSG-1": "message.received"}
SLOW_STARTS = {
    "APPT-1": "appointment.requested",
    "COMMENT-1": "comment.received",
    "RTC-1": "collision.reported",
    "CASE-1": "crime.recorded",
    "WARD-1": "ward.month_opened",
}


_ALL = TYPES | SLOW_TYPES
WITHIN = 7 * DAY + 21 * HOUR
"""All of a slow promise is recorded within less than 8 days, and much of it late."""
_FROM = {"APPT-1": 0, "COMMENT-1": 0, "RTC-1": 7 * DAY, "CASE-1": 24 * DAY, "WARD-1": 0}
"""From when it is recorded, so that its dues come before the end."""
_EDGES = {
    "APPT-1": [0, 1, HOUR, 36 * HOUR, 48 * HOUR],
    "COMMENT-1": [0, 1, HOUR, 18 * HOUR, 24 * HOUR],
    "RTC-1": [0, 1, HOUR, DAY, parse_time("2009-11-06T23:59:59.999Z") - ZERO],
    "CASE-1": [0, 1, HOUR, DAY, parse_time("2009-11-24T23:00:00Z") - ZERO],
    "WARD-1": [0, 1, HOUR, DAY, parse_time("2009-10-31T23:59:59.999Z") - ZERO],
}
"""Where the slow promises begin and fall due."""


def _slow_instants(subject: str) -> Any:
    edges, last = _EDGES[subject], _FROM[subject] + WITHIN
    near = st.tuples(st.sampled_from(edges), st.integers(-3, 3)).map(lambda pair: max(0, sum(pair)))
    return st.one_of(st.sampled_from(edges), near, st.integers(0, last))


INSTANTS = {
    "CALL-1": instants,
    "CAD-1": instants,
    "MSG-1": instants.map(lambda at: at * 24),
    **{subject: _slow_instants(subject) for subject in _EDGES},
}
LATE = [0, 0, 0, 1, 2_500, 700_000, 4_000_000]
LATER = [0, 0, 0, 1, 2_500, 4_000_000, 3 * DAY, WITHIN]


@st.composite
def _lateness(draw: Any, subject: str, at: int) -> int:
    """How long after it happened an event is recorded, in ms."""
    if subject not in _EDGES:
        return int(draw(st.sampled_from(LATE)))
    recorded = max(at, _FROM[subject]) + draw(st.sampled_from(LATER))
    return int(max(at, min(recorded, _FROM[subject] + WITHIN)) - at)


def an_event(subject: str, name: str, at: int, late: int, number: int, data: dict[str, Any]) -> Event:
    """One event through the border, as any feed would send it."""
    body = {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "test",
        "type": name,
        "subject": subject,
        "time": format_time(ZERO + at),
        "recordedtime": format_time(ZERO + at + late),
        "data": data,
    }
    return decode(json.dumps(body).encode())


@st.composite
def events_of(draw: Any, subject: str) -> list[Event]:
    """Up to a dozen events of one subject, mostly with a start, some recorded late, some withdrawn."""
    names = draw(st.lists(st.sampled_from(sorted(_ALL[subject])), min_size=1, max_size=11))
    if draw(st.integers(0, 9)):
        names = [(STARTS | SLOW_STARTS)[subject], *names]
    return [draw(_one(subject, name, number)) for number, name in enumerate(names)] + draw(
        _withdrawals(subject)
    )


@st.composite
def _one(draw: Any, subject: str, name: str, number: int) -> Event:
    at = draw(st.just(0) if number == 0 else INSTANTS[subject])
    late = draw(_lateness(subject, at))
    shared = draw(st.integers(0, 11)) == 0
    return an_event(subject, name, at, late, 0 if shared else number, draw(_ALL[subject][name]))


@st.composite
def _withdrawals(draw: Any, subject: str) -> list[Event]:
    if draw(st.integers(0, 3)):
        return []
    at = draw(INSTANTS[subject])
    late = max(0, _FROM.get(subject, 0) - at)
    return [an_event(subject, "event.withdrawn", at, late, 99, {"event": f"e{draw(st.integers(0, 5))}"})]


def _histories(subjects: list[str]) -> Any:
    return st.sampled_from(subjects).flatmap(events_of)


def _crowds(subjects: list[str]) -> Any:
    return st.tuples(*map(events_of, subjects)).map(lambda several: [e for each in several for e in each])


histories, slow_histories = _histories(sorted(TYPES)), _histories(sorted(SLOW_TYPES))
crowds, slow_crowds = _crowds(sorted(TYPES)), _crowds(["APPT-1", "CASE-1", "RTC-1"])
"""The slow ones lie so far apart that a shard might forget them in between (S8)."""
