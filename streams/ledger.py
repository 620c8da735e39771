"""Step 5, write: one transactional producer a partition, and the groups of records it commits whole."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from aiokafka import AIOKafkaProducer

from schemas.errors import PledgeWatchError
from streams.connection import Connection
from streams.topics import LEDGER

TRANSACTION_TIMEOUT_MS = 10_000
"""How long the broker waits for a dead owner's open transaction: readers of the partition wait as long."""
MAX_BATCH_BYTES = 1_000_000
"""Just under what a broker takes in one batch by default."""
Header = tuple[str, bytes]


class RecordTooLargeError(PledgeWatchError):
    """A record that no batch can hold.

    Operator action: none should exist, histories are capped; report the subject that the message names.
    """


class Entry(NamedTuple):
    """One record to be written; `value` None is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: Sequence[Header] = ()


class Group:
    """What one transaction writes, encoded: filled without an await, then sent as it is."""

    def __init__(self, new_batch: Callable[[], Any]) -> None:
        self._new_batch = new_batch
        self.batches: list[tuple[str, Any]] = []
        self._open: dict[str, Any] = {}
        self.records = 0

    def add(self, entry: Entry) -> None:
        """Encodes a record; RecordTooLargeError where even an empty batch refuses it."""
        batch = self._open.get(entry.topic) or self._start(entry.topic)
        if self._append(batch, entry) is None and self._append(self._start(entry.topic), entry) is None:
            size = len(entry.value or b"")
            raise RecordTooLargeError(
                f"{entry.topic}: the record {entry.key!r} of {size} bytes fits no batch"
            )
        self.records += 1

    def add_all(self, entries: Iterable[Entry]) -> None:
        """Encodes records in order."""
        for entry in entries:
            self.add(entry)

    def _start(self, topic: str) -> Any:
        batch = self._open[topic] = self._new_batch()
        self.batches.append((topic, batch))
        return batch

    def _append(self, batch: Any, entry: Entry) -> Any:
        return batch.append(timestamp=None, key=entry.key, value=entry.value, headers=list(entry.headers))


class LedgerWriter:
    """The writer of one partition. Starting it fences whoever wrote there before (step 7a)."""

    def __init__(self, connection: Connection, app_id: str, partition: int) -> None:
        self.partition = partition
        self.end: int | None = None
        """The ledger's end offset as our last commit left it; None before one is known."""
        self._producer = AIOKafkaProducer(
            **connection.asyncio_options(),
            transactional_id=f"{app_id}-{partition}",
            transaction_timeout_ms=TRANSACTION_TIMEOUT_MS,
            max_batch_size=MAX_BATCH_BYTES,
            compression_type="snappy",  # aiokafka's lz4 runs at level 9, twenty times slower
            linger_ms=0,
        )

    async def start(self) -> None:
        """Takes the partition's transactional id: the old owner is fenced, its open transaction aborted."""
        await self._producer.start()

    def group(self) -> Group:
        """An empty group, to be filled and committed before the next one."""
        return Group(self._producer.create_batch)

    async def commit(self, group: Group) -> None:
        """Writes a group whole or not at all; ProducerFenced where the partition has a newer owner."""
        if not group.batches:
            return
        await self._producer.begin_transaction()
        sent = [await self._send(topic, batch) for topic, batch in group.batches]
        # A commit does not look at its batches: one that failed must be heard of before.
        written = await asyncio.gather(*sent)
        await self._producer.commit_transaction()
        self._note_end(group, written)

    async def stop(self) -> None:
        """Closes the producer; what is uncommitted is left to the next owner to abort."""
        await self._producer.stop()

    async def _send(self, topic: str, batch: Any) -> Any:
        return await self._producer.send_batch(batch, topic, partition=self.partition)

    def _note_end(self, group: Group, written: list[Any]) -> None:
        for (topic, batch), told in zip(group.batches, written, strict=True):
            if topic == LEDGER:
                # The commit's marker takes the offset after the last record.
                self.end = told.offset + batch.record_count() + 1 if told.offset >= 0 else None
