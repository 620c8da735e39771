"""How alerts are asked for: one by its id, a page of them by what they are, and word of what changes."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable
from functools import lru_cache
from math import inf
from typing import Any, TypedDict, Unpack

from redis.exceptions import RedisError

from alerting import scripts
from alerting.alert import Alert, fold
from alerting.ending import ending
from alerting.entries import read_entry
from alerting.indexing import FILTERS, LEAST_OPEN
from alerting.turns import Turns, raw, text

_AGAIN_AFTER = 0.5


class Filters(TypedDict, total=False):
    """What alerts can be asked for by; `open_only` holds unless it is said otherwise, `parked` where it is asked."""

    open_only: bool
    parked: bool
    kind: str | None
    borough: str | None
    ward: str | None
    grade: str | None
    standard: str | None
    state: str | None
    assignee: str | None
    situation: str | None


class Lookups(Turns):
    """The part of the store that only reads; an AlertStore has it all."""

    async def alert(self, alert_id: str) -> Alert | None:
        """The alert as it stands; None where nothing raised it."""
        return folded(await self._redis.hvals(self.key("alert", alert_id)))

    async def ids_of(self, subject: str) -> list[str]:
        """The alerts of a call, an incident, a message. It looks at every key: for people, not for loops."""
        pattern = self.key("alert", re.sub(r"([*?\[\]\\])", r"\\\1", subject), "*")
        found = [text(key) async for key in self._redis.scan_iter(pattern, count=1000)]
        return sorted(key.removeprefix(self.key("alert", "")) for key in found)

    async def alerts(self, *, limit: int = 200, offset: int = 0, **filters: Unpack[Filters]) -> list[Alert]:
        """Those that all filters hold for: open before closed, nobody's before somebody's, the worst, the newest."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for alert_id in await self._page(filters, limit, offset):
                pipe.hvals(self.key("alert", alert_id))
            found = [folded(each) for each in await pipe.execute()]
        return [alert for alert in found if alert is not None]

    async def count(self, **filters: Unpack[Filters]) -> int:
        """How many all filters hold for."""
        sets = self._sets(filters)
        if sets:
            return int(await self._redis.eval(scripts.NUMBER, len(sets), *sets))
        return int(await self._redis.zcount(self.key("rank"), _least(filters), "+inf"))

    async def recent(self, standard: str, borough: str, since: int) -> list[tuple[str, int]]:
        """Alerts of a standard and borough raised at or after `since` (ms), with when, in order.

        Only those that may page somebody: neither late nor of an exercise or probe.
        """
        key = self.key("raised", standard, borough)
        found = await self._redis.zrange(key, since, "+inf", byscore=True, withscores=True)
        return [(text(each), int(moment)) for each, moment in found]

    async def changes(self) -> AsyncIterator[set[str]]:
        """The ids of alerts as they change, for ever; an empty set where any may have: at first, after a rebuild,
        and after Redis was away.
        """
        while not ending():
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self.key("changes"))
                    async for ids in _heard(channel):
                        yield ids
            except RedisError:
                await asyncio.sleep(_AGAIN_AFTER)

    async def _page(self, filters: Filters, limit: int, offset: int) -> list[str]:
        """The ids of a page, the most urgent first."""
        rank, least, sets = self.key("rank"), _least(filters), self._sets(filters)
        if sets:
            keys = (self.key("page"), rank, *sets)
            found = await self._redis.eval(scripts.PAGE, len(keys), *keys, offset, limit)
        else:
            found = await self._redis.zrevrangebyscore(rank, "+inf", least, start=offset, num=limit)
        return [text(each) for each in found]

    def _sets(self, filters: Filters) -> list[str]:
        """The sets that an alert must be in, but for that of the open ones where it would be the only one."""
        asked = {name: filters.get(name) for name in FILTERS}
        sets = [self._facet(name, str(value)) for name, value in asked.items() if value is not None]
        sets += [self._facet("parked", "")] if filters.get("parked", False) else []
        return [*sets, self._facet("open", "")] if sets and filters.get("open_only", True) else sets

    def _facet(self, name: str, value: str) -> str:
        return self.key("by", name, value)


async def _heard(channel: Any) -> AsyncIterator[set[str]]:
    while not ending():
        message = await channel.get_message(timeout=None)
        if message is not None and message["type"] == "message":
            yield set(json.loads(message["data"]))
        elif message is not None and message["type"] == "subscribe":
            yield set()  # also when it had to connect again


def folded(values: Iterable[bytes | str]) -> Alert | None:
    """The alert of these entries, as they stand in Redis."""
    return _fold(tuple(sorted(map(raw, values))))


@lru_cache(maxsize=2048)
def _fold(values: tuple[bytes, ...]) -> Alert | None:
    """A list asks for the same alerts again and again, and most of them have not changed."""
    return fold(map(_entry, values))


# Of an alert that has changed, all entries but one are those it had.
_entry = lru_cache(maxsize=8192)(read_entry)


def _least(filters: Filters) -> float:
    return LEAST_OPEN if filters.get("open_only", True) else -inf
