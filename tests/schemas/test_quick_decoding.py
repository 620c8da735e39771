"""The quick way takes nothing that the careful way would not, and reads it the same."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.decoding import carefully_decoded
from schemas.errors import Refused
from schemas.events import TYPES
from schemas.quick_decoding import quickly_decoded

GOOD = {
    "specversion": "1.0",
    "id": "e1",
    "source": "cad/met",
    "subject": "CAD-1",
    "time": "2009-10-25T01:50:00.123Z",
    "recordedtime": "2009-10-25T01:50:02.000Z",
}
DATA = {
    "call.presented": ("CALL-1", {"line": "999", "borough": "Camden"}),
    "incident.created": (
        "CAD-1",
        {"grade": "I", "vulnerable": True, "ward_priority": "dogs", "area": "rural"},
    ),
    "incident.closed": ("CAD-1", {"resolution": "done"}),
    "incident.chased": ("CAD-1", {}),
    "unit.arrived": ("CAD-1", {"unit": "GD21"}),
    "message.responded": ("MSG-1", {"kind": "reply", "by": None}),
    "call.concluded": ("CALL-1", {"eta_minutes": 5, "told_next_step": False}),
    "incident.absorbed": ("CAD-1", {"child": "CAD-2", "since": "2009-10-25T01:50:00Z"}),
}
times = st.sampled_from(
    [
        "2009-10-25T01:50:00.123Z",
        "2009-10-25T01:50:60.000Z",
        "2009-10-25T24:00:00.000Z",
        "2009-13-25T01:50:00.000Z",
        "0001-01-01T00:00:00.000Z",
        "2199-12-31T23:59:59.999Z",
        "2200-01-01T00:00:00.000Z",
        "2009-10-25t01:50:00.123z",
        "2009-10-25T01:50:00+01:00",
        "2009-10-25T01:50:0 .123Z",
        "2009-10-25T01:50:00.12٣Z",
        "x",
    ]
)
values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.lists(st.integers(), max_size=1)
)
names = st.sampled_from(
    ["id", "source", "subject", "type", "specversion", "data", "datacontenttype", "colour"]
)
fields = st.sampled_from(
    ["grade", "line", "unit", "vulnerable", "ward_priority", "kind", "eta_minutes", "child", "colour"]
)


@st.composite
def records(draw):
    name = draw(st.sampled_from(sorted(DATA)))
    subject, data = DATA[name]
    body = {**GOOD, "type": name, "subject": subject, "data": dict(data)}
    if draw(st.booleans()):
        body["data"][draw(fields)] = draw(values | st.text(min_size=250, max_size=260))
    if draw(st.integers(0, 3)) == 0:
        body[draw(names)] = draw(values)
    if draw(st.integers(0, 3)) == 0:
        body[draw(st.sampled_from(["time", "recordedtime"]))] = draw(times | values)
    return json.dumps(body, allow_nan=True, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


@settings(max_examples=400, deadline=None)
@given(records())
@example(b'{"type":"incident.chased","type":"unit.arrived"}')
def test_what_it_takes_is_what_the_careful_way_takes(value):
    quick = quickly_decoded(value, None)

    if quick is not None:
        assert quick == carefully_decoded(value, None)


@pytest.mark.parametrize("name", sorted(set(DATA) - {"incident.absorbed"}))
def test_the_common_kinds_go_the_quick_way(name):
    subject, data = DATA[name]
    value = json.dumps({**GOOD, "type": name, "subject": subject, "data": data}).encode()

    assert quickly_decoded(value, TYPES[name].topics[0]) == carefully_decoded(value)


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"unit": "GD21", "colour": "red"}},
        {"colour": "red"},
        {"time": "2009-10-25T01:50:00Z"},
        {"time": "2009-10-25T01:50:00.123+01:00"},
        {"id": ""},
        {"id": "\ud800"},
        {"subject": "CAD-1\n"},
        {"subject": "CALL-1"},
        {"data": {}},
    ],
)
def test_all_else_is_left_to_the_careful_way(change):
    body = {**GOOD, "type": "unit.arrived", "data": {"unit": "GD21"}, **change}

    assert quickly_decoded(json.dumps(body).encode(), None) is None


def test_another_topic_is_left_to_the_careful_way_which_refuses_it():
    value = json.dumps({**GOOD, "type": "unit.arrived", "data": {"unit": "GD21"}}).encode()

    assert quickly_decoded(value, "dispatch") is None
    with pytest.raises(Refused, match="wrong-topic"):
        carefully_decoded(value, "dispatch")
