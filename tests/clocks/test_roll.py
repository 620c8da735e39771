"""The open clocks as people watch them: where, since when, until when, and in what stage."""

import pytest

from clocks.history import History
from clocks.roll import OpenClock, stage_of
from clocks.saying import ClockState
from clocks.shard import Shard
from clocks.subject import Subject, encode_record
from schemas.times import HOUR, MINUTE, SECOND, parse_time
from tests.clocks.histories import PACK, ZERO, an_event

PLACED = an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I", "borough": "Camden", "exercise": True})
UNPLACED = an_event("CALL-1", "call.presented", SECOND, 0, 2, {"line": "101"})
PLAIN = OpenClock(
    standard="attend-immediate",
    borough="Camden",
    grade="I",
    cohort="exercise",
    stage="running",
    start=ZERO,
    due=ZERO + 12 * MINUTE,
    unresourced=True,
)
CALL = OpenClock(
    "call-non-emergency", "", "", "live", "running", ZERO + SECOND, ZERO + 31 * SECOND, unresourced=False
)


def opened(now: int = 0) -> Shard:
    shard = Shard(PACK)
    shard.fold([PLACED, UNPLACED])
    shard.advance_all(ZERO + now)
    return shard


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        (0, "running"),
        (9 * MINUTE - 1, "running"),
        (9 * MINUTE, "at-risk"),
        (12 * MINUTE, "at-risk"),
        (12 * MINUTE + 1, "breached"),
        (HOUR, "breached"),
    ],
)
def test_an_open_clock_is_told_with_its_stage(now: int, stage: str) -> None:
    assert dict(opened(now).roll.open())["CAD-1/attend-immediate"] == PLAIN._replace(stage=stage)


def test_a_clock_that_says_no_more_has_no_place_and_no_grade() -> None:
    assert dict(opened().roll.open())["CALL-1/call-non-emergency"] == CALL


def test_what_is_held_is_what_is_told() -> None:
    roll = opened().roll
    assert [state.finding and state.finding.due for _, state in roll.held()] == [
        clock.due for _, clock in roll.open()
    ]


def test_a_unit_on_the_way_is_no_lack_of_one() -> None:
    shard = opened()
    shard.fold([an_event("CAD-1", "unit.dispatched", MINUTE, 0, 3, {"unit": "GD1"})])
    assert dict(shard.roll.open())["CAD-1/attend-immediate"] == PLAIN._replace(unresourced=False)


def test_a_clock_that_stopped_is_on_the_roll_no_more() -> None:
    shard = opened()
    shard.fold([an_event("CALL-1", "call.answered", 5 * SECOND, 0, 3, {})])
    assert [clock for clock, _ in shard.roll.open()] == ["CAD-1/attend-immediate"]


def test_a_record_read_again_without_a_clock_takes_it_off_the_roll() -> None:
    shard = opened(HOUR)
    shard.restore("CALL-1", encode_record(Subject("CALL", History(), PACK).record("CALL-1")))
    assert [clock for clock, _ in shard.roll.open()] == ["CAD-1/attend-immediate"]
    (counts,) = shard.roll.tallies.weeks(ZERO + HOUR).values()
    assert {key.standard: number for key, number in counts.items()} == {"attend-immediate": 1}


def test_it_is_counted_in_the_local_week_of_its_due() -> None:
    shard = Shard(PACK)
    sunday = parse_time("2010-07-04T23:30:00Z")  # Monday, in London
    shard.fold([an_event("CALL-1", "call.presented", sunday - ZERO, 0, 1, {"line": "999"})])
    shard.advance_all(sunday + MINUTE)
    assert list(shard.roll.tallies.weeks(sunday + HOUR)) == ["2010-W27"]


def test_a_clock_that_never_ran_is_in_no_stage_but_the_first() -> None:
    assert stage_of(ClockState(None)) == "running"


@pytest.mark.parametrize(("now", "counted"), [(0, 0), (MINUTE, 1), (HOUR, 2), (2 * HOUR, 2)])
def test_whoever_shows_the_counts_is_told_when_they_change(now: int, counted: int) -> None:
    assert opened(now).roll.recounted == counted
