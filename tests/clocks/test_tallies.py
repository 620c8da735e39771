"""Counts by when clocks fell due: windows, weeks, corrections, and what is forgotten (N1)."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.finding import NOTHING, Finding, Judgement
from clocks.saying import ClockState
from clocks.settled import Key
from clocks.tallies import HOURS_KEPT, MINUTES_KEPT, Counted, Tallies, _drop, counted
from schemas.times import DAY, HOUR, MINUTE, parse_time

NOW = parse_time("2009-10-28T12:34:56Z")
KEY = Key("call-999", "Camden", "met", "", "live", "in")


def tallies(*dues: int, now: int = NOW) -> Tallies:
    made = Tallies(ZoneInfo("Europe/London"))
    made.forget_before(now)
    for due in dues:
        made.add(Counted(KEY, due))
    return made


@given(st.lists(st.integers(0, DAY), max_size=20), st.sampled_from([HOUR, DAY]))
def test_a_window_counts_what_fell_due_in_it_to_the_minute(ages, length):
    last = NOW // MINUTE
    inside = sum(last - length // MINUTE < (NOW - age) // MINUTE <= last for age in ages)

    assert tallies(*(NOW - age for age in ages)).window(length, NOW).get(KEY, 0) == inside


@pytest.mark.parametrize("length", [HOUR, DAY])
def test_the_first_and_the_last_minute_of_a_window(length):
    last = NOW // MINUTE * MINUTE
    first = last - length + MINUTE
    edges = tallies(first - 1, first, last + MINUTE - 1, last + MINUTE)

    assert edges.window(length, NOW) == {KEY: 2}
    assert edges.window(length, last) == {KEY: 2}
    assert edges.window(length, last - 1) == {KEY: 2}
    assert edges.window(length, last + MINUTE - 1) == {KEY: 2}


def test_a_clock_due_in_a_later_minute_is_not_counted_yet():
    made = tallies(NOW + MINUTE)

    assert made.window(HOUR, NOW) == {}
    assert made.window(HOUR, NOW + MINUTE) == {KEY: 1}


def test_a_week_of_days_is_counted_by_whole_hours_at_its_far_end():
    made = tallies(NOW - 7 * DAY, NOW - 7 * DAY - HOUR, NOW - 3 * DAY)
    assert made.window(7 * DAY, NOW) == {KEY: 2}

    every_hour = tallies(*range(NOW - 7 * DAY + HOUR, NOW + 1, HOUR))
    assert every_hour.window(7 * DAY, NOW) == {KEY: 7 * 24}


def test_a_correction_counts_the_old_verdict_out():
    made = tallies(NOW)
    breached = KEY._replace(verdict="breached")
    made.add(Counted(breached, NOW))
    made.remove(Counted(breached, NOW))

    assert made.window(HOUR, NOW) == {KEY: 1}
    assert made.weeks(NOW) == {"2009-W44": {KEY: 1}}


def test_a_correction_of_what_is_no_longer_kept_by_the_minute_still_mends_its_week():
    made = tallies(NOW)
    later = NOW + MINUTES_KEPT + MINUTE
    made.forget_before(later)
    made.remove(Counted(KEY, NOW))

    assert made.weeks(later) == {}
    assert made.window(7 * DAY, later) == {}


def test_nine_weeks_are_kept():
    made = tallies(NOW, now=NOW)
    eight_weeks_on = NOW + 8 * 7 * DAY
    made.forget_before(eight_weeks_on)
    assert made.weeks(eight_weeks_on) == {"2009-W44": {KEY: 1}}

    made.forget_before(eight_weeks_on + 7 * DAY)
    assert made.weeks(eight_weeks_on + 7 * DAY) == {}


def test_a_week_read_again_takes_the_place_of_what_was_read_before():
    made = tallies(NOW)
    made.restore_week("2009-W44", {KEY: 5})
    assert made.weeks(NOW) == {"2009-W44": {KEY: 6}}
    late = KEY._replace(verdict="breached")
    made.restore_week("2009-W44", {KEY: 3, late: 1})
    assert made.weeks(NOW) == {"2009-W44": {KEY: 4, late: 1}}


@pytest.mark.parametrize(("weeks", "kept"), [(8, ["tally/2010-W18"]), (9, [])])
def test_what_is_forgotten_stays_counted_in_the_local_weeks_that_are_kept(weeks, kept):
    sunday = parse_time("2010-05-02T23:30:00Z")  # Monday, in London
    made = tallies(now=sunday + weeks * 7 * DAY)
    made.settle(Counted(KEY, sunday))

    assert made.settled.take_changed() == kept


def test_a_kind_of_subject_whose_time_is_behind_brings_no_old_period_back():
    """Calls are up to date, incidents are not: what was dropped by the later time stays dropped, and stays whole."""
    ahead = NOW + 10 * 7 * DAY
    made = tallies(NOW, now=ahead)
    made.forget_before(NOW)
    made.add(Counted(KEY._replace(verdict="breached"), NOW))
    made.remove(Counted(KEY, NOW))

    assert made.weeks(ahead) == {}
    assert made.window(HOUR, NOW) == {}


def test_a_copy_does_not_follow():
    made = tallies(NOW)
    copy = made.copy()
    made.add(Counted(KEY, NOW))

    for length in (HOUR, DAY, 7 * DAY):
        assert copy.window(length, NOW) == {KEY: 1}
    assert copy.weeks(NOW) == {"2009-W44": {KEY: 1}}
    summer_sunday = parse_time("2010-07-04T23:30:00Z")  # Monday, in London
    assert tallies(summer_sunday, now=summer_sunday).copy().weeks(summer_sunday) == {"2010-W27": {KEY: 1}}
    assert copy.weeks(NOW - 7 * DAY) == {}


def test_a_copy_tells_its_hours_where_its_minutes_are_gone():
    made = tallies(NOW)
    later = NOW + MINUTES_KEPT + HOUR
    made.forget_before(later)

    assert made.copy().window(7 * DAY, later) == {KEY: 1}


@pytest.mark.parametrize("first", [0, 8])
def test_periods_that_are_no_longer_kept_are_dropped_and_no_others(first):
    """The few that have passed are looked for; where more have passed than there are, all are looked through."""
    periods = {number: {KEY: 1} for number in (8, 9, 10, 11)}
    _drop(periods, first, 10)
    assert sorted(periods) == [10, 11]


@pytest.mark.parametrize(
    ("standard", "verdict", "outcome"),
    [("call-999", "met", "in"), ("call-999", "breached", "late"), ("snt-reply", "met", "")],
)
def test_a_clock_that_says_no_more_is_counted_with_empty_texts(standard, verdict, outcome):
    finding = Finding(standard=standard, start=NOW, due=NOW + 5, breach_at=NOW + 6, known=NOW)

    assert counted(ClockState(finding, verdict), NOTHING) == Counted(
        Key(standard, "", verdict, "", "live", outcome, "", ""), NOW + 5
    )
    assert counted(ClockState(finding, "running"), NOTHING) is None
    assert counted(ClockState(None, "excluded"), NOTHING) is None


def test_a_clock_is_counted_by_all_that_is_known_of_it():
    finding = Finding(
        standard="attend-immediate", start=NOW, due=NOW, breach_at=NOW, known=NOW, reason="cancelled"
    )
    judgement = Judgement(borough="Camden", cohort="probe", first_grade="S", grade="I")

    assert counted(ClockState(finding, "excluded"), judgement) == Counted(
        Key("attend-immediate", "Camden", "excluded", "cancelled", "probe", "", "S", "I"), NOW
    )


def test_a_minute_goes_on_being_counted_as_time_moves():
    made = tallies(NOW)
    later = NOW + 36 * MINUTE
    made.forget_before(later)

    assert made.window(HOUR, later) == {KEY: 1}


def test_the_first_minute_and_the_first_hour_that_are_kept_are_counted_whole():
    made = tallies(NOW - MINUTES_KEPT, NOW - MINUTES_KEPT - MINUTE, NOW - HOURS_KEPT, NOW - HOURS_KEPT - HOUR)

    assert list(made._minutes) == [(NOW - MINUTES_KEPT) // MINUTE]
    assert sorted(made._hours) == [(NOW - each) // HOUR for each in (HOURS_KEPT, MINUTES_KEPT)]


def test_what_is_no_longer_kept_takes_no_room():
    made = tallies(NOW)
    made.forget_before(NOW + HOURS_KEPT + HOUR)

    assert (made._minutes, made._hours) == ({}, {})


def test_a_window_that_begins_after_the_full_hour_leaves_out_its_first_minute():
    noon = NOW // HOUR * HOUR
    made = tallies(noon - DAY, noon - DAY + MINUTE, now=noon)

    assert made.window(DAY, noon) == {KEY: 1}


def test_the_first_week_that_is_kept_is_counted():
    eight_weeks_ago = NOW - 8 * 7 * DAY
    made = tallies(eight_weeks_ago, eight_weeks_ago - 7 * DAY)

    assert made.weeks(NOW) == {"2009-W36": {KEY: 1}}


def test_of_hours_counted_whole_none_loses_its_first_minute():
    noon = NOW // HOUR * HOUR
    made = tallies(*range(noon - DAY + HOUR, noon + 1, HOUR), now=noon)

    assert made.window(DAY, noon) == {KEY: 24}


def test_nine_weeks_are_kept_to_the_last_hour_of_a_sunday_though_the_clocks_went_back_among_them():
    tallies = Tallies(ZoneInfo("Europe/London"))
    key = Key("call-999", "Camden", "met", "", "live", "in")
    tallies.add(Counted(key, parse_time("2026-09-27T12:00:00Z")))
    tallies.forget_before(parse_time("2026-11-22T23:30:00Z"))
    assert list(tallies.weeks(parse_time("2026-11-22T23:30:00Z"))) == ["2026-W39"]
    tallies.forget_before(parse_time("2026-11-23T00:00:00Z"))
    assert not tallies.weeks(parse_time("2026-11-23T00:00:00Z"))
