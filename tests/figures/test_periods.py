"""N1: a clock counts in the local period in which it fell due."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.periods import PERIODS, period_of
from schemas.times import parse_time

LONDON = ZoneInfo("Europe/London")
instants = st.integers(parse_time("1975-01-01T00:00:00Z"), parse_time("2100-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("due", "kind", "name", "start"),
    [
        ("2009-10-24T23:59:59.999+01:00", "day", "2009-10-24", "2009-10-24T00:00:00+01:00"),
        ("2009-10-25T00:00:00+01:00", "day", "2009-10-25", "2009-10-25T00:00:00+01:00"),
        ("2009-10-25T23:59:59.999+00:00", "day", "2009-10-25", "2009-10-25T00:00:00+01:00"),
        ("2009-10-26T00:00:00+00:00", "day", "2009-10-26", "2009-10-26T00:00:00+00:00"),
        ("2009-10-25T23:59:59.999+00:00", "week", "2009-W43", "2009-10-19T00:00:00+01:00"),
        ("2009-10-26T00:00:00+00:00", "week", "2009-W44", "2009-10-26T00:00:00+00:00"),
        ("2010-01-03T12:00:00+00:00", "week", "2009-W53", "2009-12-28T00:00:00+00:00"),
        ("2009-06-30T22:59:59.999+00:00", "month", "2009-06", "2009-06-01T00:00:00+01:00"),
        ("2009-06-30T23:00:00+00:00", "month", "2009-07", "2009-07-01T00:00:00+01:00"),
        ("2009-10-24T20:59:59.999+01:00", "hour", "2009-10-24 20:00", "2009-10-24T20:00:00+01:00"),
        ("2009-10-25T01:30:00+01:00", "hour", "2009-10-25 01:00+01:00", "2009-10-25T01:00:00+01:00"),
        ("2009-10-25T01:30:00+00:00", "hour", "2009-10-25 01:00+00:00", "2009-10-25T01:00:00+00:00"),
        ("2009-03-29T01:00:00+00:00", "hour", "2009-03-29 02:00", "2009-03-29T02:00:00+01:00"),
    ],
)
def test_periods_are_local(due: str, kind: str, name: str, start: str) -> None:
    assert period_of(parse_time(due), kind, LONDON) == (parse_time(start), name)


@given(instants, st.sampled_from(PERIODS), st.sampled_from(["Europe/London", "Asia/Kathmandu", "UTC"]))
def test_a_period_holds_its_own_start_and_what_lies_in_it(due: int, kind: str, zone: str) -> None:
    period = period_of(due, kind, ZoneInfo(zone))
    assert period.start <= due
    assert period_of(period.start, kind, ZoneInfo(zone)) == period
    assert period_of(period.start - 1, kind, ZoneInfo(zone)).start < period.start


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(ValueError, match="not a period"):
        period_of(0, "fortnight", LONDON)
