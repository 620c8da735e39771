"""Whose turn it is, in Redis: when an alert is to be looked at, who sends, and how often it was tried.

All of it may be lost with Redis: what was done is in Kafka, and every alert that comes back is looked at again.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

from redis.asyncio import Redis

from alerting import scripts
from alerting.alert import Alert
from schemas.times import DAY

KEPT = 70 * DAY
"""How long a closed alert stays, and what is marked: as long as Kafka keeps what it is made of."""
_ATTEMPT_KEPT = 7 * DAY
"""How long a count of attempts outlives the last of them, in ms."""


class Attempt(NamedTuple):
    """How often a step was tried, and from when (ms) it may be tried again."""

    tries: int = 0
    not_before: int = 0


class Turns:
    """The part of the store that is no view of Kafka; an AlertStore has it all."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis: Any = redis
        self._prefix = prefix

    def key(self, *parts: str) -> str:
        """A key of the view, which `clear` forgets."""
        return f"{self._prefix}alerts:{'/'.join(parts)}"

    async def set_next(self, alert_id: str, moment: int | None, seen: Alert | None = None) -> None:
        """When (ms) the alert is to be looked at again; None: not before something is added to it.

        Given the alert as it was `seen`, nothing happens where it has been added to since: it is due already.
        """
        count = "" if seen is None else len(seen.news) + len(seen.actions)
        keys = (self.key("next"), self.key("alert", alert_id))
        await self._redis.eval(scripts.SET_NEXT, 2, *keys, alert_id, "" if moment is None else moment, count)

    async def due(self, now: int, limit: int = 500) -> list[str]:
        """The alerts to be looked at by `now` (ms), the longest due first; what was added to is due at once."""
        found = await self._redis.zrange(self.key("next"), "-inf", now, byscore=True, offset=0, num=limit)
        return [text(each) for each in found]

    async def next_moment(self) -> int | None:
        """The earliest moment (ms) at which an alert is to be looked at; 0 for at once."""
        first = await self._redis.zrange(self.key("next"), 0, 0, withscores=True)
        return int(first[0][1]) if first else None

    async def claim(self, step: str, who: str, lease_ms: int) -> bool:
        """Whether `step` is `who`'s to do, for so long (wall ms); nobody's while the view is not built."""
        keys = (self.key("view"), f"{self._prefix}claim:{step}")
        return bool(await self._redis.eval(scripts.CLAIM, 2, *keys, who, lease_ms))

    async def renew(self, step: str, who: str, lease_ms: int) -> bool:
        """Makes a claim hold for so long (wall ms) from now on; False where it is theirs no more."""
        key = f"{self._prefix}claim:{step}"
        return bool(await self._redis.eval(scripts.RENEW, 1, key, who, lease_ms))

    async def release(self, step: str, who: str) -> None:
        """Gives a claim back, if it is still theirs."""
        await self._redis.eval(scripts.RELEASE, 1, f"{self._prefix}claim:{step}", who)

    @asynccontextmanager
    async def once(self, deed: str) -> AsyncIterator[bool]:
        """Whether nobody did `deed` yet; somebody has once this ends well. Forgotten after 70 days or with Redis."""
        key = f"{self._prefix}once:{deed}"
        first = bool(await self._redis.set(key, "", nx=True, px=KEPT))
        try:
            yield first
        except BaseException:
            if first:
                await self._redis.delete(key)
            raise

    async def attempts(self, step: str) -> Attempt:
        """How often `step` was tried."""
        held = await self._redis.get(f"{self._prefix}attempt:{step}")
        if held is None:
            return Attempt()
        tries, _, not_before = text(held).partition(" ")
        return Attempt(int(tries), int(not_before))

    async def set_attempt(self, step: str, count: int, not_before: int) -> None:
        """Notes that `step` was tried so often, and may be tried again at `not_before` (ms)."""
        key = f"{self._prefix}attempt:{step}"
        await self._redis.set(key, f"{count} {not_before}", px=_ATTEMPT_KEPT)


def text(value: bytes | str) -> str:
    """What Redis answered, whether or not its client decodes."""
    return value.decode() if isinstance(value, bytes) else value


def raw(value: bytes | str) -> bytes:
    """The same, as it is written there."""
    return value.encode() if isinstance(value, str) else value
