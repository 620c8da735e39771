"""The board's view in Redis, as it is written: by one process at a time, whole at first and then what changed."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import WatchError

from board.now import FeedNow, Health, OpenClock, StandardNow, Written
from board.view import Keys, part_in, traits

LEASE_MS = 5_000
"""How long a writer that is not heard of keeps others from writing, in ms of the wall."""
Hold = Literal["ours", "anew", "another's"]


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What is to be written: all there is where it is written whole, else what differs; None: it is gone.

    `written` None: what is there is as old as it was.
    """

    written: Written | None
    clocks: Mapping[str, OpenClock | None] = field(default_factory=dict)
    stories: Mapping[str, bytes | None] = field(default_factory=dict)
    heard: Mapping[str, bytes | None] = field(default_factory=dict)
    standards: Mapping[str, list[StandardNow] | None] = field(default_factory=dict)
    feeds: list[FeedNow] | None = None
    health: Health | None = None
    quiet: frozenset[str] = frozenset()
    """Parts that differ, and are no news."""

    @property
    def parts(self) -> set[str]:
        """The names of what differs, but for the places of clocks."""
        named = {
            "clocks": bool(self.clocks),
            "standards": bool(self.standards),
            "feeds": self.feeds is not None,
            "health": self.health is not None,
        }
        places = {part_in("standards", place) for place in self.standards if place}
        return ({name for name, differs in named.items() if differs} | places) - self.quiet


class ViewWriter:
    """Writes the view while nobody else does; `who` names this process.

    Whoever holds the key `view:writer` writes. It is lost with everything else when Redis is flushed, so that the
    next writing is a whole one.
    """

    def __init__(self, redis: Redis, who: str, prefix: str = "pledgewatch:") -> None:
        self._redis: Any = redis
        self._keys = Keys(prefix)
        self._who = who.encode()
        self._clocks: dict[str, OpenClock] = {}

    async def hold(self) -> Hold:
        """Whether we may write: as before, for the first time (then whole), or not, for another does."""
        if await self._redis.get(self._keys.writer) == self._who:
            return "ours"
        taken = await self._redis.set(self._keys.writer, self._who, nx=True, px=LEASE_MS)
        return "anew" if taken else "another's"

    async def write(self, changes: Changes, whole: bool) -> bool:
        """Writes in one transaction; false, and nothing written, where we no longer hold the view."""
        keys = self._keys
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(keys.writer)
            if await pipe.get(keys.writer) != self._who:
                return False
            orders = await pipe.smembers(keys.orders) if whole else ()
            pipe.multi()
            if whole:
                pipe.delete(keys.clocks, keys.standards, keys.stories, keys.heard, keys.orders, *orders)
                self._clocks = {}
            places = self._write(pipe, changes)
            pipe.pexpire(keys.writer, LEASE_MS)
            pipe.publish(keys.changed, json.dumps({"parts": sorted(changes.parts | places)}))
            try:
                await pipe.execute()
            except WatchError:
                return False
        return True

    async def release(self) -> None:
        """Lets another write at once."""
        if await self._redis.get(self._keys.writer) == self._who:
            await self._redis.delete(self._keys.writer)

    def _write(self, pipe: "Pipeline", changes: Changes) -> set[str]:
        keys = self._keys
        places = self._write_clocks(pipe, changes.clocks)
        _put(pipe, keys.stories, changes.stories)
        _put(pipe, keys.heard, changes.heard)
        _put(
            pipe,
            keys.standards,
            {place: None if rows is None else _list(rows) for place, rows in changes.standards.items()},
        )
        if changes.feeds is not None:
            pipe.set(keys.feeds, _list(changes.feeds))
        if changes.health is not None:
            pipe.set(keys.health, changes.health.model_dump_json())
        if changes.written is not None:
            pipe.set(keys.written, changes.written.model_dump_json())
        return places

    def _write_clocks(self, pipe: "Pipeline", clocks: Mapping[str, OpenClock | None]) -> set[str]:
        """Returns the parts that differ by the places in which the clocks were, or are."""
        places = {part_in("clocks", each.borough) for each in self._both(clocks) if each.borough}
        _put(pipe, self._keys.clocks, {name: _json(clock) for name, clock in clocks.items()})
        into: defaultdict[str, dict[str, int]] = defaultdict(dict)
        out: defaultdict[str, list[str]] = defaultdict(list)
        for name, clock in clocks.items():
            before, now = self._orders(self._clocks.pop(name, None)), self._orders(clock)
            for order in now:
                into[order][name] = clock.place if clock else 0
            for order in before - now:
                out[order].append(name)
            if clock is not None:
                self._clocks[name] = clock
        if into:
            pipe.sadd(self._keys.orders, *into)
        for order, dues in into.items():
            pipe.zadd(order, dues)
        for order, names in out.items():
            pipe.zrem(order, *names)
        return places

    def _both(self, clocks: Mapping[str, OpenClock | None]) -> list[OpenClock]:
        """As they were and as they are."""
        before = (self._clocks.get(name) for name in clocks)
        return [each for each in (*before, *clocks.values()) if each is not None]

    def _orders(self, clock: OpenClock | None) -> set[str]:
        if clock is None:
            return set()
        held = {**traits(clock), "every": True}
        cohorts = (clock.cohort, None)
        return {self._keys.order(cohort, trait, held[trait]) for cohort in cohorts for trait in held}


def _put(pipe: "Pipeline", key: str, values: Mapping[str, bytes | str | None]) -> None:
    """Into a hash, or out of it."""
    kept: dict[Any, Any] = {name: value for name, value in values.items() if value is not None}
    gone = [name for name in values if name not in kept]
    if kept:
        pipe.hset(key, mapping=kept)
    if gone:
        pipe.hdel(key, *gone)


def _json(clock: OpenClock | None) -> str | None:
    return None if clock is None else clock.model_dump_json()


def _list(rows: Iterable[StandardNow | FeedNow]) -> str:
    return f"[{','.join(row.model_dump_json() for row in rows)}]"
