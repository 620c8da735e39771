"""The shipped mapping of San Francisco's fire calls: each trap of that set, with made-up rows."""

import pytest
from shipped_bench import Shipped

from schemas.times import MINUTE, SECOND, parse_time


@pytest.fixture(scope="module")
def read():
    return Shipped("sffd-calls", "fire-export.csv")


def arrivals(read, subject):
    """Minutes from the call to each unit's arrival, by unit."""
    start = read.fact(subject, "incident.created").time
    return {
        fact.data["unit"]: (fact.time - start) / MINUTE
        for fact in read.facts(subject)
        if fact.type == "unit.arrived"
    }


def test_every_unit_has_an_arrival_of_its_own_and_one_sent_later_may_be_first(read):
    assert arrivals(read, "CAD-9001") == {"E91": 9, "T91": 6}
    assert arrivals(read, "CAD-9026") == {"E91": 11, "E92": 11}


def test_rows_of_a_call_belong_together_wherever_they_stand(read):
    dispatched = [fact.data["unit"] for fact in read.facts("CAD-9001") if fact.type == "unit.dispatched"]
    assert dispatched == ["E91", "T91", "M91"]


@pytest.mark.parametrize(
    ("number", "grade", "seconds"),
    [(9002, "I", 720), (9003, "I", 721), (9004, "I", 300), (9005, "S", 3600), (9006, "S", 3601)],
)
def test_codes_become_grades_and_the_first_arrival_is_where_it_was(read, number, grade, seconds):
    subject = f"CAD-{number}"
    assert read.fact(subject, "incident.created").data["grade"] == grade
    assert min(arrivals(read, subject).values()) * MINUTE == seconds * SECOND


def test_null_is_no_time_and_no_value(read):
    assert "unit.arrived" not in read.types("CAD-9007")
    assert {fact.data["unit"] for fact in read.facts("CAD-9007") if fact.type == "unit.stood_down"} == {
        "E91",
        "E92",
    }
    assert "null" not in {value for event in read.events for value in event.fact.data.values()}


def test_a_call_that_nobody_came_to_ends_without_an_arrival(read):
    closed = read.fact("CAD-9007", "incident.closed")
    assert closed.data == {"resolution": "Fire"}
    assert closed.time == parse_time("2019-06-01T10:30:00-07:00")


def test_a_cancelled_call_was_cancelled_when_its_last_unit_was_free(read):
    assert "incident.closed" not in read.types("CAD-9008")
    minutes = [
        (read.fact(call, "incident.cancelled").time - read.fact(call, "incident.created").time) / MINUTE
        for call in ("CAD-9008", "CAD-9009")
    ]
    assert minutes == [6, 13]


@pytest.mark.parametrize(("number", "on_view"), [(9011, True), (9012, True), (9001, False), (9007, False)])
def test_a_crew_that_was_there_found_it_whichever_row_says_so(read, number, on_view):
    assert read.fact(f"CAD-{number}", "incident.created").data["on_view"] is on_view


def test_hours_are_elapsed_hours_over_the_clock_change_and_midnight_is_twelve(read):
    assert arrivals(read, "CAD-9014") == {"E91": 7}
    assert arrivals(read, "CAD-9013") == {"E91": 5}
    assert read.fact("CAD-9024", "incident.created").time == parse_time("2019-06-01T00:00:00-07:00")
    assert read.fact("CAD-9023", "incident.created").time == parse_time("2019-06-01T12:00:00-07:00")


def test_a_time_that_no_event_needs_may_be_unreadable(read):
    assert arrivals(read, "CAD-9022") == {"E91": 5}


def test_a_row_given_twice_counts_once_and_two_of_one_unit_are_told(read):
    assert read.tally.repeated == 1
    assert arrivals(read, "CAD-9020") == {"E91": 5}


def test_every_row_that_cannot_be_read_is_told_with_its_line_and_reason(read):
    assert read.reasons() == {
        24: "nonexistent-time",
        25: "ambiguous-time",
        26: "missing",
        27: "not-in-table",
        31: "same-key",
        32: "missing",
        33: "bad-time",
        37: "wrong-width",
    }
    assert (read.tally.rows, read.tally.read) == (38, 30)
