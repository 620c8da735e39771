"""What each step of an event costs in one process: decode, judge, encode, write.

The same events as the backlog, a partition after the other in order of recording, in batches as a worker folds
them. Processor time, for the machine may be busy with other things; the write's wall time beside it, since it waits
for the broker.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from clocks.announcing import encoded
from clocks.saying import Said
from clocks.shard import Shard
from clocks.standard import Pack
from feeds.simulation.writing import Line
from schemas.decoding import decode
from schemas.events import KIND_TOPICS
from schemas.facts import Event
from standards.loader import DEFAULT_PACK, load_pack
from streams.app import MAX_POLL_RECORDS
from streams.connection import Connection
from streams.lanes import BACKLOG
from streams.ledger import Entry, Group, LedgerWriter
from streams.partitioning import partition_of
from streams.topics import ALERTS, LEDGER

_FAR = 1 << 62


@dataclass
class Stages:
    """Microseconds an event."""

    decode: float = 0.0
    judge: float = 0.0
    encode: float = 0.0
    write: float = 0.0
    write_wall: float = 0.0

    def scaled(self, factor: float) -> "Stages":
        """Every figure times `factor`."""
        return Stages(*(getattr(self, field.name) * factor for field in fields(self)))

    @property
    def all(self) -> float:
        """The processor time of the four together."""
        return self.decode + self.judge + self.encode + self.write


def measure(bootstrap: str, partitions: int, lines: list[Line]) -> Stages:
    """One pass over the events; the topics a worker writes are written, its input topics are not read."""
    by_partition: dict[int, list[Line]] = defaultdict(list)
    for line in lines:
        by_partition[partition_of(line.key, partitions)].append(line)
    spent = Stages()
    asyncio.run(_all(bootstrap, by_partition, spent))
    return spent.scaled(1e6 / len(lines))


async def _all(bootstrap: str, by_partition: dict[int, list[Line]], spent: Stages) -> None:
    pack = load_pack(DEFAULT_PACK)
    for partition, lines in by_partition.items():
        writer = LedgerWriter(Connection(bootstrap=bootstrap), f"bench-{time.time_ns()}", partition)
        await writer.start()
        await _Pipeline(pack, writer, spent).run(lines)
        await writer.stop()


class _Pipeline:
    """One partition's events through the four steps."""

    def __init__(self, pack: Pack, writer: LedgerWriter, spent: Stages) -> None:
        self.pack, self.shard, self.writer, self.spent = pack, Shard(pack), writer, spent
        self.changed: dict[str, None] = {}
        self.news: list[Said] = []

    async def run(self, lines: list[Line]) -> None:
        for batch in _batches(lines, MAX_POLL_RECORDS):
            events = self._timed(
                "decode", lambda batch=batch: [decode(line.value, line.topic) for line in batch]
            )
            said = self._timed("judge", lambda events=events: judged(self.shard, events, self.pack.settle))
            self.changed.update(dict.fromkeys(self.shard.take_changed()))
            self.news += [each for each in said if each.news is not None]
            if len(self.changed) >= BACKLOG:
                await self._write()
        await self._write()

    async def _write(self) -> None:
        changed, self.changed, news, self.news = self.changed, {}, self.news, []
        entries = self._timed("encode", lambda: [*self._records(changed), *self._announcements(news)])
        wall = time.perf_counter()
        group = self._timed("write", lambda: _grouped(self.writer, entries))
        used = time.process_time()
        await self.writer.commit(group)
        self.spent.write += time.process_time() - used
        self.spent.write_wall += time.perf_counter() - wall

    def _records(self, changed: dict[str, None]) -> list[Entry]:
        return [Entry(LEDGER, name.encode(), self.shard.save(name)) for name in changed]

    def _announcements(self, news: list[Said]) -> list[Entry]:
        settle = self.pack.settle
        return [Entry(ALERTS, each.clock.encode(), encoded(each, self.pack, settle=settle)) for each in news]

    def _timed(self, stage: str, do: Callable[[], Any]) -> Any:
        used = time.process_time()
        done = do()
        setattr(self.spent, stage, getattr(self.spent, stage) + time.process_time() - used)
        return done


def judged(shard: Shard, events: list[Event], settle: int) -> list[Said]:
    """Folds a batch, firing what fell due between its events, as the watch agent does."""
    said: list[Said] = []
    taken: list[Event] = []
    due = _next(shard) + settle
    for event in events:
        recorded = event.fact.recorded
        if recorded > due:
            said += shard.fold(taken)
            taken = []
            said += shard.advance_all(recorded - 1 - settle)
            due = _next(shard) + settle
        taken.append(event)
    said += shard.fold(taken)
    return said + shard.advance_all(events[-1].fact.recorded - 1 - settle)


def _next(shard: Shard) -> int:
    moments = [moment for kind in KIND_TOPICS if (moment := shard.next_moment(kind)) is not None]
    return min(moments, default=_FAR)


def _grouped(writer: LedgerWriter, entries: list[Entry]) -> Group:
    group = writer.group()
    group.add_all(entries)
    return group


def _batches(lines: list[Line], size: int) -> Iterator[list[Line]]:
    rest = iter(lines)
    while batch := list(islice(rest, size)):
        yield batch
