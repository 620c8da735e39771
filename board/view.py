"""The board's view in Redis, as it is read: made from `clock-ledger`, lost with Redis, and made again."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from typing import Any, NamedTuple, TypedDict, Unpack

from pydantic import TypeAdapter
from redis.asyncio import Redis

from alerting.ending import ending
from board.now import (
    EVERYWHERE,
    WINDOWS,
    FeedNow,
    Health,
    OpenClock,
    Rate,
    Stage,
    StandardNow,
    Watch,
    Written,
)

__all__ = [
    "EVERYWHERE",
    "WINDOWS",
    "Asked",
    "Changed",
    "FeedNow",
    "Health",
    "OpenClock",
    "Rate",
    "Stage",
    "StandardNow",
    "StorySource",
    "View",
    "Watch",
    "Written",
]
KNOWN_FOR = 1.5
"""Seconds for which an answer holds at most: a channel that went dumb must not hide that the view grows old."""
_standards = TypeAdapter(list[StandardNow])
_feeds = TypeAdapter(list[FeedNow])


class Asked(TypedDict, total=False):
    """What open clocks may be asked for by; None, or left out: whatever it is. `cohort` is `live` unless given.

    `coming` are those that are not breached yet, but for calls: nobody can act on one of ten seconds.
    """

    cohort: str | None
    standard: str | None
    borough: str | None
    ward: str | None
    grade: str | None
    stage: Stage | None
    breached: bool | None
    coming: bool | None
    unresourced: bool | None


class Changed(NamedTuple):
    """The view was written; `parts` of it differ: clocks, standards, feeds, health, or none.

    Where clocks or standards differ, so do those of boroughs, which `part_in` names.
    """

    parts: frozenset[str]


def part_in(part: str, borough: str | None) -> str:
    """The name of a part of the view in a borough, or of all of it."""
    return f"{part} in {borough}" if borough else part


# A clock has the same score in all orders, its place. Ten thousand names would take longer to send than to find.
_COMMON = """
local function common(into, first)
  local asked = {'ZINTERSTORE', into, #KEYS - first + 1}
  for place = first, #KEYS do asked[#asked + 1] = KEYS[place] end
  asked[#asked + 1] = 'AGGREGATE'
  asked[#asked + 1] = 'MIN'
  return redis.call(unpack(asked))
end
"""
_PAGE = (
    _COMMON
    + """
-- KEYS: clocks, a place for what is common, orders. ARGV: the first and the last place, and REV for the latest first.
local order = KEYS[3]
if #KEYS > 3 then
  common(KEYS[2], 3)
  order = KEYS[2]
end
local names = redis.call('ZRANGE', order, unpack(ARGV))
redis.call('DEL', KEYS[2])
if #names == 0 then return {} end
return redis.call('HMGET', KEYS[1], unpack(names))
"""
)
_NUMBER = (
    _COMMON
    + """
-- KEYS: a place for what is common, orders.
local number = common(KEYS[1], 2)
redis.call('DEL', KEYS[1])
return number
"""
)


class StorySource(NamedTuple):
    """What the ledger has of a subject: its record, and those of the feeds its partition hears, by key."""

    record: bytes
    feeds: dict[str, bytes]


class Keys:
    """Where the parts of the view are in Redis."""

    def __init__(self, prefix: str) -> None:
        self._root = f"{prefix}view:"
        self.clocks, self.standards, self.stories = (
            self._of("clocks"),
            self._of("standards"),
            self._of("stories"),
        )
        self.feeds, self.heard, self.health = self._of("feeds"), self._of("heard"), self._of("health")
        self.written, self.writer, self.changed = self._of("written"), self._of("writer"), self._of("changed")
        self.orders = self._of("orders")

        self.common = self._of("common")

    def order(self, cohort: str | None, trait: str, value: object) -> str:
        """The clocks of a cohort (None: of any) with a trait, by their due."""
        return self._of(f"by:{cohort or '*'}:{trait}:{value}")

    def _of(self, name: str) -> str:
        return self._root + name


def traits(clock: OpenClock) -> Asked:
    """All that a clock is found by."""
    return {
        "standard": clock.standard,
        "borough": clock.borough,
        "ward": clock.ward,
        "grade": clock.grade,
        "stage": clock.stage,
        "breached": clock.stage == "breached",
        "coming": clock.stage != "breached" and not clock.subject.startswith("CALL-"),
        "unresourced": clock.unresourced,
    }


class View:
    """The view as anybody may read it; its `redis` must not decode responses."""

    def __init__(self, redis: Redis, prefix: str = "pledgewatch:") -> None:
        self._redis: Any = redis
        self._keys = Keys(prefix)
        self._known: dict[str, Any] = {}
        self._known_until = 0.0

    async def written(self) -> Written | None:
        """When it was last written; None: never, or Redis has lost it and it is being made again."""
        value = await self._once(self._keys.written, self._redis.get)
        return None if value is None else Written.model_validate_json(value)

    async def written_at(self) -> int | None:
        """The moment (ms) of it."""
        written = await self.written()
        return None if written is None else written.at

    async def standards(self, borough: str | None = None) -> list[StandardNow]:
        """Every standard as it stands everywhere, or in a borough, in the order of the pack."""
        value = await self._redis.hget(self._keys.standards, borough or EVERYWHERE)
        return [] if value is None else _standards.validate_json(value)

    async def boroughs(self) -> list[str]:
        """The boroughs of which there is anything to tell."""
        names = await self._once(self._keys.standards, self._redis.hkeys)
        return sorted(name.decode() for name in names if name)

    async def open_clocks(
        self, *, limit: int = 50, offset: int = 0, latest: bool = False, **asked: Unpack[Asked]
    ) -> list[OpenClock]:
        """The open clocks for which all that is given holds: the earliest due first, or the `latest`."""
        orders = self._orders(asked)
        keys = (self._keys.clocks, self._keys.common, *orders)
        told = (offset, offset + limit - 1, *(["REV"] if latest else []))
        held = await self._redis.eval(_PAGE, len(keys), *keys, *told)
        return [OpenClock.model_validate_json(value) for value in held if value is not None]

    async def count(self, **asked: Unpack[Asked]) -> int:
        """How many there are for which all that is given holds."""
        orders = self._orders(asked)
        if len(orders) == 1:
            return int(await self._redis.zcard(orders[0]))
        return int(await self._redis.eval(_NUMBER, 1 + len(orders), self._keys.common, *orders))

    async def open_clock(self, clock: str) -> OpenClock | None:
        """One clock, as long as it is open."""
        value = await self._redis.hget(self._keys.clocks, clock)
        return None if value is None else OpenClock.model_validate_json(value)

    async def feeds(self) -> list[FeedNow]:
        """The feeds that are named, in that order."""
        value = await self._once(self._keys.feeds, self._redis.get)
        return [] if value is None else _feeds.validate_json(value)

    async def health(self) -> Health:
        """Whether the figures can be believed, as of when the view was written."""
        value = await self._once(self._keys.health, self._redis.get)
        return Health() if value is None else Health.model_validate_json(value)

    async def story_source(self, subject: str) -> StorySource | None:
        """What the ledger has of a subject with an open clock or an alert; None: nothing, or it was forgotten."""
        value = await self._redis.hget(self._keys.stories, subject)
        if value is None:
            return None
        partition, _, record = value.partition(b" ")
        heard = await self._redis.hgetall(self._keys.heard)
        ours = {
            key.partition(b" ")[2].decode(): value for key, value in heard.items() if _is_of(key, partition)
        }
        return StorySource(record, ours)

    async def changes(self) -> AsyncIterator[Changed]:
        """Each writing of the view: once a second at least while somebody writes it, four times at most.

        While somebody listens, what every screen asks for is asked of Redis once a writing.
        """
        async with self._redis.pubsub() as channel:
            await channel.subscribe(self._keys.changed)
            while not ending():
                message = await channel.get_message(timeout=None)
                if message is not None and message["type"] == "message":
                    self._known, self._known_until = {}, monotonic() + KNOWN_FOR
                    yield Changed(frozenset(json.loads(message["data"])["parts"]))

    async def _once(self, key: str, ask: Callable[[str], Awaitable[Any]]) -> Any:
        """What Redis has there; an answer that was asked for before a writing is not kept beyond it."""
        known = self._known
        if monotonic() >= self._known_until:
            return await ask(key)
        if key not in known:
            known[key] = await ask(key)
        return known[key]

    def _orders(self, asked: Asked) -> list[str]:
        wanted = {"cohort": "live", **asked}
        cohort: Any = wanted.pop("cohort")
        traits = {trait: value for trait, value in wanted.items() if value is not None} or {"every": True}
        return [self._keys.order(cohort, trait, value) for trait, value in traits.items()]


def _is_of(key: bytes, partition: bytes) -> bool:
    return key.partition(b" ")[0] == partition
