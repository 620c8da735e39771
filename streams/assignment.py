"""The partitions of this worker: who has which batch, when a deadline is next, and what the group changes."""

import asyncio
import contextlib
import logging
import math
import os
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiokafka.errors import KafkaError
from faust.types import TP

from schemas.errors import PledgeWatchError
from schemas.events import INPUT_TOPICS
from streams.clock import Clock
from streams.lanes import ROOM, Lane, Work
from streams.transport import Standing, uptime_ms

ASK_AGAIN_SECONDS = 0.5
EXIT_FAULT = 70
log = logging.getLogger(__name__)
Ask = Callable[[Iterable[TP]], Awaitable[dict[TP, int]]]


class AssignmentError(PledgeWatchError):
    """The group gave this worker some topics of a partition without the others.

    Operator action: `pledgewatch topics check`: all input topics need the same number of partitions.
    """


def end_process(failure: BaseException) -> None:
    """Ends the process at once: Faust would acknowledge the event of an agent that raised, and lose it."""
    log.critical("this worker ends, its work will be taken over: %r", failure, exc_info=failure)
    for handler in logging.getLogger().handlers:
        handler.flush()
    os._exit(EXIT_FAULT)


class Assignment:
    """Keeps a lane for each partition, and one task that sleeps to the earliest deadline of all."""

    def __init__(
        self, work: Callable[[int], Work], clock: Clock, fatal: Callable[[BaseException], None] = end_process
    ) -> None:
        self.lanes: dict[int, Lane] = {}
        self.mine: frozenset[int] = frozenset()
        self.ask: Ask
        """Asks the broker for end offsets; set by whoever builds the app."""
        self.generation: Callable[[], int] = lambda: 0
        """The group's generation, as Faust stamps it on what it fetches; set by whoever builds the app."""
        self._work, self._clock, self._fatal = work, clock, fatal
        self._sooner, self._room = asyncio.Event(), asyncio.Event()
        self._asking: asyncio.Task[None] | None = None
        self._sleeping_to: int | None = None
        self._generation = 0

    # ---- what the transport and the agent tell -------------------------------------------------------------

    def hand(self, tp: TP, position: int) -> int:
        """Records below `position` are on their way to the agent; returns the number of the batch."""
        return self._lane(tp.partition).work.time.topics[tp.topic].hand(position)

    def heard(self, standings: dict[TP, Standing]) -> None:
        """The consumer stands there; whatever T5 held back may go now."""
        for tp, standing in standings.items():
            lane = self.lanes.get(tp.partition)
            if lane is not None and tp.topic in lane.work.time.topics:
                lane.work.time.topics[tp.topic].heard(*standing)
        if any(lane.open and lane.work.held_topics() is not None for lane in self.lanes.values()):
            self._sooner.set()

    def full(self) -> frozenset[TP]:
        """The topics' partitions that have enough to do: the others are fetched on."""
        return frozenset(
            TP(topic, lane.partition)
            for lane in self.lanes.values()
            for topic, waiting in lane.unfolded().items()
            if waiting >= ROOM
        )

    async def room(self, seconds: float) -> None:
        """Returns when a lane has moved on, or after `seconds`."""
        self._room.clear()
        await _wait(self._room, seconds)

    def deliver(self, event: Any) -> None:
        """A fetched batch of one of our partitions."""
        self._lane(event.message.partition).deliver(event)

    # ---- what the group changes ----------------------------------------------------------------------------

    async def revoked(self, tps: Iterable[TP]) -> None:
        """Every partition is finished, written and released; its shard is kept until we know who has it next."""
        self._generation += 1
        self.mine = frozenset()
        revoked = {tp.partition for tp in tps if tp.topic in INPUT_TOPICS}
        await asyncio.gather(*(self.lanes[each].stop() for each in revoked if each in self.lanes))

    async def assigned(self, tps: Iterable[TP]) -> None:
        """These partitions are ours now: take them over, each in its own task."""
        by_partition = _by_partition(tps)
        self.mine = frozenset(by_partition)
        for partition in set(self.lanes) - self.mine:
            self.lanes.pop(partition)
        for partition in sorted(self.mine):
            self._lane(partition).start()
        log.info("assigned partitions %s", sorted(self.mine))
        self._ask_soon(self._tps(self.mine))

    async def stop(self) -> None:
        """Finish and release everything: this worker ends."""
        await asyncio.gather(*(lane.stop() for lane in self.lanes.values()))
        if self._asking is not None:
            self._asking.cancel()

    def fail(self, failure: BaseException) -> None:
        """Something that must not fail did: by default the process ends."""
        self._fatal(failure)

    # ---- deadlines -----------------------------------------------------------------------------------------

    async def watch_deadlines(self) -> None:
        """Sleeps to the earliest deadline and fires what T5 allows; woken by earlier ones, never by a tick."""
        while True:
            self._sleeping_to = self._earliest()
            await _wait(self._sooner, self._seconds_to(self._sleeping_to))
            self._sooner.clear()
            now = self._clock.now()
            for lane in [lane for lane in self.lanes.values() if lane.open]:
                wake = lane.work.next_wake()
                if lane.work.held_topics() is not None or (wake is not None and wake <= now):
                    self._advance(lane)
            self._ask_for_held()

    def _advance(self, lane: Lane) -> None:
        try:
            lane.work.advance()
        except Exception as failure:
            self._fatal(failure)
        lane.wake()

    def _earliest(self) -> int | None:
        wakes = [lane.work.next_wake() for lane in self.lanes.values() if lane.open]
        return min((wake for wake in wakes if wake is not None), default=None)

    def _seconds_to(self, wake: int | None) -> float | None:
        seconds = math.inf if wake is None else self._clock.seconds_until(wake)
        return None if seconds == math.inf else seconds

    def _ask_for_held(self) -> None:
        held = {
            TP(topic, lane.partition)
            for lane in self.lanes.values()
            if lane.open
            for topic in lane.work.held_topics() or ()
        }
        if held:
            self._ask_soon(held)

    def _ask_soon(self, tps: Iterable[TP]) -> None:
        """One question at a time; what is still held after the answer is asked again."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask(frozenset(tps)))

    async def _ask(self, tps: frozenset[TP]) -> None:
        asked_at, generation = uptime_ms(), self._generation
        try:
            ends = await self.ask(tps)
        except (KafkaError, TimeoutError, OSError) as silent:
            log.warning("the broker does not tell where its topics end: %r", silent)
            await asyncio.sleep(ASK_AGAIN_SECONDS)
            ends = {}
        for tp, end in ends.items():
            if generation == self._generation and tp.partition in self.mine:
                # Answered no later than asked: an answer that was long on its way is that old.
                self.lanes[tp.partition].work.time.topics[tp.topic].asked(end, asked_at)
        self._sooner.set()

    # ---- plumbing ------------------------------------------------------------------------------------------

    def _lane(self, partition: int) -> Lane:
        """The lane of a partition: batches may flow before the assignment is announced."""
        lane = self.lanes.get(partition)
        if lane is None:
            lane = self.lanes[partition] = Lane(
                partition, self._work(partition), self._fatal, lambda: self.generation()
            )
            lane.changed = self._changed
        return lane

    def _changed(self, lane: Lane) -> None:
        wake, target = lane.work.next_wake(), self._sleeping_to
        if wake is not None and (target is None or wake < target):
            self._sooner.set()
        self._room.set()

    def _tps(self, partitions: Iterable[int]) -> list[TP]:
        return [TP(topic, partition) for partition in partitions for topic in INPUT_TOPICS]


def _by_partition(tps: Iterable[TP]) -> dict[int, set[str]]:
    topics: dict[int, set[str]] = {}
    for tp in tps:
        if tp.topic in INPUT_TOPICS:
            topics.setdefault(tp.partition, set()).add(tp.topic)
    for partition, given in topics.items():
        if missing := set(INPUT_TOPICS) - given:
            raise AssignmentError(
                f"partition {partition} came without its part of {', '.join(sorted(missing))}"
            )
    return topics


async def _wait(event: asyncio.Event, seconds: float | None) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
