"""The alerts agent: `breach-alerts` and `alert-actions`, followed into the store of alerts."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import get_args

from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector
from pydantic import ValidationError
from redis.exceptions import RedisError

from agents.dead_letters import dead_letter
from alerting.alert import Entry
from alerting.ending import ending
from alerting.outbox import LEASE
from alerting.store import AlertStore, ViewLostError
from schemas.actions import ACTION_TYPES, read_action
from schemas.announcements import FeedNewsType, NewsType, read_news
from schemas.decoding import refusal_of
from schemas.errors import REFUSALS, Refused
from schemas.times import HOUR
from streams.acting import RecordWriter
from streams.connection import Connection, UnreachableError
from streams.following import Batch, Follower
from streams.topic_reading import Record
from streams.topics import ACTIONS, ALERTS

AGAIN_AFTER = 1.0
"""How long, in seconds, before it is begun again where Redis or Kafka failed."""
log = logging.getLogger(__name__)
_TYPES = {*ACTION_TYPES, *get_args(NewsType), *get_args(FeedNewsType)}
_READ: Mapping[str, Callable[[bytes], Entry]] = {ALERTS: read_news, ACTIONS: read_action}


class Alerts(Collector):
    """Keeps the store as Kafka has it, and builds it anew where Redis lost it. Any number of them may run."""

    def __init__(
        self, connection: Connection, store: AlertStore, now: Callable[[], int], hold_ms: int = LEASE
    ) -> None:
        """`hold_ms` (wall): how long nobody may claim where Redis lost the claims: their holders may be at work."""
        self._connection, self._store, self._now, self._hold = connection, store, now, hold_ms
        self.away = ""
        """What cannot be reached just now, in words; empty where all can."""
        self.read = 0
        self.dead_letters: Counter[tuple[str, str]] = Counter()
        """What could not be read, by topic and reason; each record by one of those who follow."""
        self.caught_up = asyncio.Event()
        """Set while the store is as Kafka had it moments ago."""
        self._begun = False
        self._kept: dict[tuple[str, int], int] = {}
        self._forgotten_at = 0

    def collect(self) -> Iterator[Metric]:
        """What /metrics shows of it: a collector may be registered."""
        found = CounterMetricFamily(
            "pledge_dead_letters", "Records that could not be read or judged.", labels=("topic", "reason")
        )
        # A counter that begins with its first event hides it from rates.
        for labels, number in (dict.fromkeys(product(_READ, REFUSALS), 0) | self.dead_letters).items():
            found.add_metric(labels, number)
        yield found

    async def run(self) -> None:
        """Follows for ever. UnreachableError or MissingTopicError where Kafka is not there to begin with."""
        while not ending():
            try:
                await self._follow()
            except ViewLostError:
                log.warning("Redis lost the alerts; they are read from Kafka again")
            except RedisError as failed:
                await self._wait(f"Redis: {failed}")
            except UnreachableError as failed:
                if not self._begun:
                    raise
                await self._wait(str(failed))

    async def _follow(self) -> None:
        self.caught_up.clear()
        self._kept = await self._store.positions()
        async with Follower(self._connection, [ALERTS, ACTIONS], self._kept) as follower:
            async for batch in follower.batches():
                self._begun, self.away = True, batch.away
                await self._take(batch)
                if batch.caught_up and not self.caught_up.is_set():
                    await self._store.set_built(self._hold if self._acted() else 0)
                    self.caught_up.set()
                if ending():
                    return

    def _acted(self) -> bool:
        """Whether anything was ever done: if not, there was no claim to lose."""
        return any(offset for (topic, _), offset in self._kept.items() if topic == ACTIONS)

    async def _take(self, batch: Batch) -> None:
        entries, refused = _sorted_out(batch.records)
        if refused:
            await self._park(refused)
        if batch.positions != self._kept:
            await self._store.add(entries, batch.positions)
            self._kept = batch.positions
            self.read += len(batch.records)
        elif not await self._store.intact():
            raise ViewLostError("Redis was emptied")
        await self._forget()

    async def _park(self, refused: Iterable[tuple[Record, Refused]]) -> None:
        """To the dead letters, once, however many follow."""
        async with RecordWriter(self._connection) as writer:
            for record, why in refused:
                place = f"{record.topic}/{record.partition}/{record.offset}"
                async with self._store.once(f"dead/{place}") as first:
                    if first:
                        letter = dead_letter(record, why)
                        of = (record.key or b"").decode(errors="replace")
                        await writer.send(
                            letter.topic, letter.key, letter.value, tuple(letter.headers), of=of
                        )
                        self.dead_letters[record.topic, why.reason] += 1

    async def _forget(self) -> None:
        now = self._now()
        if now - self._forgotten_at >= HOUR:
            self._forgotten_at = now
            await self._store.forget(now)

    async def _wait(self, problem: str) -> None:
        if not self.away:
            log.warning("the alerts are not kept up to date: %s", problem)
        self.away = problem
        self.caught_up.clear()
        await asyncio.sleep(AGAIN_AFTER)


def _sorted_out(records: Iterable[Record]) -> tuple[list[Entry], list[tuple[Record, Refused]]]:
    entries: list[Entry] = []
    refused: list[tuple[Record, Refused]] = []
    for record in records:
        try:
            entries.append(_READ[record.topic](record.value or b""))
        except ValidationError as invalid:
            refused.append((record, refusal_of(invalid, _TYPES)))
    return entries, refused
