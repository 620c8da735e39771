"""Stand-ins for the broker's side of one partition, which record what was asked of them and in which order."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder

from agents.watch import PartitionWatch, Setup
from schemas.times import format_time
from standards.loader import load_pack
from streams.clock import Clock
from streams.connection import Connection
from streams.ledger import Entry, Group
from streams.transport import Batch, uptime_ms

T0 = 1_760_000_000_000


class SetClock(Clock):
    """A wall clock that a test sets."""

    kind = "wall"

    def __init__(self, now: int = T0) -> None:
        self.set = now

    def now(self) -> int:
        return self.set


class OpenGroup(Group):
    """A group whose records a test can read."""

    def __init__(self) -> None:
        super().__init__(lambda: BatchBuilder(1_000_000, 0, is_transactional=1))
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        super().add(entry)
        self.entries.append(entry)


class RecordingWriter:
    """A ledger writer that commits to a list."""

    def __init__(self, log: list[Any], fails: Exception | None = None) -> None:
        self.log, self.fails = log, fails
        self.committed: list[list[Entry]] = []
        self.on_group: Callable[[], None] = lambda: None
        self.end: int | None = 0

    def group(self) -> OpenGroup:
        self.on_group()
        return OpenGroup()

    async def commit(self, group: OpenGroup) -> None:
        self.log.append("begin")
        await asyncio.sleep(0.01)
        if self.fails is not None:
            raise self.fails
        self.committed.append(group.entries)
        self.log.append("commit")


def setup(clock: Clock | None = None, partitions: int = 1) -> Setup:
    return Setup(
        connection=Connection(bootstrap="nowhere:1"),
        app_id="test",
        partitions=partitions,
        pack=load_pack("met-pledge-2009"),
        clock=clock or SetClock(),
    )


def watch(log: list[Any] | None = None, clock: Clock | None = None, partitions: int = 1) -> PartitionWatch:
    partition = PartitionWatch(0, setup(clock, partitions))
    partition.writer = RecordingWriter([] if log is None else log)  # type: ignore[assignment]
    return partition


_ids = iter(range(1_000_000))


def record(topic: str, kind: str, subject: str, at: int, recorded: int | None = None, **data: Any) -> Any:
    """A fetched record; `at` and `recorded` in ms after T0."""
    event = {
        "specversion": "1.0",
        "id": f"e{next(_ids)}",
        "source": "cad/test",
        "type": kind,
        "subject": subject,
    }
    event |= {"time": format_time(T0 + at), "data": data}
    event |= {} if recorded is None else {"recordedtime": format_time(T0 + recorded)}
    return raw(topic, json.dumps(event).encode(), subject)


def raw(topic: str, value: bytes | None, key: str = "CALL-1", offset: int = 0) -> Any:
    return SimpleNamespace(topic=topic, partition=0, offset=offset, key=key.encode(), value=value)


def deliver(
    partition: PartitionWatch, topic: str, *records: Any, log: list[Any] | None = None, name: str = ""
) -> Any:
    """A batch as Faust hands it over, after the transport told of it."""
    position = (partition.time.topics[topic].fetched or 0) + len(records)
    for offset, each in enumerate(records, position - len(records)):
        each.offset = offset
    number = partition.time.topics[topic].hand(position)

    def ack() -> None:
        if log is not None:
            log.append(f"ack {name}")

    return SimpleNamespace(
        value=Batch(records, position, number), message=SimpleNamespace(topic=topic, partition=0), ack=ack
    )


def at_end(partition: PartitionWatch, *topics: str) -> None:
    """The broker says that these topics have nothing more."""
    for topic in topics:
        time = partition.time.topics[topic]
        time.heard(time.fetched or 0, None, uptime_ms())
        time.asked(time.fetched or 0, uptime_ms())
