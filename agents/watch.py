"""The watch agent: steps 1-7 of the design, for one partition. When each is done: streams/lanes.py."""

import logging
from dataclasses import dataclass, field
from typing import Any

from agents.border import Border
from agents.copying import feed_copies, open_clocks
from agents.merging import Ended, Merge, Taken, Waiting, companions
from agents.outbox import Outbox
from clocks.feeds import FEED, Feed
from clocks.saying import Said
from clocks.shard import Shard
from clocks.silence import FeedNews
from clocks.standard import Pack
from clocks.subject import Subject
from schemas.events import INPUT_TOPICS, KIND_TOPICS
from streams.clock import Clock, EventsClock
from streams.connection import Connection
from streams.ledger import Group, LedgerWriter
from streams.metrics import LaneCopy
from streams.observed import Observed
from streams.partition_time import PartitionTime
from streams.partitioning import partition_of
from streams.takeover import LedgerReader, take_over
from streams.transport import uptime_ms

log = logging.getLogger(__name__)
TOPIC_KINDS = {
    topic: tuple(kind for kind, topics in KIND_TOPICS.items() if topic in topics)
    for topics in KIND_TOPICS.values()
    for topic in topics
}
"""The kinds of subject whose time a topic's records move."""
FOLDED_AT_ONCE = 1_000
"""Events folded before others get their turn: some 20 ms."""
_FAR = 1 << 62


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What every partition of a worker shares; the pack's durations are already as the clock counts them."""

    connection: Connection
    app_id: str
    partitions: int
    pack: Pack
    clock: Clock
    feeds: tuple[Feed, ...] = ()
    observed: Observed = field(default_factory=Observed)


