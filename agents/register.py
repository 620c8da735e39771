"""The register agent: follows the ledger, and writes what it tells to the register's tables."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import islice
from typing import Any

from msgspec import DecodeError
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import DBAPIError

from agents.register_rows import Rows
from clocks.standard import Pack
from register.database import RegisterError, passes, told
from register.store import OvertakenError, Place, Position, RegisterStore, Taken
from streams.connection import Connection, UnreachableError
from streams.following import AT_ONCE, Batch, Follower
from streams.probes import Readiness
from streams.topic_reading import Record
from streams.topics import LEDGER, identity

RECORDS_AT_ONCE = 500
"""So many records go into one transaction at most."""
AGAIN_AFTER = 1.0
"""Seconds before a database that did not take it is tried again."""
STAND_BY = 5.0
"""Seconds that one stands by after another wrote what it had read: there is no use in taking turns at each record."""
MOMENTS = 30.0
"""Seconds that the tables may be behind the ledger before it is said."""
log = logging.getLogger(__name__)


class _MadeAnewError(Exception):
    """The ledger is another topic than the one that was read."""


class Register(Collector):
    """Follows for as long as it runs; several may run, and no two of them write the same twice."""

    def __init__(
        self, connection: Connection, store: RegisterStore, pack: Pack, *, strict: bool = False
    ) -> None:
        """`strict`: revisions beyond those of the ledger's record are taken out, too."""
        self._connection, self._store, self._pack = connection, store, pack
        self._strict = strict
        self.records = 0
        self.rows = 0
        self.unreadable = 0
        self.database_away = ""
        """Why the database does not take what is written; empty while it does."""
        self.ledger_away = ""
        """Why no broker can be reached; empty while one can."""
        self.caught_up = asyncio.Event()
        """Set once the ledger was read to its end."""
        self.read_at: float | None = None
        """When it was last, by the monotonic clock."""
        self.behind = 0
        """How many offsets of the ledger are still to be read."""
        self._begun_at = time.monotonic()
        self._held: dict[Place, Position] = {}
        self._topic_id = ""
        self._begun = self._overtaken = False

    def collect(self) -> Iterator[Metric]:
        """What /metrics shows of it: a collector may be registered."""
        yield CounterMetricFamily("pledge_register_records", "Ledger records read.", self.records)
        yield CounterMetricFamily(
            "pledge_register_rows", "Rows of verdicts written: new, or other than before.", self.rows
        )
        yield CounterMetricFamily(
            "pledge_register_unreadable", "Ledger records that could not be read.", self.unreadable
        )
        yield GaugeMetricFamily(
            "pledge_register_behind_records",
            "Offsets of the ledger that are not in the tables yet: records and markers.",
            self.behind,
        )
        yield GaugeMetricFamily(
            "pledge_register_behind_seconds",
            "How long ago the tables last held the ledger to its end; from the start on, where they never did.",
            self.behind_for(),
        )
        yield GaugeMetricFamily(
            "pledge_register_database_up",
            "1 while the database takes what is written.",
            not self.database_away,
        )

    async def metrics(self) -> CollectorRegistry:
        """What /metrics shows."""
        registry = CollectorRegistry()
        registry.register(self)
        return registry

    async def readiness(self) -> Readiness:
        """Ready while the tables are as the ledger was moments ago."""
        problem = self._problem()
        return Readiness(not problem, {"problem": problem, "behind_records": self.behind})

    def behind_for(self) -> float:
        """Seconds since the tables last held the ledger to its end, or since the start."""
        since = self._begun_at if self.read_at is None else self.read_at
        return time.monotonic() - since

    def _problem(self) -> str:
        if self.database_away:
            return f"the database does not take it: {self.database_away}"
        if self.ledger_away:
            return f"the ledger cannot be read: {self.ledger_away}"
        if not self.caught_up.is_set() or self.behind_for() > MOMENTS:
            return "the ledger is not read to its end"
        return ""

    async def run(self) -> None:
        """Follows until cancelled. UnreachableError or MissingTopicError where there is no Kafka to begin with."""
        while True:
            try:
                await self._follow()
            except OvertakenError:
                if not self._overtaken:
                    log.info(
                        "another register is at work: this one stands by, and looks every %g s", STAND_BY
                    )
                self._overtaken = True
                await asyncio.sleep(STAND_BY)
            except _MadeAnewError:
                log.warning("%s was made anew: it is read from its beginning; no verdict is removed", LEDGER)
                with suppress(OvertakenError):  # another register has noticed too
                    await self._tried(self._store.forget_reading, self._held)
            except UnreachableError as failed:
                if not self._begun:
                    raise
                if not self.ledger_away:
                    log.warning("%s; it is waited for", failed)
                self.ledger_away = str(failed)
                await asyncio.sleep(AGAIN_AFTER)

    async def _follow(self) -> None:
        self._held = await self._tried(self._store.positions)
        begin = {place: position.next_offset for place, position in self._held.items()}
        async with Follower(self._connection, [LEDGER], begin) as follower:
            batches = follower.batches()
            first = await anext(batches)
            await self._recognise()
            await self.take(first)
            async for batch in batches:
                await self.take(batch)

    async def _recognise(self) -> None:
        """The topic by its id; where the brokers do not tell it, by what they have."""
        self._begun = True
        held = {position.topic_id for position in self._held.values()} - {""}
        told = await asyncio.to_thread(identity, self._connection, LEDGER)
        if told and held - {told}:
            raise _MadeAnewError
        self._topic_id = told or "".join(held)

    async def take(self, batch: Batch) -> None:
        """Write what a batch tells. OvertakenError where another register has."""
        self.ledger_away, self.behind = batch.away, batch.behind
        if any(
            self._held[place].next_offset > at for place, at in batch.positions.items() if place in self._held
        ):
            raise _MadeAnewError  # it ends before what was read of it
        records = iter(batch.records)
        while some := list(islice(records, RECORDS_AT_ONCE)):
            self.records += len(some)
            await self._write(self._rows(some), _after(some))
        await self._write(Taken([], [], []), batch.positions)
        if batch.caught_up and not batch.away and len(batch.records) < AT_ONCE:
            self.read_at = time.monotonic()
            self.caught_up.set()

    def _rows(self, records: Iterable[Record]) -> Taken:
        """What these records come to; one that cannot be read changes nothing."""
        rows = Rows(self._pack)
        for record in records:
            name = (record.key or b"").decode(errors="replace")
            try:
                rows.take(name, record.value)
            except DecodeError as wrong:
                self.unreadable += 1
                log.error("%s, at %s of partition %s: %s", name, record.offset, record.partition, wrong)
        return rows.taken()

    async def _write(self, taken: Taken, offsets: Mapping[Place, int]) -> None:
        after = {place: Position(offset, self._topic_id) for place, offset in offsets.items()}
        changed = {place: position for place, position in after.items() if self._held.get(place) != position}
        if changed:
            write = partial(self._store.write, strict=self._strict)
            self.rows += await self._tried(write, taken, self._held, changed)
            self._held |= changed

    async def _tried(self, work: Callable[..., Any], *given: Any) -> Any:
        """Done in a thread; again and again while the database does not take it."""
        while True:
            try:
                done = await asyncio.to_thread(work, *given)
            except DBAPIError as failed:
                if not passes(failed):
                    raise RegisterError(
                        f"the register's database refuses what is written: {told(failed)}"
                    ) from None
                if not self.database_away:
                    log.warning(
                        "the register's database does not take it: %s; it is waited for", told(failed)
                    )
                self.database_away = told(failed)
                await asyncio.sleep(AGAIN_AFTER)
                continue
            if self.database_away:
                log.info("the register's database takes it again")
            self.database_away = ""
            return done


def _after(records: Iterable[Record]) -> dict[Place, int]:
    return {(record.topic, record.partition): record.offset + 1 for record in records}
