"""The board agent: follows the ledger from its beginning, and writes the board's view to Redis as it changes."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from agents.board_figures import Figures, Titles
from agents.board_health import Progress, Signs, judge_watch
from agents.board_ledger import BoardLedger, Difference
from agents.feed_states import State, states_of
from alerting.ending import ending
from board.now import FeedNow, Following, Health, StandardNow, Written
from board.writing import Changes, ViewWriter
from clocks.feeds import Feed
from clocks.standard import Pack
from schemas.events import INPUT_TOPICS
from streams.clock import Clock
from streams.connection import Connection
from streams.following import AT_ONCE, Batch, Follower
from streams.group import GroupLook, GroupState
from streams.topics import LEDGER

AT_MOST_EVERY = 0.25
"""Seconds between two writings, however much changes."""
AT_LEAST_EVERY = 1.0
"""Seconds after which the view is written though nothing changed: that it is alive must be seen."""
ASK_EVERY = 2.0
"""Seconds between two questions about the workers' group."""
TAKEN_AT_ONCE = 200
"""Ledger records taken in before others get their turn: some 10 ms."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class BoardSetup:
    """What the view is made by; the pack's durations and the feeds' silences are as the clock counts them."""

    connection: Connection
    group: str
    pack: Pack
    clock: Clock
    feeds: tuple[Feed, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)


class BoardAgent:
    """Makes the view, for as long as it runs; several may run, and one of them writes."""

    def __init__(self, setup: BoardSetup, redis: Redis, who: str, prefix: str = "pledgewatch:") -> None:
        self._setup = setup
        self._writer = ViewWriter(redis, who, prefix)
        self.ledger = BoardLedger(setup.pack, setup.clock.now())
        self._figures = Figures(Titles(setup.pack, setup.titles))
        self._changed = asyncio.Event()
        self._whole = True
        self._redis_away = False
        self._partitions = 0
        self._ledger_is: Following = "catching-up"
        self._read_at: int | None = None
        self._heard: int | None = None
        self._group = GroupState()
        self._progress = Progress()
        self._standards: dict[str, list[StandardNow]] = {}
        self._feeds: list[FeedNow] = []
        self._health = Health()

    async def run(self) -> None:
        """Follows and writes until it is cancelled. UnreachableError where there is no Kafka to begin with."""
        setup = self._setup
        look = GroupLook(setup.connection, setup.group, INPUT_TOPICS)
        async with Follower(setup.connection, [LEDGER]) as follower:
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._keep_asking(look), name="board: the group")
                    tasks.create_task(self._keep_writing(), name="board: writing")
                    await self.follow(follower.batches())
            except ExceptionGroup as failed:
                raise failed.exceptions[0] from None

    async def follow(self, batches: AsyncIterator[Batch]) -> None:
        """Take in the ledger's records as they come."""
        async for batch in batches:
            for number, record in enumerate(batch.records, 1):
                self.ledger.take(record)
                if number % TAKEN_AT_ONCE == 0:
                    await asyncio.sleep(0)
            self._note(batch)

    async def write(self) -> None:
        """Write what differs, or all of it where Redis may have something else; nothing where another writes."""
        now = self._setup.clock.now()
        self.ledger.advance(now)
        hold = await self._writer.hold()
        self._whole = self._whole or hold != "ours"
        difference = self.ledger.take_difference()
        self._figures.see(difference.clocks)
        if hold == "another's":
            return
        if self._read_at is None:
            await self._writer.write(Changes(written=None, health=self._health_at(now)), whole=False)
        else:
            whole, self._whole = self._whole, True
            difference = self.ledger.everything() if whole else difference
            changes = self._changes(now, self._read_at, difference, whole)
            self._whole = not await self._writer.write(changes, whole)

    def _note(self, batch: Batch) -> None:
        if batch.records:
            self._changed.set()
            self._heard = self._wall() if self._read_at is not None else None
        if batch.away:
            self._ledger_is = "away"
        elif batch.caught_up:
            if self._ledger_is == "catching-up":
                gc.freeze()  # a full collection of all that was read would hold up every viewer
            self._ledger_is, self._partitions = "following", len(batch.positions)
            if len(batch.records) < AT_ONCE:
                self._read_at = self._setup.clock.now()

    async def _keep_writing(self) -> None:
        try:
            while not ending():
                await self._write_or_tell()
                await asyncio.sleep(AT_MOST_EVERY)
                await self._wait_for_changes(AT_LEAST_EVERY - AT_MOST_EVERY)
        finally:
            with suppress(RedisError, OSError):  # else its time runs out
                await self._writer.release()

    async def _write_or_tell(self) -> None:
        try:
            await self.write()
        except (RedisError, OSError) as failed:
            if not self._redis_away:
                log.warning("Redis does not take the view: %s; it is tried again", failed)
            self._redis_away = self._whole = True
            await asyncio.sleep(AT_LEAST_EVERY)
            return
        if self._redis_away:
            log.info("Redis takes the view again")
        self._redis_away = False

    async def _wait_for_changes(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
        self._changed.clear()

    async def _keep_asking(self, look: GroupLook) -> None:
        while True:
            self._group = await asyncio.to_thread(look.look)
            self._progress.take(self._group, self._wall())
            await asyncio.sleep(ASK_EVERY)

    def _changes(self, now: int, read_at: int, difference: Difference, whole: bool) -> Changes:
        standards, feeds, health = self._standards_at(now), self._feeds_at(now), self._health_at(now)
        known = {} if whole else self._standards
        gone: dict[str, list[StandardNow] | None] = dict.fromkeys(known.keys() - standards.keys())
        changes = Changes(
            written=Written(at=read_at, speed=self._setup.clock.speed),
            clocks=difference.clocks,
            stories=difference.stories,
            heard=difference.heard,
            standards=gone | {place: rows for place, rows in standards.items() if known.get(place) != rows},
            feeds=feeds if whole or feeds != self._feeds else None,
            health=health,
            quiet=frozenset() if whole else self._as_before(feeds, health),
        )
        self._standards, self._feeds, self._health = standards, feeds, health
        return changes

    def _as_before(self, feeds: list[FeedNow], health: Health) -> frozenset[str]:
        """The parts of which only the time went on at which they were so."""
        same_feeds = [feed.state for feed in feeds] == [feed.state for feed in self._feeds]
        parts = {"feeds": same_feeds, "health": health.state == self._health.state}
        return frozenset(part for part, same in parts.items() if same)

    def _standards_at(self, now: int) -> dict[str, list[StandardNow]]:
        self._figures.count(self.ledger.rolls, now)
        return self._figures.rows()

    def _feeds_at(self, now: int) -> list[FeedNow]:
        found = states_of(self._setup.feeds, self.ledger.heard, self._partitions)
        return [_feed(state, now, self._setup.pack) for state in found]

    def _health_at(self, now: int) -> Health:
        clock, progress = self._setup.clock, self._progress
        settle = self._setup.pack.settle
        overdue = self._figures.overdue(now - settle)
        signs = Signs(
            following=self._ledger_is == "following",
            overdue=len(overdue),
            overdue_for=clock.to_wall(now - settle - min(overdue)) if overdue else 0,
            members=self._group.members,
            stuck=progress.stuck(self._wall()),
            quiet=None if self._heard is None else self._wall() - self._heard,
        )
        watch, evidence = judge_watch(signs)
        same = self._health.watch == watch and self._health.since is not None
        return Health(
            ledger=self._ledger_is,
            read_at=self._read_at,
            watch=watch,
            evidence=evidence,
            since=self._health.since if same else now,
            overdue=signs.overdue,
            workers=signs.members,
            unread=progress.unread,
            unreadable=self.ledger.unreadable,
        )

    def _wall(self) -> int:
        clock = self._setup.clock
        return clock.to_wall(clock.now())


def _feed(state: State, now: int, pack: Pack) -> FeedNow:
    feed, outage = state.feed, state.outage(now)
    return FeedNow(
        feed=feed.key,
        source=feed.source,
        topic=feed.topic,
        boroughs=feed.boroughs,
        silence=feed.silence,
        last_heard=max(state.last, default=None),
        silent=not outage and state.silent(now) > 0,
        outage=outage,
        words=state.words(now, pack.zone),
    )
