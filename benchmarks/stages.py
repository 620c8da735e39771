"""What each step of an event costs in one process: decode, judge, encode, write.

The same events as the backlog, one partition after the other, each topic in batches of its own as a worker fetches
and folds them. Processor time, for the machine may be busy with other things; the write's wall time beside it, since
it waits for the broker.
"""

import asyncio
import gc
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import partial
from itertools import islice
from typing import Any

from clocks.announcing import encoded
from clocks.saying import Said
from clocks.shard import Shard
from clocks.standard import Pack
from feeds.simulation.writing import Line
from schemas.decoding import decode
from schemas.events import INPUT_TOPICS, KIND_TOPICS
from schemas.facts import Event
from standards.loader import DEFAULT_PACK, load_pack
from streams.app import MAX_POLL_RECORDS
from streams.connection import Connection
from streams.lanes import BACKLOG
from streams.ledger import Entry, Group, LedgerWriter
from streams.partitioning import partition_of
from streams.topics import ALERTS, LEDGER

TOGETHER = 4 * MAX_POLL_RECORDS
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
    # A worker does not hold the backlog in memory: its collector has less to look at.
    gc.collect()
    gc.freeze()
    asyncio.run(_all(bootstrap, by_partition, spent))
    gc.unfreeze()
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
        self.judge = _Judge(self.shard, pack.settle)
        self.changed: dict[str, None] = {}
        self.news: list[Said] = []

    async def run(self, lines: list[Line]) -> None:
        for topic, batch in _batches(lines):
            events = self._timed("decode", partial(_decoded, topic, batch))
            said = self._timed("judge", partial(self.judge.fold, topic, events))
            self.changed.update(dict.fromkeys(self.shard.take_changed()))
            self.news += [each for each in said if each.news is not None]
            if len(self.changed) >= BACKLOG:
                await self._write()
        await self._write()

    async def _write(self) -> None:
        changed, self.changed, news, self.news = self.changed, {}, self.news, []
        entries = self._timed("encode", lambda: [*self._records(changed), *self._announcements(news)])
        wall = time.perf_counter()
        group = self._timed("write", partial(_grouped, self.writer, entries))
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


class _Judge:
    """Folds batches of one topic each, firing what falls due between their events, as the watch agent does."""

    def __init__(self, shard: Shard, settle: int) -> None:
        self.shard, self.settle = shard, settle
        self.times = dict.fromkeys(INPUT_TOPICS, 0)

    def fold(self, topic: str, events: list[Event]) -> list[Said]:
        kinds = [kind for kind, topics in KIND_TOPICS.items() if topic in topics]
        said: list[Said] = []
        taken: list[Event] = []
        due = self._due(kinds)
        for event in events:
            recorded = event.fact.recorded
            if recorded > due:
                said += self.shard.fold(taken) + self._advanced(topic, recorded, kinds)
                taken, ahead = [], self._due(kinds)
                due = ahead if ahead >= recorded else _FAR
            taken.append(event)
        return said + self.shard.fold(taken) + self._advanced(topic, events[-1].fact.recorded, kinds)

    def _advanced(self, topic: str, recorded: int, kinds: list[str]) -> list[Said]:
        times = self.times
        times[topic] = recorded
        said: list[Said] = []
        for kind in kinds:
            reached = min(times[each] for each in KIND_TOPICS[kind])
            said += self.shard.advance(kind, reached - 1 - self.settle)
        return said

    def _due(self, kinds: list[str]) -> int:
        moments = [moment for kind in kinds if (moment := self.shard.next_moment(kind)) is not None]
        return min(moments, default=_FAR) + self.settle


def _grouped(writer: LedgerWriter, entries: list[Entry]) -> Group:
    group = writer.group()
    group.add_all(entries)
    return group


def _decoded(topic: str, batch: list[Line]) -> list[Event]:
    return [decode(line.value, topic) for line in batch]


def _batches(lines: list[Line]) -> Iterator[tuple[str, list[Line]]]:
    """The lines by topic, no topic far ahead of the others."""
    rest = iter(lines)
    while together := list(islice(rest, TOGETHER)):
        for topic in INPUT_TOPICS:
            batch = [line for line in together if line.topic == topic]
            for start in range(0, len(batch), MAX_POLL_RECORDS):
                yield topic, batch[start : start + MAX_POLL_RECORDS]
