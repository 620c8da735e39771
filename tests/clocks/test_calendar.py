"""Local time: shifts and weeks on the days the clocks change (T4)."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest

from clocks.calendar import iso_week, next_shift
from schemas.times import format_time, parse_time

LONDON = ZoneInfo("Europe/London")
SHIFTS = (time(7), time(15), time(23))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ("2009-10-24T06:59:59.999+01:00", "2009-10-24T06:00:00.000Z"),
        ("2009-10-24T07:00:00+01:00", "2009-10-24T14:00:00.000Z"),
        ("2009-10-24T23:00:00+01:00", "2009-10-25T07:00:00.000Z"),  # the clocks went back at two
        ("2009-03-28T23:00:00Z", "2009-03-29T06:00:00.000Z"),  # they went forward at one
    ],
)
def test_the_next_change_of_shift_is_later_and_local(after, expected):
    assert format_time(next_shift(parse_time(after), SHIFTS, LONDON)) == expected


def test_a_shift_that_a_clock_change_skips_may_come_after_the_next():
    changes_of_shift = (time(1, 30), time(2))  # the first is told at half past two, the second at two
    moments = []
    after = parse_time("2009-03-29T00:00:00Z")
    for _ in range(3):
        after = next_shift(after, changes_of_shift, LONDON)
        moments.append(format_time(after)[:16])

    assert moments == ["2009-03-29T01:00", "2009-03-29T01:30", "2009-03-30T00:30"]


def test_a_pack_without_shifts_has_no_next_one():
    assert next_shift(0, (), LONDON) is None


@pytest.mark.parametrize(
    ("instant", "week"),
    [
        ("2009-10-25T23:59:59.999Z", "2009-W43"),
        ("2009-10-26T00:00:00Z", "2009-W44"),
        ("2009-06-28T22:59:59Z", "2009-W26"),  # summer: the local week ends an hour before UTC's
        ("2009-06-28T23:00:00Z", "2009-W27"),
        ("2010-01-01T00:00:00Z", "2009-W53"),
    ],
)
def test_a_week_is_local(instant, week):
    assert iso_week(parse_time(instant), LONDON) == week
