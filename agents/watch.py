"""The watch agent: steps 1-7 of the design, for one partition. When each is done: streams/lanes.py."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from agents.dead_letters import dead_letter
from clocks.announcing import encoded
from clocks.roll import open_clock
from clocks.saying import Said
from clocks.shard import Shard
from clocks.standard import Pack
from schemas.decoding import check_future, decode
from schemas.errors import Refused
from schemas.events import HEARTBEAT, KIND_TOPICS
from schemas.facts import Event
from streams.clock import Clock, EventsClock
from streams.connection import Connection
from streams.ledger import Entry, Group, LedgerWriter
from streams.metrics import LaneCopy
from streams.observed import Observed
from streams.partition_time import PartitionTime
from streams.partitioning import partition_of
from streams.takeover import LedgerReader, take_over
from streams.topics import ALERTS, LEDGER
from streams.transport import uptime_ms

log = logging.getLogger(__name__)
TOPIC_KINDS = {
    topic: tuple(kind for kind, topics in KIND_TOPICS.items() if topic in topics)
    for topics in KIND_TOPICS.values()
    for topic in topics
}
"""The kinds of subject whose time a topic's records move."""
COPIED_AT_ONCE = 1_000
"""Open clocks copied for /metrics before others get their turn: some 2 ms."""
MANY = 500
"""Changed subjects that are worth a transaction by themselves."""
_FAR = 1 << 62


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What every partition of a worker shares; the pack's durations are already as the clock counts them."""

    connection: Connection
    app_id: str
    partitions: int
    pack: Pack
    clock: Clock
    observed: Observed = field(default_factory=Observed)


