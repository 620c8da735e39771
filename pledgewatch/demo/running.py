"""One run of the demo, from an empty broker to the last announcement read back."""

import asyncio
import signal
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from agents.watch import PartitionWatch, Setup
from agents.worker import Worker, paced
from clocks.standard import Pack
from pledgewatch.demo.duty import DutyDesk
from pledgewatch.demo.feeding import Feeder
from pledgewatch.demo.hearing import Hearing
from pledgewatch.demo.parts import Part, PartError, Parts, in_thread
from pledgewatch.demo.reckoning import kept, nearest
from pledgewatch.demo.showing import NEAREST, Screen, State
from pledgewatch.verifying.folder import Run, late_arrivals, write_run
from pledgewatch.verifying.topics import GRACE
from schemas.errors import PledgeWatchError
from schemas.events import KIND_TOPICS
from schemas.times import format_time, parse_time
from streams.clock import ScaledClock, scaled_setting
from streams.connection import Connection
from streams.embedded import PARTITIONS, make_topics
from streams.probes import Probes

START = "2010-03-05T21:00:00Z"
"""A Friday night under the Pledge."""
REFRESH_SECONDS = 0.25
JOIN_SECONDS = 30.0
FINISH_SECONDS = 10.0
APP_ID = "pledgewatch-demo"


class DemoError(PledgeWatchError):
    """The demo cannot go on.

    Operator action: run it again; if it stays so, report what it says.
    """


@dataclass(frozen=True, kw_only=True)
class Options:
    """How the demo is to run; `seconds` None: until the day or the user ends it."""

    standards: str
    seconds: float | None
    seed: int
    speed: float
    rate: float
    metrics_bind: str
    metrics_port: int
    record: Path | None
    board: bool
    browse: bool


@dataclass
class Outcome:
    """How it went; `first_breach` in seconds after the start."""

    state: State
    announced: int = 0
    dead_letters: int = 0
    first_breach: float | None = None
    problems: list[PartError] = field(default_factory=list)


