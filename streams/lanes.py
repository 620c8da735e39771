"""One queue and one task a partition: a partition being restored holds up no other.

A lane carries one partition from its take-over (step 7) through folding (2-4) and writing (5-6) to its release.
What is done in it is its `Work`; when, is decided here.
"""

import asyncio
import contextlib
import logging
from collections import Counter, deque
from collections.abc import Callable
from typing import Any, Protocol

from aiokafka.errors import ProducerFenced

from schemas.errors import PledgeWatchError
from streams.partition_time import PartitionTime

ROOM = 4_000
"""Records of one topic a partition may hold unfolded before no more of it are fetched."""
BACKLOG = 4_000
"""Changed subjects that may wait for the writer before folding waits: some 20 ms of encoding."""
LINGER = 0.15
"""Seconds that changes may gather before they are written, where no announcement is among them."""
RELEASE_WITHIN = 8.0
"""Seconds a revoked partition has to finish its writing; a rebalance waits that long."""
FENCED_GRACE = 30.0
"""Seconds in which the group must take away a partition whose producer was fenced."""
log = logging.getLogger(__name__)


class LostBatchError(PledgeWatchError):
    """A fetched batch did not reach its lane.

    Operator action: none, the worker ends and reads again what it had not acknowledged; report it.
    """


class Work(Protocol):
    """What is done with one partition. Only `take_over`, `write` and `release` may await."""

    time: PartitionTime

    async def take_over(self) -> None:
        """Become the partition's owner, with the ledger's state (step 7)."""

    def fold(self, event: Any) -> None:
        """Take in one fetched batch (steps 2-4)."""

    def advance(self) -> None:
        """Fold and fire what was held back, as far as T5 allows now (steps 3-4)."""

    def unfinished(self) -> bool:
        """Whether folding stopped only to give others their turn."""

    def go_on(self) -> None:
        """Fold some more of what was unfinished."""

    def forgetting(self) -> bool:
        """Whether there are subjects to be forgotten when there is nothing else to do (S8)."""

    def forget(self) -> None:
        """Forget some of them."""

    def unfolded(self) -> dict[str, int]:
        """How many records of each topic were taken in and wait for another topic."""

    def put_back(self) -> None:
        """Forget what was taken in and not folded: it will be read again."""

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

    def __init__(
        self,
        partition: int,
        work: Work,
        fatal: Callable[[BaseException], None],
        generation: Callable[[], int] = lambda: 0,
    ) -> None:
        self.partition = partition
        self.work = work
        self.open = False
        self._queued: Counter[str] = Counter()
        self._numbers: Counter[str] = Counter()
        self.changed: Callable[[Lane], None] = lambda lane: None
        """Called when deadlines or room may have changed."""
        self._fatal, self._generation = fatal, generation
        self._inbox: deque[Any] = deque()
        self._arrived, self._to_write, self._urgent = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._revoked = asyncio.Event()
        self._writing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    def deliver(self, event: Any) -> None:
        """Queue a fetched batch; never waits."""
        self._inbox.append(event)
        self._queued[event.message.topic] += len(event.value.records)
        self._arrived.set()

    def unfolded(self) -> Counter[str]:
        """How many records of each topic were fetched and are not folded."""
        return self._queued + Counter(self.work.unfolded())

    def start(self) -> None:
        """Take the partition over, then let its batches and deadlines go."""
        self._revoked.clear()
        self._tasks = [asyncio.create_task(self._run(), name=f"lane-{self.partition}")]

    def wake(self) -> None:
        """Something may be to be folded or written."""
        if self.work.unfinished() or self.work.forgetting():
            self._arrived.set()
        self.wake_writer()

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
        self._queued.clear()
        self._numbers.clear()
        self.work.put_back()
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
            while self._more() and self.work.backlog() < BACKLOG:
                self._fold_some()
                self.wake_writer()
                self.changed(self)
                await asyncio.sleep(0)
            self._arrived.clear()
            if not self._more() or self.work.backlog() >= BACKLOG:
                await self._arrived.wait()

    def _more(self) -> bool:
        return self.open and (bool(self._inbox) or self.work.unfinished() or self.work.forgetting())

    def _fold_some(self) -> None:
        if self.work.unfinished():
            self.work.go_on()
            return
        if not self._inbox:
            self.work.forget()
            return
        event = self._inbox.popleft()
        self._queued[event.message.topic] -= len(event.value.records)
        if event.message.generation_id == self._generation():
            self._check_number(event.message.topic, event.value.number)
            self.work.fold(event)
        # Else it was on its way when the partition was taken away: acknowledging it would skip those before it.

    def _check_number(self, topic: str, number: int) -> None:
        """A batch that does not follow its predecessor must not be acknowledged: the commit would skip one."""
        self._numbers[topic] += 1
        if number != self._numbers[topic]:
            raise LostBatchError(f"{topic}/{self.partition}: batch {number} came, not {self._numbers[topic]}")

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