class PartitionWatch:
    """The shard of one partition, and everything that waits to be written or acknowledged."""

    def __init__(self, partition: int, setup: Setup) -> None:
        self.partition = partition
        self.setup = setup
        self.time = PartitionTime(setup.pack.settle)
        self.shard = Shard(setup.pack)
        self.writer: LedgerWriter | None = None
        self._held_end: int | None = None
        self._changed: dict[str, None] = {}
        self._said: list[tuple[Said, bool]] = []
        self._dead: list[Entry] = []
        self._folded: list[Any] = []
        self._next: dict[str, int] = {}
        self._held: set[str] = set()

    # ---- step 7: take over, and let go ---------------------------------------------------------------------

    async def take_over(self) -> None:
        """Fence the old owner, then bring the shard up to the ledger."""
        held_end, self._held_end = self._held_end, None
        setup = self.setup
        self.writer = LedgerWriter(setup.connection, setup.app_id, self.partition)
        async with LedgerReader(setup.connection, self.partition) as reader:
            taken = await take_over(self.writer, reader, held_end, self._restore, self.drop)
        self._look_ahead(KIND_TOPICS)
        log.info(
            "partition %s taken over: %s subjects, %s records read in %.2f s%s",
            *(self.partition, len(self.shard), taken.records, taken.seconds, ", kept" if taken.kept else ""),
        )

    def drop(self) -> None:
        """Forget the shard and all that waits: it is in the ledger, or will be read again."""
        self.shard = Shard(self.setup.pack)
        self._held_end = None
        self._changed, self._said, self._dead, self._folded = {}, [], [], []
        self._next, self._held = {}, set()

    async def release(self) -> None:
        """Let the producer go; the shard is kept for its return where the ledger holds all of it."""
        writer, self.writer = self.writer, None
        if writer is None:
            return
        self._held_end = None if self.pending() else writer.end
        await writer.stop()

    def _restore(self, key: str, value: bytes) -> None:
        if "/" not in key:  # tallies and feeds stand beside the subjects
            self.shard.restore(key, value)

    # ---- steps 2-4: decode, fold, advance ------------------------------------------------------------------

    def fold(self, event: Any) -> None:
        """Take in one fetched batch, firing what fell due between its records."""
        topic, batch = event.message.topic, event.value
        kinds, time = TOPIC_KINDS[topic], self.time.topics[topic]
        wall = self.setup.clock.now()
        taken: list[tuple[Event, Any]] = []
        due = self._due_after(kinds)
        for record in batch.records:
            try:
                decoded = self._decode(record, topic, wall)
            except Refused as refused:
                self._park(record, refused)
                continue
            recorded = decoded.fact.recorded
            if recorded > due:  # what was due before this record was made is said before it is folded
                self._fold(taken, kinds)
                taken = []
                time.fold(batch.records[0].offset, recorded)
                self._advance(kinds)
                # What another topic's backlog holds back is not tried again before the next batch.
                ahead = self._due_after(kinds)
                due = ahead if ahead >= recorded else _FAR
            taken.append((decoded, record))
        time.fold(batch.position, max((each.fact.recorded for each, _ in taken), default=None))
        self._fold(taken, kinds)
        self._advance(kinds)
        self._folded.append(event)
        self.setup.observed.events += len(batch.records)

    def advance(self) -> None:
        """Fire what is due in every kind, as far as T5 allows."""
        self._advance(KIND_TOPICS)

    def _decode(self, record: Any, topic: str, wall: int) -> Event:
        """Step 2: bytes to an event; Refused says why it goes to the dead letters."""
        if record.value is None:
            raise Refused("not-json", "", "the record has no value")
        event = decode(record.value, topic)
        # Without a wall a record is compared with its own recording (T8).
        check_future(event, event.fact.recorded if self._without_wall else wall)
        if event.subject not in self.shard and event.fact.type != HEARTBEAT:
            self._check_partition(event.subject)
        return event

    def _check_partition(self, subject: str) -> None:
        right = partition_of(subject, self.setup.partitions)
        if right != self.partition:
            raise Refused("wrong-partition", "subject", f"{subject} belongs on partition {right} (murmur2)")

    def _park(self, record: Any, refused: Refused) -> None:
        self._dead.append(dead_letter(record, refused))
        self.setup.observed.dead_letters[record.topic, refused.reason] += 1

    def _fold(self, taken: list[tuple[Event, Any]], kinds: Any) -> None:
        """Step 3: histories change, verdicts are judged, differences noted."""
        if not taken:
            return
        if isinstance(clock := self.setup.clock, EventsClock):
            clock.heard(max(event.fact.recorded for event, _ in taken))
        said = self.shard.fold([event for event, _ in taken], self._said_at())
        self._note(said, kinds)
        for failure in self.shard.take_failures():
            log.error("subject %s cannot be judged", failure.subject, exc_info=failure.error)
            refused = Refused("judge-failed", "", repr(failure.error))
            for record in [record for event, record in taken if event.subject == failure.subject]:
                self._park(record, refused)

    def _advance(self, kinds: Any) -> None:
        """Step 4: move time as T5 has it, and fire what fell due."""
        wall, at = self._wall(), uptime_ms()
        for kind in kinds:
            reached = self.time.of_kind(kind, wall, at)
            self._note(self.shard.advance(kind, reached, self._said_at()), (kind,))
        self._look_ahead(kinds)

    def _note(self, said: list[Said], kinds: Any) -> None:
        self._changed.update(dict.fromkeys(self.shard.take_changed()))
        for each in said:
            self.setup.observed.stopped(each)
        news = [each for each in said if each.news is not None]
        if not news:
            return
        catching_up = any(self.time.topics[topic].behind() for kind in kinds for topic in KIND_TOPICS[kind])
        self._said += [(each, catching_up) for each in news]
        for each in news:
            self.setup.observed.announced(each, self.setup.pack, self.setup.clock)

    async def copy(self) -> LaneCopy:
        """What /metrics shows of this partition, copied a little at a time."""
        roll, opened = self.shard.roll, []
        for number, held in enumerate(roll.held()):
            opened.append(open_clock(*held))
            if number % COPIED_AT_ONCE == COPIED_AT_ONCE - 1:
                await asyncio.sleep(0)
        wall, at = self._wall(), uptime_ms()
        topics = self.time.topics
        return LaneCopy(
            partition=self.partition,
            tallies=roll.tallies.copy(),
            open=tuple(opened),
            times={name: self.time.of_topic(name, wall, at) for name in topics},
            lags={name: topic.lag() for name, topic in topics.items()},
        )

    # ---- when to look again --------------------------------------------------------------------------------

    def next_wake(self) -> int | None:
        """When, by the process's clock (ms), something is due next that T5 does not hold back."""
        return min(self._next.values(), default=None)

    def held_topics(self) -> list[str] | None:
        """None where nothing is held back; else the topics whose end must be asked (again)."""
        if not self._held:
            return None
        at = uptime_ms()
        return sorted({topic for kind in self._held for topic in self.time.stale(kind, at)})

    def _look_ahead(self, kinds: Any) -> None:
        now, settle = self.setup.clock.now(), self.setup.pack.settle
        for kind in kinds:
            self._next.pop(kind, None)
            self._held.discard(kind)
            moment = self.shard.next_moment(kind)
            if moment is None:
                continue
            if self._without_wall or moment + settle <= now:
                self._held.add(kind)
            else:
                self._next[kind] = moment + settle

    def _due_after(self, kinds: Any) -> int:
        """A record made after this (ms) tells that something is due."""
        moments = [moment for kind in kinds if (moment := self.shard.next_moment(kind)) is not None]
        return min(moments, default=_FAR) + self.setup.pack.settle

    @property
    def _without_wall(self) -> bool:
        return isinstance(self.setup.clock, EventsClock)

    def _wall(self) -> int | None:
        return None if self._without_wall else self.setup.clock.now()

    def _said_at(self) -> int | None:
        return None if self._without_wall else self.setup.clock.now()

    # ---- steps 5 and 6: write, acknowledge -----------------------------------------------------------------

    def backlog(self) -> int:
        """How many changed subjects wait to be written."""
        return len(self._changed)

    def pending(self) -> bool:
        """Whether anything is to be written or acknowledged."""
        return bool(self._changed or self._said or self._dead or self._folded)

    def urgent(self) -> bool:
        """Whether there is something to announce, or a good deal to write."""
        return bool(self._said) or len(self._changed) >= MANY

    async def write(self) -> None:
        """One transaction of all that changed, then the acknowledgement of what it came from."""
        if self.writer is None:
            return
        group, folded = self._cut(self.writer)
        await self.writer.commit(group)
        acknowledge(folded)
        self.setup.observed.committed(group.records)

    def _cut(self, writer: LedgerWriter) -> tuple[Group, list[Any]]:
        """Step 5: cut and encoded with no await in between: a fold in the middle would part word and deed."""
        changed, said, dead, folded = self._changed, self._said, self._dead, self._folded
        self._changed, self._said, self._dead, self._folded = {}, [], [], []
        group, pack = writer.group(), self.setup.pack
        group.add_all(Entry(LEDGER, name.encode(), self.shard.save(name)) for name in changed)
        group.add_all(
            Entry(ALERTS, each.clock.encode(), encoded(each, pack, settle=pack.settle, catching_up=behind))
            for each, behind in said
        )
        group.add_all(dead)
        return group, folded


def acknowledge(folded: list[Any]) -> None:
    """Step 6: in the order of folding; Faust takes the offsets inside a batch as a gap already done."""
    for event in folded:
        event.ack()
