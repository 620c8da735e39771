"""Shifting: every time of an event moves, what it says does not."""

import json

import pytest

from feeds.replay.shifting import shifted
from schemas.decoding import decode
from schemas.times import DAY, HOUR, SECOND, parse_time


def event(type_: str, subject: str, **data: object) -> bytes:
    envelope = {"specversion": "1.0", "id": "e1", "source": "cad/test", "type": type_, "subject": subject}
    times = {"time": "2009-10-25T01:50:00+01:00", "recordedtime": "2009-10-25T01:50:01.250+01:00"}
    return json.dumps({**envelope, **times, "data": data}).encode()


ABSORBED = event(
    "incident.absorbed",
    "CAD-1",
    child="CAD-2",
    since="2009-10-25T01:40:00+01:00",
    child_due="2009-10-25T00:52:00Z",
)


@pytest.mark.parametrize("by", [-3 * DAY, -1, 1, HOUR, 17 * DAY + 123])
@pytest.mark.parametrize(
    "value",
    [
        ABSORBED,
        event("unit.arrived", "CAD-1", unit="GD21"),
        event("appointment.made", "APPT-1", **{"for": "2009-10-27T09:00:00+00:00"}),
        event("source.heartbeat", "cad/test", through="2009-10-25T00:50:00.999Z"),
    ],
)
def test_all_times_move_by_the_same_and_nothing_else_does(value: bytes, by: int) -> None:
    before, after = decode(value), decode(shifted(value, decode(value), by))
    moved = {key: what + by if type(what) is int else what for key, what in before.fact.data.items()}
    assert (after.fact.time, after.fact.recorded) == (before.fact.time + by, before.fact.recorded + by)
    assert (after.fact.data, after.subject, after.fact.id) == (moved, before.subject, before.fact.id)


def test_an_absent_recordedtime_stays_absent_null_stays_null_and_unknown_fields_stay() -> None:
    plain = json.loads(event("unit.arrived", "CAD-1", unit="GD21", odd=["2009-10-25T00:50:00Z"]))
    plain |= {"recordedtime": None, "dataschema": "x:y"}
    for before in (plain, {key: what for key, what in plain.items() if key != "recordedtime"}):
        value = json.dumps(before).encode()
        after = json.loads(shifted(value, decode(value), SECOND))
        assert after == {**before, "time": "2009-10-25T00:50:01.000Z"}


def test_by_nothing_an_event_is_the_same_to_the_byte() -> None:
    assert shifted(ABSORBED, decode(ABSORBED), 0) is ABSORBED


def test_elapsed_time_is_kept_across_a_clock_change() -> None:
    moved = json.loads(shifted(ABSORBED, decode(ABSORBED), 150 * DAY))
    assert parse_time(moved["time"]) - parse_time(moved["data"]["since"]) == 10 * 60 * SECOND
