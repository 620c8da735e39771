"""The shipped mapping of the bank's call centre: each trap of that set, with made-up rows."""

import pytest
from shipped_bench import Shipped

from schemas.times import SECOND, parse_time


@pytest.fixture(scope="module")
def read():
    return Shipped("bank-calls", "bank-export.csv")


def call(number, date="990310", line="ZZ0101"):
    return f"CALL-{line}-{date}-{number}"


def waited(read, subject, end="call.answered"):
    """The seconds from the call's presentation to its end."""
    return (read.fact(subject, end).time - read.fact(subject, "call.presented").time) / SECOND


@pytest.mark.parametrize(
    ("number", "seconds"), [(101, 0), (102, 10), (103, 11), (104, 30), (105, 31), (121, 0)]
)
def test_a_wait_is_measured_by_the_one_clock_that_saw_both_its_ends(read, number, seconds):
    assert waited(read, call(number)) == seconds


@pytest.mark.parametrize(("number", "seconds"), [(107, 5), (108, 6), (111, 30), (112, 31)])
def test_a_hung_up_call_is_abandoned_as_it_leaves_the_queue(read, number, seconds):
    assert waited(read, call(number), "call.abandoned") == seconds
    assert read.types(call(number)) == {"call.presented", "call.abandoned"}


def test_a_call_that_met_a_free_agent_was_taken_as_it_left_the_menu(read):
    assert read.fact(call(101), "call.answered").time == parse_time("1999-03-10T10:00:10+02:00")


def test_the_outcome_decides_where_the_times_of_service_say_otherwise(read):
    assert waited(read, call(118)) == 12
    assert read.types(call(118)) == {"call.presented", "call.answered"}
    assert read.types(call(119)) == {"call.presented", "call.abandoned"}


def test_one_number_on_two_lines_and_on_two_days_is_three_calls(read):
    subjects = {call(101), call(101, line="ZZ0102"), call(101, date="990311")}
    assert subjects <= {event.subject for event in read.events}
    assert len({event.fact.id for event in read.events}) == len(read.events)


@pytest.mark.parametrize(("number", "seconds"), [(114, 27), (115, 35), (116, 10), (117, 0)])
def test_midnight_is_a_time_where_it_is_one_and_belongs_to_the_next_day(read, number, seconds):
    assert waited(read, call(number)) == seconds


def test_a_queue_joined_at_midnight_begins_the_next_day(read):
    assert read.fact(call(114), "call.presented").time == parse_time("1999-03-11T00:00:00+02:00")


def test_a_service_begun_at_midnight_is_a_service(read):
    assert read.fact(call(124), "call.concluded").time == parse_time("1999-03-11T00:02:00+02:00")
    assert read.fact(call(123), "call.concluded").time == parse_time("1999-03-10T00:02:00+02:00")


def test_a_menu_left_before_it_was_entered_is_not_taken_for_midnight(read):
    assert read.fact(call(120), "call.presented").time == parse_time("1999-03-10T10:00:10+02:00")


def test_midnight_may_be_the_end_of_a_month_and_the_eve_of_a_clock_change(read):
    assert waited(read, call(122, "990331")) == 35
    assert waited(read, call(128, "990401")) == 25


def test_a_wait_over_the_clock_change_of_israel_in_1999_is_as_long_as_it_was(read):
    assert waited(read, call(125, "990402")) == 15


def test_phantoms_and_those_who_hung_up_in_the_menu_are_left_out_and_counted(read):
    assert read.tally.left_out == {"phantom": 1, "never_asked": 1}
    assert not {call(106), call(113)} & {event.subject for event in read.events}


def test_no_line_of_a_bank_is_an_emergency_line(read):
    lines = {event.fact.data["line"] for event in read.events if event.fact.type == "call.presented"}
    assert lines == {
        "regular",
        "regular-english",
        "internet",
        "stock-exchange",
        "new-customer",
        "called-back",
    }


def test_nobody_is_no_handler(read):
    handlers = {event.fact.data.get("handler") for event in read.events if event.fact.type == "call.answered"}
    assert handlers == {"AGENT_91"}


def test_every_row_that_cannot_be_read_is_told_with_its_line_and_reason(read):
    assert read.reasons() == {
        29: "nonexistent-time",
        30: "ambiguous-time",
        32: "not-in-table",
        33: "unexpected",
        34: "bad-time",
        35: "wrong-width",
        36: "bad-time",
        37: "missing",
    }
    assert (read.tally.rows, read.tally.read) == (36, 26)
