"""One queue and one task a partition: a partition being restored holds up no other.

A lane carries one partition from its take-over (step 7) through folding (2-4) and writing (5-6) to its release.
What is done in it is its `Work`; when, is decided here.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka.errors import ProducerFenced

from streams.partition_time import PartitionTime

ROOM = 8_000
"""Records a partition may hold unfolded before no more are fetched for it."""
BACKLOG = 4_000
"""Changed subjects that may wait for the writer before folding waits: some 20 ms of encoding."""
LINGER = 0.15
"""Seconds that changes may gather before they are written, where no announcement is among them."""
RELEASE_WITHIN = 8.0
"""Seconds a revoked partition has to finish its writing; a rebalance waits that long."""
FENCED_GRACE = 30.0
"""Seconds in which the group must take away a partition whose producer was fenced."""
log = logging.getLogger(__name__)


class Work(Protocol):
    """What is done with one partition. Only `take_over`, `write` and `release` may await."""

    time: PartitionTime

    async def take_over(self) -> None:
        """Become the partition's owner, with the ledger's state (step 7)."""

    def fold(self, event: Any) -> None:
        """Take in one fetched batch (steps 2-4)."""

    def advance(self) -> None:
        """Fire what is due, as far as T5 allows (step 4)."""

    def next_wake(self) -> int | None:
        """When, by the process's clock (ms), something is due next that T5 does not hold back."""

    def held_topics(self) -> list[str] | None:
        """None where nothing is held back; else the topics whose end must be asked (again) first."""

    def backlog(self) -> int:
        """How many changed subjects wait to be written."""

    def pending(self) -> bool:
        """Whether anything is to be written or acknowledged."""

    def urgent(self) -> bool:
        """Whether somebody waits for what is pending."""

    async def write(self) -> None:
        """Write and acknowledge all that is pending, in one transaction (steps 5-6)."""

    async def release(self) -> None:
        """Let the partition's producer go."""

    def drop(self) -> None:
        """Forget the shard."""


class Lane:
    """One partition of this worker."""

    def __init__(self, partition: int, work: Work, fatal: Callable[[BaseException], None]) -> None:
        self.partition = partition
        self.work = work
        self.open = False
        self.unfolded = 0
        self.changed: Callable[[Lane], None] = lambda lane: None
        """Called when deadlines or room may have changed."""
        self._fatal = fatal
        self._inbox: deque[Any] = deque()
        self._arrived, self._to_write, self._urgent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._revoked = asyncio.Event()
        self._writing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    def deliver(self, event: Any) -> None:
        """Queue a fetched batch; never waits."""
        self._inbox.append(event)
        self.unfolded += len(event.value.records)
        self._arrived.set()

    def start(self) -> None:
        """Take the partition over, then let its batches and deadlines go."""
        self._revoked.clear()
        self._tasks = [asyncio.create_task(self._run(), name=f"lane-{self.partition}")]

    def wake_writer(self) -> None:
        """Something may be pending."""
        if self.work.pending():
            self._to_write.set()
        if self.work.urgent():
            self._urgent.set()

    async def stop(self) -> None:
        """Finish the writing, release the producer; the shard stays as the ledger has it, or is dropped."""
        self.open = False
        self._revoked.set()
        self._inbox.clear()  # Faust reads them again: they are not acknowledged
        self.unfolded = 0
        self.work.time.forget()
        try:
            async with asyncio.timeout(RELEASE_WITHIN):
                await self._write_pending()  # after the group in flight
        except (TimeoutError, ProducerFenced) as unfinished:
            log.warning("partition %s was dropped before it was written: %r", self.partition, unfinished)
            self.work.drop()
        except Exception as failure:
            self._fatal(failure)
        finally:
            await self._cancel()
        await self.work.release()

    async def _write_pending(self) -> None:
        async with self._writing:
            if self.work.pending():
                await self.work.write()

    async def _cancel(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self.work.take_over()
            if self._revoked.is_set():
                return
            self.open = True  # (d) of step 7
            self._tasks.append(asyncio.create_task(self._write(), name=f"writer-{self.partition}"))
            self.changed(self)
            await self._fold()
        except Exception as failure:
            self._fatal(failure)

    async def _fold(self) -> None:
        while True:
            while self._inbox and self.work.backlog() < BACKLOG:
                event = self._inbox.popleft()
                self.work.fold(event)
                self.unfolded -= len(event.value.records)
                self.wake_writer()
                self.changed(self)
                await asyncio.sleep(0)
            self._arrived.clear()
            if not self._inbox or self.work.backlog() >= BACKLOG:
                await self._arrived.wait()

    async def _write(self) -> None:
        while True:
            await self._to_write.wait()
            await self._gather()
            self._to_write.clear()
            self._urgent.clear()
            try:
                await self._write_pending()
            except ProducerFenced as fenced:
                await self._fenced(fenced)
                return
            except Exception as failure:
                self._fatal(failure)
            self._arrived.set()  # there is room for folding again

    async def _gather(self) -> None:
        """What nobody waits for gathers a while: fewer transactions, and less in the way of an alert."""
        # Not wait_for: until Python 3.12 it swallows a cancellation that comes with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                await self._urgent.wait()

    async def _fenced(self, fenced: ProducerFenced) -> None:
        """Another worker has the partition: quiet where the group agrees, else the end of this process."""
        self.open = False
        log.warning("partition %s has a newer owner; waiting for the group to take it away", self.partition)
        self.work.drop()
        try:
            async with asyncio.timeout(FENCED_GRACE):
                await self._revoked.wait()
        except TimeoutError:
            self._fatal(fenced)
