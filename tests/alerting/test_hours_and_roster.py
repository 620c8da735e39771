"""Local hours and who is on duty: midnight, clock changes, swaps; one ms before each boundary, at it and after it."""

from zoneinfo import ZoneInfo

import pytest

from alerting.hours import Window, each_at, next_at
from alerting.roster import Duty, on_duty
from schemas.times import HOUR, parse_time

LONDON = ZoneInfo("Europe/London")
DAYTIME = {"who": ["early"], "hours": "07:00-15:00"}
LATE = {"who": ["late"], "hours": "15:00-23:00"}
NIGHT = {"who": ["night"], "hours": "23:00-07:00"}


def window(**fields: object) -> Window:
    """Some hours."""
    return Window.model_validate(fields)


def people(moment: str | int, *duties: dict[str, object]) -> str:
    """Those on duty at a moment."""
    when = parse_time(moment) if isinstance(moment, str) else moment
    roster = {"inspector": [Duty.model_validate(duty) for duty in duties]}
    return " ".join(on_duty(roster, "inspector", when, LONDON))


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2009-10-23T22:59:59.999+01:00", False),
        ("2009-10-23T23:00:00.000+01:00", True),
        ("2009-10-24T06:59:59.999+01:00", True),
        ("2009-10-24T07:00:00.000+01:00", False),
    ],
)
def test_hours_past_midnight_begin_and_end_at_their_very_moment(moment, covered):
    assert window(hours="23:00-07:00").covers(parse_time(moment), LONDON) is covered


@pytest.mark.parametrize(
    ("moment", "covered"),
    [
        ("2009-10-24T06:59:59+01:00", True),  # Saturday, but of Friday's night
        ("2009-10-24T23:00:00+01:00", False),
        ("2009-10-23T06:00:00+01:00", False),  # Friday, but of Thursday's night
    ],
)
def test_hours_past_midnight_are_of_the_day_on_which_they_begin(moment, covered):
    assert window(hours="23:00-07:00", days=["fri"]).covers(parse_time(moment), LONDON) is covered


def test_without_hours_the_whole_day_counts_and_days_in_a_row_end_together():
    weekend = window(days=["sat", "sun"])
    end = weekend.end(parse_time("2009-10-24T12:00:00+01:00"), LONDON)
    assert end == parse_time("2009-10-26T00:00:00Z")  # Monday: the clocks went back meanwhile
    assert not weekend.covers(end, LONDON)
    assert weekend.covers(end - 1, LONDON)


def test_hours_until_24_00_are_until_midnight():
    assert window(hours="18:00-24:00").end(parse_time("2009-10-24T19:00:00+01:00"), LONDON) == parse_time(
        "2009-10-24T23:00:00Z"
    )


@pytest.mark.parametrize(
    ("fields", "endless"),
    [
        ({}, True),
        ({"hours": "07:00-07:00"}, True),
        ({"hours": "07:00-06:59"}, False),
        ({"days": ["mon"]}, False),
    ],
)
def test_hours_without_an_end_are_known_for_what_they_are(fields, endless):
    assert window(**fields).endless is endless


def test_one_shift_ends_where_the_next_begins_on_every_day_of_the_year():
    moment, end = parse_time("2009-01-01T00:00:00Z"), parse_time("2010-01-01T00:00:00Z")
    while moment < end:
        assert people(moment, DAYTIME, LATE, NIGHT).count(" ") == 0
        assert people(moment, DAYTIME, LATE, NIGHT)
        moment += HOUR // 2


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2009-03-29T00:59:59.999Z", "a"),  # 01:00 does not come: the clocks go forward to 02:00
        ("2009-03-29T01:00:00.000Z", "b"),
        ("2009-10-25T01:29:59.999+01:00", "a"),
        ("2009-10-25T01:30:00.000+01:00", "b"),  # 01:30 for the first time
        ("2009-10-25T01:00:00.000+00:00", "b"),  # it is 01:00 again
    ],
)
def test_a_shift_that_changes_in_the_hour_of_a_clock_change_changes_once(moment, who):
    turn = "01:00" if moment.startswith("2009-03") else "01:30"
    first = {"who": ["a"], "hours": f"20:00-{turn}"}
    assert people(moment, first, {"who": ["b"], "hours": f"{turn}-06:00"}) == who


def test_shifts_change_at_local_times_over_a_clock_change():
    shifts = [window(hours="07:00-15:00").hours[0], window(hours="23:00-07:00").hours[0]]  # type: ignore[index]
    start = parse_time("2009-10-24T22:00:00Z")
    assert next_at(start - 1, shifts, LONDON) == start
    assert next_at(start, shifts, LONDON) == parse_time("2009-10-25T07:00:00Z")
    assert len([*each_at(start, start + 25 * HOUR, shifts, LONDON)]) == 2
    assert len([*each_at(start, start + 25 * HOUR - 1, shifts, LONDON)]) == 1
    assert next_at(start, [], LONDON) is None


@pytest.mark.parametrize(
    ("moment", "who"),
    [
        ("2009-12-24T20:00:00Z", "late"),
        ("2009-12-25T15:00:00Z", "night"),
        ("2009-12-25T22:59:59.999Z", "night"),
        ("2009-12-26T15:00:00Z", "late"),
    ],
)
def test_a_swap_holds_on_its_days_and_nobody_is_there_twice(moment, who):
    swap = {**LATE, "who": ["night"], "instead_of": ["late"], "from": "2009-12-25", "until": "2009-12-25"}
    assert people(moment, DAYTIME, LATE, NIGHT, swap) == who


def test_a_night_that_begins_on_the_last_day_of_a_duty_is_its_own():
    last = {**NIGHT, "until": "2009-12-25"}
    assert people("2009-12-26T06:59:59.999Z", last) == "night"
    assert people("2009-12-26T23:00:00Z", last) == ""


def test_somebody_with_two_duties_at_once_is_there_once_in_the_order_of_the_roster():
    both = {"who": ["early", "chief"]}
    assert people("2009-10-24T09:00:00+01:00", DAYTIME, both) == "early chief"
    assert on_duty({}, "inspector", 0, LONDON) == ()
