"""The alerts in Redis: a view of `breach-alerts` and `alert-actions` that may be lost at any moment.

What is kept of an alert is the set of its entries, and that only grows. An alert is folded from them when it is
read, and what it is found by follows from the fold, written in the same transaction. So adding an entry twice, or in
another order, or while somebody else adds theirs, gives the same store.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from functools import lru_cache
from math import inf
from typing import Any, NamedTuple, TypedDict, Unpack
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from alerting import scripts
from alerting.alert import Alert, Entry, fold
from alerting.entries import merged, read_entry
from alerting.indexing import FILTERS, LEAST_OPEN, Index, indexed
from alerting.moving import Moves
from alerting.turns import KEPT, Turns, text
from schemas.errors import PledgeWatchError

FORMAT = "1"
"""To be counted up when the keys change: a view of another format is forgotten and built anew."""
_AT_ONCE = 100
_AGAIN_AFTER = 0.5
Positions = Mapping[tuple[str, int], int]


class ViewLostError(PledgeWatchError):
    """Redis no longer holds the view that was being filled: it was flushed, or is being rebuilt.

    Operator action: none; whoever fills it begins again from the positions that Redis has now.
    """


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


class AlertStore(Turns):
    """The alerts of one installation; all of its keys begin with `prefix`."""

    def __init__(self, redis: Redis, prefix: str = "pledgewatch:") -> None:
        super().__init__(redis, prefix)
        self._generation = ""

    # ---- filling it ----------------------------------------------------------------------------------------

    async def add(self, entries: Sequence[Entry], positions: Positions | None = None) -> set[str]:
        """Adds what is not held yet; the ids of the alerts that changed, each now due to be looked at.

        `positions` are those up to which Kafka has been read by this; ViewLostError where the view is no longer the
        one that `positions()` was asked of. What a person did is added without.
        """
        grouped: dict[str, list[Entry]] = {}
        for entry in entries:
            grouped.setdefault(entry.subject, []).append(entry)
        ids = list(grouped)
        changed: set[str] = set()
        for start in range(0, len(ids), _AT_ONCE):
            changed |= await self._add({name: grouped[name] for name in ids[start : start + _AT_ONCE]})
        if positions is not None:
            await self._advance(positions)
        return changed

    async def positions(self) -> dict[tuple[str, int], int]:
        """The offset to read from, by topic and partition; empty where everything is to be read again."""
        begun = (FORMAT, uuid4().hex, self.key())
        self._generation = text(await self._redis.eval(scripts.BEGIN, 1, self.key("view"), *begun))
        held = await self._redis.hgetall(self.key("positions"))
        return {_place(text(place)): int(offset) for place, offset in held.items()}

    async def read_to(self, topic: str, partition: int) -> int:
        """The offset up to which a partition has been read; 0 where none of it was."""
        return int(await self._redis.hget(self.key("positions"), f"{topic}/{partition}") or 0)

    async def intact(self) -> bool:
        """Whether this is still the view that `positions()` was asked of."""
        held = await self._redis.hget(self.key("view"), "generation")
        return held is not None and text(held) == self._generation

    async def built(self) -> bool:
        """Whether Kafka was read to its end once since the view was begun."""
        return bool(await self._redis.hexists(self.key("view"), "built"))

    async def held_for(self) -> int:
        """For how long (wall ms) nobody may claim yet, since the view was built anew; 0 where it is not built."""
        async with self._redis.pipeline() as pipe:
            built, (seconds, micros) = await pipe.hget(self.key("view"), "built").time().execute()
        return 0 if built is None else max(0, int(built) - seconds * 1000 - micros // 1000)

    async def set_built(self, hold_ms: int = 0) -> None:
        """Kafka was read to its end. Where Redis lost the claims, nobody may claim for `hold_ms` (wall): whoever had
        one may still be at work.

        ViewLostError where the view is no longer the one that `positions()` was asked of.
        """
        keys = (self.key("view"), f"{self._prefix}claims")
        if not await self._redis.eval(scripts.BUILT, 2, *keys, self._generation, hold_ms):
            raise ViewLostError("Redis was emptied while the alerts were being read")
        await self._redis.publish(self.key("changes"), "[]")

    async def clear(self) -> None:
        """Forgets the view, to be built anew from Kafka; claims stand, for they are no part of it."""
        async with self._redis.pipeline() as pipe:
            pipe.delete(self.key("view"))
            pipe.eval(scripts.BEGIN, 1, self.key("view"), FORMAT, uuid4().hex, self.key())
            pipe.publish(self.key("changes"), "[]")
            await pipe.execute()

    async def forget(self, now: int) -> int:
        """Drops closed alerts of which nothing was heard for 70 days at `now` (ms), as Kafka does; how many."""
        old = await self._redis.zrange(self.key("rank"), 0, now - KEPT, byscore=True)
        ids = [text(each) for each in old]
        for alert_id in ids:
            await self._drop(alert_id, now)
        return len(ids)

    async def _add(self, grouped: dict[str, list[Entry]]) -> set[str]:
        while True:
            try:
                return await self._try_to_add(grouped)
            except WatchError:
                # Somebody else added to one of them in between. Of many, each is tried by itself; one until it is in:
                # whoever was in its way is.
                if len(grouped) > 1:
                    each = [await self._add({name: entries}) for name, entries in grouped.items()]
                    return set().union(*each)

    async def _try_to_add(self, grouped: dict[str, list[Entry]]) -> set[str]:
        keys = {name: self.key("alert", name) for name in grouped}
        async with self._redis.pipeline() as pipe:
            await pipe.watch(*keys.values())
            held = await pipe.eval(scripts.READ, len(keys), *keys.values())
            changes = []
            for (name, entries), flat in zip(grouped.items(), held, strict=True):
                known = _by_id(flat)
                if new := merged(known, entries):
                    changes.append(_Change(name, known, new))
            if changes:
                pipe.multi()
                self._write(pipe, changes)
                pipe.publish(self.key("changes"), json.dumps([change.alert_id for change in changes]))
                await pipe.execute()
        return {change.alert_id for change in changes}

    def _write(self, pipe: Any, changes: Sequence["_Change"]) -> None:
        moves = Moves(self.key)
        for change in changes:
            key = self.key("alert", change.alert_id)
            pipe.hset(key, mapping=change.new)
            before, after = change.indexes()
            if after is None:
                # What was done about an alert that nobody raised yet, or whose news Kafka has forgotten.
                pipe.pexpire(key, KEPT)
            elif before is None:
                pipe.persist(key)
            moves.move(change.alert_id, before, after)
        moves.write(pipe)

    async def _drop(self, alert_id: str, now: int) -> None:
        key = self.key("alert", alert_id)
        try:
            async with self._redis.pipeline() as pipe:
                await pipe.watch(key)
                (flat,) = await pipe.eval(scripts.READ, 1, key)
                alert = _folded(_by_id(flat).values())
                index = indexed(alert) if alert else None
                if index is None or index.rank > now - KEPT:
                    return
                moves = Moves(self.key)
                moves.move(alert_id, index, None)
                pipe.multi()
                pipe.delete(key)
                moves.write(pipe)
                await pipe.execute()
        except WatchError:
            return  # something was added: it is looked at the next time

    async def _advance(self, positions: Positions) -> None:
        told = [part for place, offset in positions.items() for part in (f"{place[0]}/{place[1]}", offset)]
        keys = (self.key("view"), self.key("positions"))
        if not await self._redis.eval(scripts.ADVANCE, 2, *keys, self._generation, *told):
            raise ViewLostError("Redis was emptied while the alerts were being read")

    # ---- asking it -----------------------------------------------------------------------------------------

    async def alert(self, alert_id: str) -> Alert | None:
        """The alert as it stands; None where nothing raised it."""
        return _folded(await self._redis.hvals(self.key("alert", alert_id)))

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
            found = [_folded(each) for each in await pipe.execute()]
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
        while True:
            try:
                async with self._redis.pubsub() as channel:
                    await channel.subscribe(self.key("changes"))
                    async for ids in _heard(channel):
                        yield ids
            except RedisError:
                await asyncio.sleep(_AGAIN_AFTER)

    async def _page(self, filters: Filters, limit: int, offset: int) -> list[str]:
        """The ids of a page, the most urgent first; without a filter Redis need not look at the other pages."""
        sets = self._sets(filters)
        if sets:
            found = (await self._redis.zinter(self._weighed(sets)))[::-1][offset : offset + limit]
        else:
            rank, least = self.key("rank"), _least(filters)
            found = await self._redis.zrevrangebyscore(rank, "+inf", least, start=offset, num=limit)
        return [text(each) for each in found]

    def _sets(self, filters: Filters) -> list[str]:
        """The sets that an alert must be in, but for that of the open ones where it would be the only one."""
        asked = {name: filters.get(name) for name in FILTERS}
        sets = [self._facet(name, str(value)) for name, value in asked.items() if value is not None]
        sets += [self._facet("parked", "")] if filters.get("parked", False) else []
        return [*sets, self._facet("open", "")] if sets and filters.get("open_only", True) else sets

    def _weighed(self, sets: Sequence[str]) -> dict[str, int]:
        """All sets, and their members in the order of rank alone."""
        return {self.key("rank"): 1} | dict.fromkeys(sets, 0)

    def _facet(self, name: str, value: str) -> str:
        return self.key("by", name, value)


class _Change(NamedTuple):
    """An alert's entries as they were, and what is new."""

    alert_id: str
    held: dict[str, bytes]
    new: dict[str, bytes]

    def indexes(self) -> tuple[Index | None, Index | None]:
        """What it was found by, and what it is found by now."""
        alerts = _folded(self.held.values()), _folded((self.held | self.new).values())
        before, after = (indexed(alert) if alert else None for alert in alerts)
        return before, after


async def _heard(channel: Any) -> AsyncIterator[set[str]]:
    while True:
        message = await channel.get_message(timeout=None)
        if message is not None and message["type"] == "message":
            yield set(json.loads(message["data"]))
        elif message is not None and message["type"] == "subscribe":
            yield set()  # also when it had to connect again


def _by_id(flat: Sequence[Any]) -> dict[str, bytes]:
    """A hash as a script gives it, name and value in turn."""
    return {text(name): _bytes(value) for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _folded(values: Iterable[bytes | str]) -> Alert | None:
    return _fold(tuple(values))


@lru_cache(maxsize=2048)
def _fold(values: tuple[bytes | str, ...]) -> Alert | None:
    """A list asks for the same alerts again and again, and most of them have not changed."""
    return fold(map(read_entry, values))


def _least(filters: Filters) -> float:
    return LEAST_OPEN if filters.get("open_only", True) else -inf


def _bytes(value: bytes | str) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _place(text_: str) -> tuple[str, int]:
    topic, _, partition = text_.rpartition("/")
    return topic, int(partition)