class PartitionWatch:
    """The shard of one partition, and everything that waits to be written or acknowledged."""

    def __init__(self, partition: int, setup: Setup) -> None:
        self.partition = partition
        self.setup = setup
        self.time = PartitionTime(setup.pack.settle)
        self.shard = self._new_shard()
        self.writer: LedgerWriter | None = None
        self._whole = False
        """Whether the shard is all that the ledger has: not while it is being restored, nor once it was dropped."""
        self._held_end: int | None = None
        self.outbox = Outbox()
        self._border = Border(partition, setup.partitions, setup.observed)
        self._next: dict[str, int] = {}
        self._held: set[str] = set()
        merges = {together: Merge(together, self.time) for together in map(companions, INPUT_TOPICS)}
        self._every_merge = tuple(merges.values())
        self._without_wall = isinstance(setup.clock, EventsClock)
        self._merges = {topic: merge for together, merge in merges.items() for topic in together}
        self._unfinished: Merge | None = None

    # ---- step 7: take over, and let go ---------------------------------------------------------------------

    async def take_over(self) -> None:
        """Fence the old owner, then bring the shard up to the ledger."""
        held_end, self._held_end = self._held_end, None
        setup = self.setup
        self.writer = LedgerWriter(setup.connection, setup.app_id, self.partition)
        async with LedgerReader(setup.connection, self.partition) as reader:
            taken = await take_over(self.writer, reader, held_end, self._restore, self.drop)
        self._whole = True
        self._look_ahead(KIND_TOPICS)
        if not taken.kept:
            setup.observed.taken_over(taken.seconds)
        log.info(
            "partition %s taken over: %s subjects, %s records read in %.2f s%s",
            *(self.partition, len(self.shard), taken.records, taken.seconds, ", kept" if taken.kept else ""),
        )

    def drop(self) -> None:
        """Forget the shard and all that waits: it is in the ledger, or will be read again."""
        self.shard = self._new_shard()
        self._whole, self._held_end = False, None
        self.outbox = Outbox()
        self._border.take_dead()
        self._next, self._held = {}, set()
        self.put_back()

    async def release(self) -> None:
        """Let the producer go; the shard is kept for its return where the ledger holds all of it."""
        writer, self.writer = self.writer, None
        if writer is None:
            return
        self._held_end = writer.end if self._whole and not self.pending() else None
        self._whole = False
        await writer.stop()

    def _restore(self, key: str, value: bytes) -> None:
        self.shard.restore(key, value)  # not the method itself: `drop` puts a fresh shard in its place first

    def _new_shard(self) -> Shard:
        """Every partition hears all feeds' heartbeats; one of them announces that they are missing."""
        setup = self.setup
        return Shard(
            setup.pack,
            setup.feeds,
            lambda feed: partition_of(feed.source, setup.partitions) == self.partition,
            parting=self._part,
        )

    def _part(self, name: str, subject: Subject) -> None:
        """Whoever follows the ledger must hear its last verdicts, also where catching up passes over them."""
        if self.shard.changed(name) or name in self.outbox.changed:
            self.outbox.parted.append((name, subject))

    # ---- steps 2-4: decode, fold, advance ------------------------------------------------------------------

    def fold(self, event: Any) -> None:
        """Take in one fetched batch, and fold what the other topics of its kind allow."""
        topic, batch = event.message.topic, event.value
        merge = self._merges[topic]
        events = self._border.events(batch.records, topic, self._wall(), self.shard)
        merge.add(topic, Waiting(event, batch.position, events))
        self._fold_ready(merge)

    def advance(self) -> None:
        """Fold and fire what was held back, as far as T5 allows now."""
        if self._unfinished is not None:
            return  # its lane goes on with it, a little at a time
        for merge in self._held_merges():
            self._fold_ready(merge)
        self._advance(KIND_TOPICS)

    def unfinished(self) -> bool:
        """Whether folding stopped only to give others their turn."""
        return self._unfinished is not None

    def go_on(self) -> None:
        """Fold some more of what was unfinished."""
        if self._unfinished is not None:
            self._fold_ready(self._unfinished)

    def forgetting(self) -> bool:
        """Whether there are subjects to be forgotten when there is nothing else to do (S8)."""
        return self.shard.forgetting

    def forget(self) -> None:
        """Forget some of them."""
        self.shard.forget()
        self._note([], ())
        self._look_ahead(KIND_TOPICS)

    def unfolded(self) -> dict[str, int]:
        """How many records of each topic wait for another topic."""
        return {topic: number for merge in self._held_merges() for topic, number in merge.held().items()}

    def put_back(self) -> None:
        """What waits unfolded will be read again."""
        self._unfinished = None
        for merge in self._every_merge:
            merge.clear()

    def _held_merges(self) -> list[Merge]:
        return [merge for merge in self._every_merge if merge]

    def _fold_ready(self, merge: Merge) -> None:
        """Steps 3 and 4 in turn: what was due before a record was made is said before it is folded."""
        kinds, wall = TOPIC_KINDS[merge.topics[0]], self._wall()
        taken: list[Taken] = []
        due = self._due_after(kinds)
        self._unfinished = None
        for number, each in enumerate(merge.ready(uptime_ms())):
            if isinstance(each, Ended):
                self._fold(taken, kinds, wall)
                self._end(each, taken)
                taken = []
                due = self._due_after(kinds)
                continue
            recorded = each[0].fact.recorded
            if recorded > due:
                self._fold(taken, kinds, wall)
                taken = []
                due = self._advance_before(recorded, kinds, wall)
            taken.append(each)
            if number >= FOLDED_AT_ONCE:
                self._unfinished = merge
                break
        self._fold(taken, kinds, wall)
        self._advance(kinds)

    def _advance_before(self, recorded: int, kinds: Any, wall: int | None) -> int:
        """Fires what is due before a record made at `recorded`; returns what is due next.

        All topics of the kinds have come to `recorded` (agents/merging.py), so their time has too (T5).
        """
        reached = (recorded - 1 if wall is None else min(recorded - 1, wall)) - self.setup.pack.settle
        for kind in kinds:
            said = self.shard.advance(kind, reached, wall)
            if said:
                self._note(said, (kind,))
        due = self._due_after(kinds)
        return due if due >= recorded else _FAR  # from ahead of the wall (T8): the next batch tries again

    def _end(self, ended: Ended, taken: list[Taken]) -> None:
        time = self.time.topics[ended.topic]
        latest = max((event.fact.recorded for event, _ in taken if event.topic == ended.topic), default=None)
        time.fold(ended.position, latest)
        self.outbox.folded.append(ended.message)
        self.setup.observed.events += len(ended.message.value.records)

    def _fold(self, taken: list[Taken], kinds: Any, said_at: int | None) -> None:
        """Step 3: histories change, verdicts are judged, differences noted."""
        if not taken:
            return
        if isinstance(clock := self.setup.clock, EventsClock):
            clock.heard(max(event.fact.recorded for event, _ in taken))
        said = self.shard.fold([event for event, _ in taken], said_at)
        self._note(said, kinds)
        self._border.park_too_late(taken, self.shard.take_too_late())
        for failure in self.shard.take_failures():
            log.error("subject %s cannot be judged", failure.subject, exc_info=failure.error)
            self._border.park_failed(taken, failure)

    def _advance(self, kinds: Any) -> None:
        """Step 4: move time as T5 has it, and fire what fell due."""
        wall, at = self._wall(), uptime_ms()
        for kind in kinds:
            reached = self.time.of_kind(kind, wall, at)
            self._note(self.shard.advance(kind, reached, wall), (kind,))
        self._look_ahead(kinds)

    def _note(self, said: list[Said], kinds: Any) -> None:
        self.outbox.changed.update(dict.fromkeys(self.shard.take_changed()))
        if self.shard.feeds:
            self._note_feeds(self.shard.feeds.take_news())
        if not said:
            return
        for each in said:
            self.setup.observed.stopped(each)
        news = [each for each in said if each.news is not None]
        if not news:
            return
        catching_up = any(self.time.topics[topic].behind() for kind in kinds for topic in KIND_TOPICS[kind])
        self.outbox.said += [(each, catching_up) for each in news]
        for each in news:
            self.setup.observed.announced(each, self.setup.pack, self.setup.clock)

    def _note_feeds(self, news: list[FeedNews]) -> None:
        for each in news:
            self.outbox.of_feeds.append((each, self.time.topics[each.feed.topic].behind()))
            self.setup.observed.news[each.news] += 1
            log.warning(
                "the feed %s: %s", each.feed.key.removeprefix(FEED), each.news.replace("feed.", "is ")
            )

    async def copy(self) -> LaneCopy:
        """What /metrics shows of this partition."""
        shard = self.shard
        opened = await open_clocks(shard.roll)
        wall, at = self._wall(), uptime_ms()
        topics = self.time.topics
        return LaneCopy(
            partition=self.partition,
            tallies=shard.roll.tallies.copy(),
            open=opened,
            times={name: self.time.of_topic(name, wall, at) for name in topics},
            lags={name: topic.lag() for name, topic in topics.items()},
            feeds=tuple(feed_copies(shard.feeds, self.setup.clock)),
        )

    # ---- when to look again --------------------------------------------------------------------------------

    def next_wake(self) -> int | None:
        """When, by the process's clock (ms), something is due next that T5 does not hold back."""
        return min(self._next.values(), default=None)

    def held_topics(self) -> list[str] | None:
        """None where nothing is held back; else the topics whose end must be asked (again)."""
        waiting = {kind for merge in self._held_merges() for kind in TOPIC_KINDS[merge.topics[0]]}
        held = self._held | waiting
        if not held:
            return None
        at = uptime_ms()
        return sorted({topic for kind in held for topic in self.time.stale(kind, at)})

    def _look_ahead(self, kinds: Any) -> None:
        now, settle = self.setup.clock.now(), self.setup.pack.settle
        for kind in kinds:
            self._next.pop(kind, None)
            self._held.discard(kind)
            moment = self._next_look(kind)
            if moment is None:
                continue
            if self._without_wall or moment + settle <= now:
                self._held.add(kind)
            else:
                self._next[kind] = moment + settle

    def _next_look(self, kind: str) -> int | None:
        """When time alone changes something: what fires, and by a clock also what is forgotten (S8)."""
        moment, leaving = self.shard.next_moment(kind), self.shard.next_leaving(kind)
        if self._without_wall or leaving >= _FAR:
            return moment
        return leaving if moment is None else min(moment, leaving)

    def _due_after(self, kinds: Any) -> int:
        """A record made after this (ms) tells that something is due."""
        moments = [moment for kind in kinds if (moment := self.shard.next_moment(kind)) is not None]
        return min(moments, default=_FAR) + self.setup.pack.settle

    def _wall(self) -> int | None:
        """The time, at which also everything is said; None for the clock `events`: said as it was recorded."""
        return None if self._without_wall else self.setup.clock.now()

    # ---- steps 5 and 6: write, acknowledge -----------------------------------------------------------------

    def backlog(self) -> int:
        """How many changed subjects wait to be written."""
        return len(self.outbox.changed)

    def pending(self) -> bool:
        """Whether anything is to be written or acknowledged."""
        return bool(self.outbox or self._border.dead)

    def urgent(self) -> bool:
        """Whether there is something to announce, or a good deal to write."""
        return self.outbox.urgent()

    async def write(self) -> None:
        """One transaction of all that changed, then the acknowledgement of what it came from."""
        if self.writer is None:
            return
        group, outbox = self._cut(self.writer)
        await self.writer.commit(group)
        outbox.acknowledge()
        self.setup.observed.committed(group.records)

    def _cut(self, writer: LedgerWriter) -> tuple[Group, Outbox]:
        """Step 5: cut and encoded with no await in between: a fold in the middle would part word and deed."""
        outbox, self.outbox = self.outbox, Outbox()
        group = writer.group()
        outbox.fill(group, self.shard, self.setup.pack)
        group.add_all(self._border.take_dead())
        return group, outbox
