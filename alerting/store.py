"""The alerts in Redis: a view of `breach-alerts` and `alert-actions` that may be lost at any moment.

What is kept of an alert is the set of its entries, and that only grows. An alert is folded from them when it is
read, and what it is found by follows from the fold, written in the same transaction. So adding an entry twice, or in
another order, or while somebody else adds theirs, gives the same store.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from redis.asyncio import Redis
from redis.exceptions import WatchError

from alerting import scripts
from alerting.alert import Entry
from alerting.entries import merged
from alerting.indexing import Index, indexed
from alerting.lookups import Lookups, folded
from alerting.moving import Moves
from alerting.turns import KEPT, raw, text
from schemas.errors import PledgeWatchError

FORMAT = "1"
"""To be counted up when the keys change: a view of an older format is forgotten and built anew."""
_AT_ONCE = 100
Positions = Mapping[tuple[str, int], int]


class ViewLostError(PledgeWatchError):
    """Redis no longer holds the view that was being filled: it was flushed, or is being rebuilt.

    Operator action: none; whoever fills it begins again from the positions that Redis has now.
    """


class NewerViewError(PledgeWatchError):
    """Redis holds a view of a format that this version does not know.

    Operator action: run one version everywhere; to go back to an older one, `pledgewatch alerting rebuild` with it.
    """


class AlertStore(Lookups):
    """The alerts of one installation; all of its keys begin with `prefix`."""

    def __init__(self, redis: Redis, prefix: str = "pledgewatch:") -> None:
        super().__init__(redis, prefix)
        self._generation = ""

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
        """The offset to read from, by topic and partition; empty where everything is to be read again.

        For one reader a store: it remembers which view it was told of. NewerViewError.
        """
        begun = (FORMAT, uuid4().hex, self.key())
        generation = await self._redis.eval(scripts.BEGIN, 1, self.key("view"), *begun)
        if generation is None:
            raise NewerViewError("the alerts in Redis were made by a newer version than this one: update it")
        self._generation = text(generation)
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
                alert = folded(_by_id(flat).values())
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


class _Change(NamedTuple):
    """An alert's entries as they were, and what is new."""

    alert_id: str
    held: dict[str, bytes]
    new: dict[str, bytes]

    def indexes(self) -> tuple[Index | None, Index | None]:
        """What it was found by, and what it is found by now."""
        alerts = folded(self.held.values()), folded((self.held | self.new).values())
        before, after = (indexed(alert) if alert else None for alert in alerts)
        return before, after


def _by_id(flat: Sequence[Any]) -> dict[str, bytes]:
    """A hash as a script gives it, name and value in turn."""
    return {text(name): raw(value) for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _place(text_: str) -> tuple[str, int]:
    topic, _, partition = text_.rpartition("/")
    return topic, int(partition)
