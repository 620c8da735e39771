"""The border: what is taken, what is refused, and that a refusal names field and reason (S7, T8)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.decoding import check_future, decode
from schemas.errors import Refused
from schemas.events import HEARTBEAT, INPUT_TOPICS, TYPES, WITHDRAWN
from schemas.times import MINUTE, parse_time

GOOD = {
    "specversion": "1.0",
    "id": "e1",
    "source": "cad/met",
    "type": "incident.created",
    "subject": "CAD-1",
    "time": "2009-10-25T01:50:00.1239+01:00",
    "recordedtime": "2009-10-25T00:50:02Z",
    "data": {"grade": "I", "borough": "Hackney"},
}


def event(**changes):
    body = {**GOOD, **changes}
    return json.dumps({key: value for key, value in body.items() if value is not ...}).encode()


def test_a_good_event_is_normalised():
    taken = decode(event(data={"grade": "I", "borough": None, "shoe_size": 44}), "dispatch")

    assert (taken.subject, taken.topic, taken.dropped) == ("CAD-1", "dispatch", 1)
    assert taken.fact.time == parse_time("2009-10-25T00:50:00.123Z")
    assert taken.fact.recorded == parse_time("2009-10-25T00:50:02Z")
    assert taken.fact.data == {"grade": "I"}


def test_without_recordedtime_it_was_recorded_when_it_happened():
    fact = decode(event(recordedtime=...)).fact

    assert fact.recorded == fact.time


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (b"", "not-json", ""),
        (b"{", "not-json", ""),
        (b"\xff\xfe", "not-json", ""),
        (b"[]", "not-cloudevent", ""),
        (b"7", "not-cloudevent", ""),
        (b"{}", "missing-field", "type"),
        (event(type="incident.eaten"), "unknown-type", "type"),
        (event(type=...), "missing-field", "type"),
        (event(id=...), "missing-field", "id"),
        (event(id=""), "bad-field", "id"),
        (event(source=7), "bad-field", "source"),
        (event(specversion="0.3"), "bad-field", "specversion"),
        (event(subject="CAD 1"), "bad-subject", "subject"),
        (event(subject="CAD-1\n"), "bad-subject", "subject"),
        (event(subject="CAD-" + "1" * 65), "bad-subject", "subject"),
        (event(subject="CALL-1"), "wrong-kind", "subject"),
        (event(data=...), "missing-field", "data"),
        (event(data={}), "missing-field", "data.grade"),
        (event(data={"grade": "Q"}), "bad-field", "data.grade"),
        (event(data={"grade": "I", "vulnerable": "yes"}), "bad-field", "data.vulnerable"),
        (event(time="2009-10-25T01:50:00"), "bad-time", "time"),
        (event(time="2009-10-25"), "bad-time", "time"),
        (event(time="1700000000"), "bad-time", "time"),
        (event(time=1_700_000_000), "bad-time", "time"),
        (event(time="2009-13-25T01:50:00Z"), "bad-time", "time"),
        (event(time="0001-01-01T00:00:00+01:00"), "bad-time", "time"),
        (event(time="9999-12-31T23:59:59Z"), "bad-time", "time"),
        (event(recordedtime="yesterday"), "bad-time", "recordedtime"),
        (event(type=HEARTBEAT), "bad-subject", "subject"),
        (
            event(type="incident.absorbed", data={"child": "CAD-2", "since": "noon"}),
            "bad-time",
            "data.since",
        ),
        (
            event(type="appointment.made", subject="APPT-1", data={"for": "2009-02-30T10:00:00Z"}),
            "bad-time",
            "data.for",
        ),
    ],
)
def test_a_refusal_names_reason_and_field(value, reason, field):
    with pytest.raises(Refused) as refused:
        decode(value)

    assert (refused.value.reason, refused.value.field) == (reason, field)
    assert reason in str(refused.value)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_border(value):
    with pytest.raises(Refused):
        decode(value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_data_breaks_the_border(data):
    try:
        decode(event(data=data))
    except Refused as refused:
        assert refused.reason in {"bad-field", "missing-field"}


@pytest.mark.parametrize("name", sorted(TYPES))
@pytest.mark.parametrize("topic", INPUT_TOPICS)
def test_an_event_on_the_wrong_topic_is_refused(name, topic):
    if topic in TYPES[name].topics:
        return
    with pytest.raises(Refused):
        decode(event(type=name), topic)


def test_a_withdrawal_belongs_where_its_subjects_events_do():
    value = event(type=WITHDRAWN, data={"event": "e1"})

    assert decode(value).topic == "dispatch"
    assert decode(value, "arrival").topic == "arrival"
    with pytest.raises(Refused, match="wrong-topic"):
        decode(value, "call-answer")


def test_times_in_data_are_whole_milliseconds():
    value = event(type="source.heartbeat", subject="cad/met", data={"through": "2009-10-25T00:50:00Z"})

    assert decode(value, "dispatch").fact.data == {"through": parse_time("2009-10-25T00:50:00Z")}


@pytest.mark.parametrize("ahead", [MINUTE - 1, MINUTE])
def test_up_to_a_minute_ahead_of_the_clock_is_taken(ahead):
    taken = decode(event(recordedtime=...))

    check_future(taken, taken.fact.time - ahead)


@pytest.mark.parametrize(("time", "recorded"), [(1, 0), (0, 1)])
def test_over_a_minute_ahead_of_the_clock_is_refused(time, recorded):
    taken = decode(event(recordedtime=...))
    fact = type(taken.fact)("s", "e1", "unit.arrived", time, recorded, {})

    with pytest.raises(Refused, match="time-in-future"):
        check_future(taken._replace(fact=fact), -MINUTE)


def test_over_a_minute_after_its_own_recording_is_refused():
    fact = type(decode(event()).fact)("s", "e1", "unit.arrived", MINUTE, 0, {})
    taken = decode(event())._replace(fact=fact)
    check_future(taken, 10 * MINUTE)

    with pytest.raises(Refused, match="time-in-future: time"):
        check_future(
            taken._replace(fact=type(fact)("s", "e1", "unit.arrived", MINUTE + 1, 0, {})), 10 * MINUTE
        )
