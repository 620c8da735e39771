"""The clock of a process: what time it is, and how long until a moment. Parsed from PLEDGEWATCH_CLOCK."""

import asyncio
import logging
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from schemas.errors import PledgeWatchError
from schemas.times import format_time, parse_time

STEP_ALARMED = 2_000
"""How far the machine's clock may part from ours before it is alarmed, in ms."""
_LONGEST_SLEEP = 3_600.0
log = logging.getLogger(__name__)


class ClockError(PledgeWatchError):
    """The setting `clock` cannot be used.

    Operator action: give wall, events, or scaled:EPOCH@SPEED, the same to every process.
    """


class Clock(ABC):
    """What time it is, in ms since the epoch, UTC."""

    kind: str
    speed: float = 1.0
    """How many seconds pass on this clock in one of the wall's."""
    steps: int = 0
    """How often the machine's clock was set while this one ran."""

    @abstractmethod
    def now(self) -> int:
        """The time, in ms; it never goes back."""

    def seconds_until(self, moment: int) -> float:
        """How long to sleep, in real seconds, until `moment` (ms); 0 where it has passed."""
        return max(0.0, (moment - self.now()) / 1000 / self.speed)

    async def sleep_until(self, moment: int) -> None:
        """Returns once `moment` (ms) has come, never before."""
        while (left := self.seconds_until(moment)) > 0:
            await asyncio.sleep(min(left, _LONGEST_SLEEP))

    def of_wall(self, duration: int) -> int:
        """A duration of wall time (settle, silence, delay), in ms, as this clock counts it."""
        return round(duration * self.speed)

    def to_wall(self, duration: int) -> int:
        """A duration on this clock as ms of wall time."""
        return round(duration / self.speed)

    def on_the_wall(self, moment: int) -> int:
        """What the wall says at a moment of this clock (ms both)."""
        return moment


def _uptime() -> int:
    """Milliseconds since some start: counts a suspended machine too, and no setting of the clock moves it."""
    which = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime_ns(which) // 1_000_000


def _machine() -> int:
    return time.time_ns() // 1_000_000


class WallClock(Clock):
    """The machine's clock as it was at the start, carried on by its uptime.

    A later step of the machine's clock by over 2 s is alarmed (`steps`, an error in the log), not followed:
    nothing fires early because somebody set a clock. A restart takes the machine's clock anew.
    """

    kind = "wall"

    def __init__(self, machine: Callable[[], int] = _machine, uptime: Callable[[], int] = _uptime) -> None:
        self._machine, self._uptime = machine, uptime
        self._base = machine() - uptime()
        self._alarmed_at = 0
        self.steps = 0

    def now(self) -> int:
        """The wall time, in ms."""
        now = self._base + self._uptime()
        apart = self._machine() - now
        if abs(apart - self._alarmed_at) > STEP_ALARMED:
            self._alarm(apart, now)
        return now

    def _alarm(self, apart: int, now: int) -> None:
        self._alarmed_at = apart
        self.steps += 1
        log.error(
            "the machine's clock stepped: it is %+.1f s from our time, %s; restart if it is right now",
            apart / 1000,
            format_time(now),
        )


class ScaledClock(Clock):
    """A clock that showed `shown` when the wall said `anchor` (ms both) and runs `speed` times as fast."""

    kind = "scaled"

    def __init__(self, shown: int, anchor: int, speed: float, wall: Clock | None = None) -> None:
        self._shown, self._anchor, self.speed = shown, anchor, speed
        self._wall = wall or WallClock()

    def now(self) -> int:
        """The scaled time, in ms."""
        wall = self._wall.now()
        self.steps = self._wall.steps
        return self._shown + math.floor((wall - self._anchor) * self.speed)

    def on_the_wall(self, moment: int) -> int:
        """What the wall says at a moment of this clock (ms both)."""
        return self._anchor + round((moment - self._shown) / self.speed)


class EventsClock(Clock):
    """Time as the events tell it (batch use): the latest `recordedtime` heard of; nothing is waited for."""

    kind = "events"

    def __init__(self) -> None:
        self._now = 0

    def heard(self, recorded: int) -> None:
        """An event recorded at `recorded` (ms) was folded."""
        self._now = max(self._now, recorded)

    def now(self) -> int:
        """The latest recording heard of, in ms; 0 before the first."""
        return self._now

    def seconds_until(self, moment: int) -> float:
        """0 where it has passed, else for ever: only an event moves this clock."""
        return 0.0 if moment <= self._now else math.inf

    async def sleep_until(self, moment: int) -> None:
        """Refuses: nobody may wait for a clock that only events move."""
        raise ClockError("the clock `events` cannot be waited for: it is moved by events alone")


def parse_clock(text: str) -> Clock:
    """The clock that a setting names: `wall`, `events` or `scaled:EPOCH@SPEED`.

    EPOCH is the wall's time at which both clocks show the same; `SHOWN=WALL@SPEED` sets them apart, as in
    `scaled:2009-10-24T06:00:00Z=2026-11-22T09:00:00Z@60`. ClockError where it is none of these.
    """
    if text == "wall":
        return WallClock()
    if text == "events":
        return EventsClock()
    if text.startswith("scaled:"):
        return _scaled(text.removeprefix("scaled:"))
    raise ClockError(f"clock {text!r} is none of wall, events, scaled:EPOCH@SPEED")


def scaled_setting(shown: int, anchor: int, speed: float) -> str:
    """The setting of a scaled clock that showed `shown` when the wall said `anchor` (ms both)."""
    return f"scaled:{format_time(shown)}={format_time(anchor)}@{speed:g}"


def _scaled(text: str) -> ScaledClock:
    epoch, at, speed = text.rpartition("@")
    shown, _, anchor = epoch.partition("=")
    try:
        if not at:
            raise ValueError("it needs @SPEED, as in scaled:2026-11-22T09:00:00Z@60")
        return ScaledClock(parse_time(shown), parse_time(anchor or shown), _speed(speed))
    except ValueError as wrong:
        raise ClockError(f"clock 'scaled:{text}' cannot be read: {wrong}") from None


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed <= 1_000_000:
        raise ValueError(f"the speed {text} is not between 0 and 1000000")
    return speed