class Demo:
    """The parts of a run, and the order in which they begin and end."""

    def __init__(self, bootstrap: str, pack: Pack, screen: Screen, options: Options, begun: float) -> None:
        self._options = options
        self._screen = screen
        self._begun = begun
        self._first_breach: float | None = None
        shown, anchor = parse_time(START), time.time_ns() // 1_000_000
        self.clock = ScaledClock(shown, anchor, options.speed)
        self._clock_setting = scaled_setting(shown, anchor, options.speed)
        connection = Connection(bootstrap=bootstrap, check_crcs=False)
        self._setup = Setup(
            connection=connection,
            app_id=APP_ID,
            partitions=PARTITIONS,
            pack=paced(pack, self.clock),
            clock=self.clock,
        )
        self._worker = Worker(self._setup)
        self._probes = Probes(self._worker.metrics, self._worker.readiness)
        self._hearing = Hearing(connection, self.clock, options.record)
        self._feeder = Feeder(bootstrap, self.clock, options.seed, options.rate)
        self._duty_desk = self._with_desk() if options.board else None
        self._metrics = ""
        self._parts = Parts()
        self._reading = _threaded("the reader", self._hearing)
        self._feeding = _threaded("the simulated control rooms", self._feeder)
        self._working = Part("the worker", self._worker.start, self._worker.stop, self._worker.crash)

    def _with_desk(self) -> DutyDesk:
        settings = {
            "bootstrap": self._setup.connection.bootstrap,
            "app_id": APP_ID,
            "standards": self._options.standards,
            "clock": self._clock_setting,
        }
        return DutyDesk(settings, self._screen.say, self._screen.told, self._options.browse)

    async def run(self) -> Outcome:
        """The whole of it; what was begun is ended however it goes."""
        stopped = _signals()
        try:
            for part in self._standing():
                await self._parts.begin(part)
            await self._joined(stopped)
            await self._parts.begin(self._feeding)
            await self._watched(stopped)
            return await self._finished()
        finally:
            await self._parts.end_all()

    def _standing(self) -> list[Part]:
        """All but the feed, which begins once they stand."""
        return [
            Part("the metrics", self._serve_metrics, in_thread(self._probes.stop)),
            Part("the topics", in_thread(partial(make_topics, self._setup.connection.bootstrap)), _nothing),
            self._reading,
            *(self._duty_desk.parts() if self._duty_desk is not None else ()),
            self._working,
        ]

    async def _serve_metrics(self) -> None:
        port = self._probes.start(self._options.metrics_bind, self._options.metrics_port)
        self._metrics = f"http://{self._options.metrics_bind}:{port}/metrics"
        self._screen.say(f"metrics at {self._metrics}")

    async def _joined(self, stopped: asyncio.Event) -> None:
        """The group takes some seconds to settle; the day begins after that."""
        deadline = time.monotonic() + JOIN_SECONDS
        while not (await self._worker.readiness()).ready and not stopped.is_set():
            if time.monotonic() > deadline:
                raise DemoError(f"the worker did not get its partitions within {JOIN_SECONDS:.0f} s")
            self._parts.check()
            await asyncio.sleep(0.1)

    async def _watched(self, stopped: asyncio.Event) -> None:
        while not stopped.is_set() and not self._over():
            self._parts.check()
            self._show()
            await asyncio.sleep(REFRESH_SECONDS)

    def _over(self) -> bool:
        seconds = self._options.seconds
        passed = time.monotonic() - self._begun
        return self._feeder.finished or (seconds is not None and passed >= seconds)

    async def _finished(self) -> Outcome:
        """Feeding ends, the worker says all that is due by then and stops, the rest is read back."""
        await self._parts.end(self._feeding)
        surely = self.clock.now()
        await self._said_by(surely)
        state = self._state()
        await self._parts.end(self._working)
        at_most = self.clock.now()
        problems = await self._parts.end_all()
        self._take_announcements()
        if self._options.record is not None:
            write_run(self._options.record, self._recorded(surely, at_most))
        return Outcome(
            state=state._replace(events=self._hearing.events),
            announced=self._screen.tally.types.total(),
            dead_letters=self._hearing.dead_letters,
            first_breach=self._first_breach,
            problems=problems,
        )

    async def _said_by(self, moment: int) -> None:
        """Returns once the worker has said what was due by `moment` (ms), settled."""
        deadline = time.monotonic() + FINISH_SECONDS
        while not (self._all_folded() and all(self._has_said(work, moment) for work in self._works())):
            if time.monotonic() > deadline:
                raise DemoError("the worker does not keep up: what it said could not be completed")
            self._parts.check()
            self._show()
            await asyncio.sleep(0.1)

    def _all_folded(self) -> bool:
        """The worker is alone: whatever was fed, it must have folded."""
        return self._setup.observed.events >= self._feeder.sent

    def _has_said(self, work: PartitionWatch, moment: int) -> bool:
        if any(topic.behind() for topic in work.time.topics.values()):
            return False
        due = moment - self._setup.pack.settle
        moments = [work.shard.next_moment(kind) for kind in KIND_TOPICS]
        return all(each is None or each > due for each in moments)

    def _show(self) -> None:
        self._take_announcements()
        self._screen.update(self._state())

    def _take_announcements(self) -> None:
        heard = self._hearing.announcements
        while heard:
            announcement = heard.popleft()
            if announcement.type == "clock.breached" and self._first_breach is None:
                self._first_breach = time.monotonic() - self._begun
            self._screen.announce([announcement])

    def _state(self) -> State:
        now, shards = self.clock.now(), [work.shard for work in self._works()]
        return State(
            now=now,
            speed=self._options.speed,
            events=self._hearing.events,
            kept=kept(self._setup.pack.standards, shards, now),
            nearest=nearest(shards, NEAREST),
            addresses=self._addresses(),
        )

    def _addresses(self) -> str:
        board = f"duty board {self._duty_desk.address}  " if self._duty_desk is not None else ""
        return f"{board}{self._metrics}"

    def _works(self) -> list[PartitionWatch]:
        return [cast(PartitionWatch, lane.work) for lane in self._worker.assignment.lanes.values()]

    def _recorded(self, surely: int, at_most: int) -> Run:
        options: dict[str, Any] = {
            "seconds": self._options.seconds,
            "seed": self._options.seed,
            "speed": self._options.speed,
            "rate": self._options.rate,
        }
        return Run(
            standards=self._options.standards,
            clock=self._clock_setting,
            settle_ms=self._setup.pack.settle,
            grace_ms=self.clock.of_wall(GRACE),
            surely=format_time(surely),
            at_most=format_time(at_most),
            options=options,
            arrived_late=late_arrivals(self._hearing.arrived_late),
        )


def _threaded(name: str, part: Feeder | Hearing) -> Part:
    return Part(name, in_thread(part.start), in_thread(part.stop), lambda: part.failure)


async def _nothing() -> None:
    """How a part ends that leaves nothing behind."""


def _signals() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped
