"""A watch process: the app, its partitions, its deadlines; started, watched and stopped as one."""

import asyncio
import gc
import logging
from typing import Any, cast

import msgspec
from prometheus_client import CollectorRegistry

from agents.watch import PartitionWatch, Setup
from clocks.standard import Pack
from streams.app import SESSION_SECONDS, WatchApp, build_app
from streams.assignment import Assignment
from streams.clock import Clock
from streams.metrics import Boroughs, LaneSource, registry_of, take_snapshot
from streams.probes import Readiness
from streams.transport import uptime_ms

STOP_WITHIN = 20.0
"""Seconds a worker may take to stop; with a broker that answers it takes less than one."""
SILENCE = 5_000
"""How long a broker may be silent before a worker is not ready, in ms."""
GC_THRESHOLDS = (20_000, 50, 100)
"""Histories are made by the thousand and seldom in cycles: with Python's own thresholds a quarter of folding is
spent looking for garbage."""
log = logging.getLogger(__name__)


def paced(pack: Pack, clock: Clock, settle: int | None = None) -> Pack:
    """The pack with settle (ms of wall time, None: the pack's) and page_within as the clock counts them.

    The packs before it need neither: what is announced now is announced as the last one has it.
    """
    settle = pack.settle if settle is None else settle
    return msgspec.structs.replace(
        pack, settle=clock.of_wall(settle), page_within=clock.of_wall(pack.page_within)
    )


class Worker:
    """One watch process."""

    def __init__(self, setup: Setup, session_seconds: float = SESSION_SECONDS) -> None:
        self.setup = setup
        self._session_seconds = session_seconds
        self._boroughs = Boroughs()
        self.assignment = Assignment(lambda partition: PartitionWatch(partition, setup), setup.clock)
        self.app: WatchApp | None = None
        self._deadlines: asyncio.Task[Any] | None = None

    async def start(self) -> None:
        """Joins the group; partitions come when it has settled."""
        setup = self.setup
        self.app = build_app(
            setup.connection, setup.app_id, setup.partitions, self.assignment, self._session_seconds
        )
        self._deadlines = asyncio.create_task(self.assignment.watch_deadlines(), name="deadlines")
        self._deadlines.add_done_callback(self._ended)
        gc.set_threshold(*GC_THRESHOLDS)
        self.app.finalize()
        await self.app.start()

    async def stop(self) -> None:
        """Finishes what was folded, commits the offsets, leaves the group."""
        if self._deadlines is not None:
            self._deadlines.cancel()
        if self.app is not None:
            self.app.consumer.stop_flow()
            await self.assignment.stop()
            await self.app.stop()

    async def metrics(self) -> CollectorRegistry:
        """What /metrics shows, copied: to be rendered in any thread."""
        sources = [LaneSource(number, work.copy) for number, work in self._open_work()]
        setup = self.setup
        snapshot = await take_snapshot(sources, setup.observed, setup.clock, setup.partitions)
        return registry_of(snapshot, setup.pack, self._boroughs)

    async def readiness(self) -> Readiness:
        """Ready while every partition given us is taken over and the broker answers (with none: standing by)."""
        mine = self.assignment.mine
        taken = [number for number, _ in self._open_work()]
        joined = self.app is not None and self.app.consumer_generation_id > 0
        answers = all(work.time.answered_within(SILENCE, uptime_ms()) for _, work in self._open_work())
        told = {"partitions": sorted(mine), "taken_over": sorted(taken), "joined": joined, "broker": answers}
        return Readiness(joined and answers and set(taken) == set(mine), told)

    def _open_work(self) -> list[tuple[int, PartitionWatch]]:
        lanes = self.assignment.lanes.values()
        return [(lane.partition, cast(PartitionWatch, lane.work)) for lane in lanes if lane.open]

    async def crashed(self) -> BaseException:
        """Returns when Faust has crashed, with its reason."""
        while (reason := self.crash()) is None:
            await asyncio.sleep(0.5)
        return reason

    def crash(self) -> BaseException | None:
        """Why Faust has crashed; None while it has not."""
        if self.app is None or not self.app.crashed:
            return None
        return self.app.crash_reason or RuntimeError("Faust stopped by itself")

    def _ended(self, task: asyncio.Task[Any]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            self.assignment.fail(failure)
