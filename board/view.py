"""The board's view in Redis, as it is read: made from `clock-ledger`, lost with Redis, and made again."""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple, TypedDict, Unpack

from pydantic import TypeAdapter
from redis.asyncio import Redis

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
_standards = TypeAdapter(list[StandardNow])
_feeds = TypeAdapter(list[FeedNow])


class Asked(TypedDict, total=False):
    """What open clocks may be asked for by; None, or left out: whatever it is. `cohort` is `live` unless given."""

    cohort: str | None
    standard: str | None
    borough: str | None
    ward: str | None
    grade: str | None
    stage: Stage | None
    breached: bool | None
    unresourced: bool | None


class Changed(NamedTuple):
    """The view was written; `parts` of it differ: clocks, standards, feeds, health, or none."""

    parts: frozenset[str]


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

    def order(self, trait: str, value: object) -> str:
        """The clocks with a trait, by their due."""
        return self._of(f"by:{trait}:{value}")

    def _of(self, name: str) -> str:
        return self._root + name


def traits(clock: OpenClock) -> Asked:
    """All that a clock is found by."""
    return {
        "cohort": clock.cohort,
        "standard": clock.standard,
        "borough": clock.borough,
        "ward": clock.ward,
        "grade": clock.grade,
        "stage": clock.stage,
        "breached": clock.stage == "breached",
        "unresourced": clock.unresourced,
    }


class View:
    """The view as anybody may read it; its `redis` must not decode responses."""

    def __init__(self, redis: Redis, prefix: str = "pledgewatch:") -> None:
        self._redis: Any = redis
        self._keys = Keys(prefix)

    async def written(self) -> Written | None:
        """When it was last written; None: never, or Redis has lost it and it is being made again."""
        value = await self._redis.get(self._keys.written)
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
        return sorted(name.decode() for name in await self._redis.hkeys(self._keys.standards) if name)

    async def open_clocks(
        self, *, limit: int = 50, offset: int = 0, **asked: Unpack[Asked]
    ) -> list[OpenClock]:
        """The open clocks for which all that is given holds, the earliest due first."""
        return await self._clocks(await self._in_order(self._orders(asked), offset, limit))

    async def count(self, **asked: Unpack[Asked]) -> int:
        """How many there are for which all that is given holds."""
        orders = self._orders(asked)
        single = len(orders) == 1
        return int(await self._redis.zcard(orders[0])) if single else len(await self._redis.zinter(orders))

    async def open_clock(self, clock: str) -> OpenClock | None:
        """One clock, as long as it is open."""
        return next(iter(await self._clocks([clock.encode()])), None)

    async def feeds(self) -> list[FeedNow]:
        """The feeds that are named, in that order."""
        value = await self._redis.get(self._keys.feeds)
        return [] if value is None else _feeds.validate_json(value)

    async def health(self) -> Health:
        """Whether the figures can be believed, as of when the view was written."""
        value = await self._redis.get(self._keys.health)
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
        """Each writing of the view: once a second at least while somebody writes it, four times at most."""
        async with self._redis.pubsub() as channel:
            await channel.subscribe(self._keys.changed)
            async for message in channel.listen():
                if message["type"] == "message":
                    yield Changed(frozenset(json.loads(message["data"])["parts"]))

    def _orders(self, asked: Asked) -> list[str]:
        wanted = {"cohort": "live", **asked}
        orders = [self._keys.order(trait, value) for trait, value in wanted.items() if value is not None]
        return orders or [self._keys.order("every", True)]

    async def _in_order(self, orders: list[str], offset: int, limit: int) -> list[bytes]:
        if len(orders) == 1:
            return list(await self._redis.zrange(orders[0], offset, offset + limit - 1))
        # A clock has the same score in all of them: its due.
        return list(await self._redis.zinter(orders, aggregate="MIN"))[offset : offset + limit]

    async def _clocks(self, names: Iterable[bytes]) -> list[OpenClock]:
        wanted = list(names)
        values = await self._redis.hmget(self._keys.clocks, wanted) if wanted else []
        return [OpenClock.model_validate_json(value) for value in values if value is not None]


def _is_of(key: bytes, partition: bytes) -> bool:
    return key.partition(b" ")[0] == partition
