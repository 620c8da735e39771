"""Instants and durations, there and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.times import DAY, format_duration, format_time, parse_duration, parse_time


@given(st.integers(0, 7_000_000_000_000))
def test_a_time_is_read_back_to_the_millisecond(ms):
    assert parse_time(format_time(ms)) == ms


@given(st.integers(1, 400 * DAY))
def test_a_duration_is_read_back_to_the_millisecond(ms):
    assert parse_duration(format_duration(ms).replace(" ", "")) == ms


@pytest.mark.parametrize("text", ["", "12", "m", "1m2h", "-5m", "1.5h", "10 s", "5x"])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["2009-10-25T01:50:00", "2009-10-25", "noon", "1256431800"])
def test_a_time_without_an_offset_is_refused(text):
    with pytest.raises(ValueError, match="offset"):
        parse_time(text)


def test_durations_read_as_people_say_them():
    assert [format_duration(ms) for ms in (0, 750, 750_000, -61_000, DAY)] == [
        "0s",
        "750ms",
        "12m 30s",
        "-1m 1s",
        "1d",
    ]
