"""The process's clock: nothing fires early because somebody set the machine's clock."""

import asyncio
import logging
import math

import pytest

from schemas.times import parse_time
from streams.clock import ClockError, EventsClock, ScaledClock, WallClock, parse_clock, scaled_setting

T0 = parse_time("2009-10-25T01:50:00+01:00")


class Machine:
    """A machine whose clock somebody may set."""

    def __init__(self) -> None:
        self.up, self.set_by = 5_000, 0

    def wall(self) -> WallClock:
        return WallClock(machine=lambda: T0 - 5_000 + self.up + self.set_by, uptime=lambda: self.up)


def test_the_wall_clock_follows_the_uptime() -> None:
    machine = Machine()
    clock = machine.wall()
    machine.up += 1_234
    assert clock.now() == T0 + 1_234
    assert clock.seconds_until(T0 + 2_234) == 1.0
    assert clock.seconds_until(T0) == 0.0


@pytest.mark.parametrize("step", [2_001, -2_001, 3_600_000])
def test_a_step_of_over_two_seconds_is_alarmed_once_and_not_followed(step: int, caplog) -> None:
    machine = Machine()
    clock = machine.wall()
    machine.set_by = step
    with caplog.at_level(logging.ERROR):
        assert clock.now() == clock.now() == T0
    assert clock.steps == 1
    assert "stepped" in caplog.text


def test_a_step_of_two_seconds_is_not_worth_an_alarm() -> None:
    machine = Machine()
    clock = machine.wall()
    machine.set_by = 2_000
    clock.now()
    assert clock.steps == 0


def test_a_step_taken_back_is_alarmed_too() -> None:
    machine = Machine()
    clock = machine.wall()
    for machine.set_by in (60_000, 60_500, 0):
        clock.now()
    assert clock.steps == 2


def test_a_step_under_a_scaled_clock_is_told_too() -> None:
    machine = Machine()
    clock = ScaledClock(T0, T0, 60, machine.wall())
    machine.set_by = 60_000
    assert (clock.now(), clock.steps) == (T0, 1)


def test_a_scaled_clock_runs_faster_and_shows_what_it_was_told() -> None:
    machine = Machine()
    shown = parse_time("2009-01-01T00:00:00Z")
    clock = ScaledClock(shown, anchor=T0, speed=60, wall=machine.wall())
    machine.up += 1_000
    assert clock.now() == shown + 60_000
    assert clock.seconds_until(shown + 120_000) == 1.0
    assert clock.of_wall(1_000) == 60_000
    assert clock.to_wall(60_000) == 1_000
    assert [clock.on_the_wall(shown + each) for each in (0, 60_000, -60_000)] == [T0, T0 + 1_000, T0 - 1_000]
    assert machine.wall().on_the_wall(T0) == T0


def test_the_setting_of_a_scaled_clock_reads_back() -> None:
    machine = Machine()
    clock = parse_clock(scaled_setting(T0, T0 + 5_000, 120))
    assert isinstance(clock, ScaledClock)
    clock._wall = machine.wall()
    assert clock.speed == 120
    assert clock.now() == T0 - 5_000 * 120


def test_one_epoch_is_where_both_clocks_show_the_same() -> None:
    clock = parse_clock("scaled:2009-10-25T00:50:00Z@2")
    assert isinstance(clock, ScaledClock)
    clock._wall = Machine().wall()
    assert clock.now() == T0


def test_the_events_clock_is_moved_by_events_and_never_back() -> None:
    clock = EventsClock()
    clock.heard(T0)
    clock.heard(T0 - 1)
    assert clock.now() == T0
    assert clock.seconds_until(T0 + 1) == math.inf
    with pytest.raises(ClockError):
        asyncio.run(clock.sleep_until(T0 + 1))


@pytest.mark.parametrize(
    "text",
    ["", "Wall", "scaled:", "scaled:60", "scaled:@60", "scaled:2009-10-25T00:50:00Z@0",
     "scaled:2009-10-25T00:50:00Z@x",
     "scaled:2009-10-25T00:50:00@60", "scaled:2009-10-25T00:50:00Z@nan", "scaled:a=b@60"],
)  # fmt: skip
def test_what_is_no_clock_is_a_clear_error(text: str) -> None:
    with pytest.raises(ClockError, match="clock"):
        parse_clock(text)


async def test_a_sleep_never_ends_early() -> None:
    clock = WallClock()
    moment = clock.now() + 30
    await clock.sleep_until(moment)
    assert clock.now() >= moment
