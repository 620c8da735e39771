"""Step 7, take over: fence the old owner, then ask where the ledger ends, then read it up to there."""

import asyncio
import gc
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.connection import Connection
from streams.ledger import LedgerWriter
from streams.topics import LEDGER

Restore = Callable[[str, bytes], None]
READ_RECORDS = 10_000
"""How many ledger records are fetched at once."""
RESTORE_RECORDS = 400
"""How many subjects are restored before other partitions get their turn: some 10 ms."""


class Taken(NamedTuple):
    """What taking over found; `kept` where the shard held was still the ledger's state."""

    records: int
    kept: bool
    seconds: float


async def take_over(
    writer: LedgerWriter,
    reader: "LedgerReader",
    held_end: int | None,
    restore: Restore,
    fresh: Callable[[], None],
) -> Taken:
    """Makes `writer` the owner of its partition and brings its shard up to the ledger.

    `held_end` is the ledger's end as a shard still held left it, None where none is held; `fresh` empties the
    shard before `restore` is called for each record. Restoring before fencing would miss what the old owner
    commits in between.
    """
    began = time.monotonic()
    await writer.start()  # (a)
    end = await reader.end()  # (b)
    writer.end = end
    kept = held_end is not None and held_end == end
    records = 0
    if not kept:
        fresh()
        records = await reader.read(end, restore)  # (c)
        gc.freeze()  # a full collection over a million subjects would stop alerts for a fifth of a second
    return Taken(records, kept, time.monotonic() - began)


class LedgerReader:
    """Reads one partition of the ledger, committed records only."""

    def __init__(self, connection: Connection, partition: int) -> None:
        self._partition = TopicPartition(LEDGER, partition)
        self._consumer = AIOKafkaConsumer(
            **connection.consumer_options(),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_partition_fetch_bytes=4 * 1024 * 1024,
            fetch_max_wait_ms=100,
        )

    async def __aenter__(self) -> "LedgerReader":
        await self._consumer.start()
        self._consumer.assign([self._partition])
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._consumer.stop()

    async def end(self) -> int:
        """The ledger's end offset as the broker says now."""
        ends = await self._consumer.end_offsets([self._partition])
        return int(ends[self._partition])

    async def read(self, end: int, restore: Restore) -> int:
        """Hands the latest record of every key below `end` to `restore`; how many records were read."""
        latest: dict[bytes, bytes] = {}
        records = 0
        await self._consumer.seek_to_beginning(self._partition)
        # By position: the last record before a transaction's marker is not at the end offset less one.
        while await self._consumer.position(self._partition) < end:
            fetched = await self._consumer.getmany(timeout_ms=200, max_records=READ_RECORDS)
            for record in fetched.get(self._partition, ()):
                records += 1
                _keep_latest(latest, record)
        await _restore_all(latest, restore)
        return records


def _keep_latest(latest: dict[bytes, bytes], record: Any) -> None:
    """What compaction has not got to yet is left out; a tombstone forgets its key."""
    if record.value is None:
        latest.pop(record.key, None)
    else:
        latest[record.key] = record.value


async def _restore_all(latest: dict[bytes, bytes], restore: Restore) -> None:
    keys = list(latest)
    for number, key in enumerate(keys):
        restore(key.decode(), latest.pop(key))
        if number % RESTORE_RECORDS == RESTORE_RECORDS - 1:
            await asyncio.sleep(0)
