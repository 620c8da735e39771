"""Generated histories: every kind of event, crowded in time so that the rules meet."""

import json
from typing import Any

from hypothesis import strategies as st

from schemas.decoding import decode
from schemas.facts import Event
from schemas.times import MINUTE, format_time, parse_time
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
TYPES = {"CALL-1": _call, "CAD-1": _incident, "MSG-1": _message}
SCALE = {"CALL-1": 1, "CAD-1": 1, "MSG-1": 24}
STARTS = {"CALL-1": "call.presented", "CAD-1": "incident.created", "MSG-1": "message.received"}


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
    names = draw(st.lists(st.sampled_from(sorted(TYPES[subject])), min_size=1, max_size=11))
    if draw(st.integers(0, 9)):
        names = [STARTS[subject], *names]
    return [draw(_one(subject, name, number)) for number, name in enumerate(names)] + draw(
        _withdrawals(subject)
    )


@st.composite
def _one(draw: Any, subject: str, name: str, number: int) -> Event:
    at = draw(st.just(0) if number == 0 else instants) * SCALE[subject]
    late = draw(st.sampled_from([0, 0, 0, 1, 2_500, 700_000, 4_000_000]))
    shared = draw(st.integers(0, 11)) == 0
    return an_event(subject, name, at, late, 0 if shared else number, draw(TYPES[subject][name]))


@st.composite
def _withdrawals(draw: Any, subject: str) -> list[Event]:
    if draw(st.integers(0, 3)):
        return []
    at = draw(instants) * SCALE[subject]
    return [an_event(subject, "event.withdrawn", at, 0, 99, {"event": f"e{draw(st.integers(0, 5))}"})]


histories = st.sampled_from(sorted(TYPES)).flatmap(events_of)
crowds = st.tuples(*(events_of(subject) for subject in sorted(TYPES))).map(
    lambda three: [e for each in three for e in each]
)
