"""Local time: days, months, shifts and weeks, on the days the clocks change (T4)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.calendar import end_of_day, end_of_month, iso_week, months_after, next_shift, working_days_after
from schemas.times import DAY, EARLIEST, HOUR, LATEST, as_datetime, format_time, parse_time
from standards.calendars import bank_holidays

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


HOLIDAYS = bank_holidays("england-and-wales")
instants = st.integers(EARLIEST, LATEST - 1)


def local(instant):
    return as_datetime(instant).astimezone(LONDON)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2009, 1, 31), "2009-01-31T23:59:59.999Z"),
        (date(2009, 6, 30), "2009-06-30T22:59:59.999Z"),  # summer: 23:59:59.999 local
        (date(2009, 3, 29), "2009-03-29T22:59:59.999Z"),  # a day of 23 hours
        (date(2009, 10, 25), "2009-10-25T23:59:59.999Z"),  # a day of 25
        (date(2199, 12, 31), "2199-12-31T23:59:59.999Z"),
    ],
)
def test_a_day_ends_at_its_last_millisecond_by_local_time(day, expected):
    assert format_time(end_of_day(day, LONDON)) == expected


@pytest.mark.parametrize("zone", ["America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "America/Havana"])
def test_where_midnight_itself_is_skipped_a_day_ends_as_the_next_begins(zone):
    place, day = ZoneInfo(zone), date(2010, 1, 1)
    for _ in range(366):
        end = end_of_day(day, place)
        assert as_datetime(end).astimezone(place).date() == day
        assert as_datetime(end + 1).astimezone(place).date() == day + timedelta(days=1)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        ("2009-01", "2009-01-31T23:59:59.999Z"),
        ("2009-02", "2009-02-28T23:59:59.999Z"),
        ("2012-02", "2012-02-29T23:59:59.999Z"),
        ("2009-04", "2009-04-30T22:59:59.999Z"),
        ("2009-10", "2009-10-31T23:59:59.999Z"),
        ("2009-12", "2009-12-31T23:59:59.999Z"),
        ("1970-01", "1970-01-31T22:59:59.999Z"),  # British Standard Time: an hour ahead all year
    ],
)
def test_a_month_ends_with_its_last_day(month, expected):
    assert format_time(end_of_month(month, LONDON)) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2009-01-15T12:00:00Z", "2009-02-15T12:00:00.000Z"),
        ("2009-01-31T12:00:00Z", "2009-02-28T12:00:00.000Z"),
        ("2012-01-31T12:00:00Z", "2012-02-29T12:00:00.000Z"),
        ("2012-02-29T12:00:00Z", "2012-03-29T11:00:00.000Z"),
        ("2009-12-31T23:59:59.999Z", "2010-01-31T23:59:59.999Z"),
        ("2009-03-15T12:00:00Z", "2009-04-15T11:00:00.000Z"),  # noon stays noon when the clocks change
        ("2009-10-15T12:00:00+01:00", "2009-11-15T12:00:00.000Z"),
        ("2009-02-28T01:30:00Z", "2009-03-28T01:30:00.000Z"),
        ("2009-02-28T23:30:00Z", "2009-03-28T23:30:00.000Z"),
        ("2010-02-28T01:30:00Z", "2010-03-28T01:30:00.000Z"),  # skipped: 02:30 local
        ("2010-02-28T00:59:59.999Z", "2010-03-28T00:59:59.999Z"),
        ("2010-02-28T02:00:00Z", "2010-03-28T01:00:00.000Z"),
        ("2009-09-25T01:30:00+01:00", "2009-10-25T00:30:00.000Z"),  # twice: the first
        ("2009-10-25T00:30:00Z", "2009-11-25T01:30:00.000Z"),  # from the first 01:30
        ("2009-10-25T01:30:00Z", "2009-11-25T01:30:00.000Z"),  # and from the second
    ],
)
def test_a_month_later_is_the_same_local_time_on_the_same_day(start, expected):
    assert format_time(months_after(parse_time(start), 1, LONDON)) == expected


@pytest.mark.parametrize(("number", "expected"), [(12, "2010-01-31"), (13, "2010-02-28"), (25, "2011-02-28")])
def test_several_months_are_clamped_once(number, expected):
    start = parse_time("2009-01-31T12:00:00Z")

    assert format_time(months_after(start, number, LONDON)) == f"{expected}T12:00:00.000Z"


@given(instants, st.integers(1, 24))
def test_months_go_on_by_day_or_end_the_month(start, number):
    before, after = local(start), local(months_after(start, number, LONDON))

    months = (after.year - before.year) * 12 + after.month - before.month
    assert months == number
    assert after.day == before.day or (after.day < before.day and (after + timedelta(days=1)).day == 1)
    wall = after.replace(tzinfo=None, fold=0) - datetime.combine(after.date(), before.time())
    assert wall in (timedelta(0), timedelta(hours=1))  # an hour that does not exist


@given(instants, st.integers(1, 24), st.integers(0, 40 * DAY))
def test_who_starts_later_is_due_no_earlier_by_months_but_for_a_doubled_hour(start, number, more):
    assert months_after(start, number, LONDON) <= months_after(start + more, number, LONDON) + HOUR


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2009-10-05T09:00:00+01:00", "2009-10-19"),  # a Monday
        ("2009-10-05T23:59:59.999+01:00", "2009-10-19"),
        ("2009-10-06T00:00:00+01:00", "2009-10-20"),
        ("2009-10-09T17:00:00+01:00", "2009-10-23"),  # a Friday
        ("2009-10-10T17:00:00+01:00", "2009-10-23"),  # a Saturday
        ("2009-10-11T17:00:00+01:00", "2009-10-23"),  # a Sunday
        ("2009-04-03T12:00:00+01:00", "2009-04-21"),  # Good Friday and Easter Monday
        ("2009-12-18T12:00:00Z", "2010-01-06"),  # Christmas, Boxing Day by its Monday, New Year
        ("2011-04-15T12:00:00+01:00", "2011-05-05"),  # Easter, a royal wedding, and May Day
        ("2022-09-12T12:00:00+01:00", "2022-09-27"),  # the Queen's funeral
        ("2022-05-25T12:00:00+01:00", "2022-06-10"),  # the Jubilee, and the Spring holiday moved to it
        ("2020-05-01T12:00:00+01:00", "2020-05-18"),  # May Day moved to VE day
        ("2009-03-20T12:00:00Z", "2009-04-03"),  # into summer time
    ],
)
def test_the_tenth_working_day_by_hand(start, expected):
    end = working_days_after(parse_time(start), 10, HOLIDAYS, LONDON)

    assert format_time(end + 1) == format_time(parse_time(f"{_next(expected)}T00:00:00Z") - _summer(end))


def _next(day):
    return date.fromisoformat(day) + timedelta(days=1)


def _summer(end):
    return int(local(end + 1).utcoffset() / timedelta(milliseconds=1))


@given(instants, st.integers(1, 30))
def test_so_many_working_days_lie_between(start, number):
    first, last = local(start).date(), local(working_days_after(start, number, HOLIDAYS, LONDON)).date()

    days = [first + timedelta(days=gone) for gone in range(1, (last - first).days + 1)]
    assert sum(day.isoweekday() < 6 and day not in HOLIDAYS for day in days) == number
    assert last.isoweekday() < 6
    assert last not in HOLIDAYS
