"""Laws of the register: it says what the workers count, however its ledger is cut into batches and however often."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from clocks.calendar import iso_week
from clocks.replaying import play, play_out
from clocks.roll import OpenClock
from clocks.settled import Key
from clocks.shard import Shard
from clocks.subject import Subject, encode_record
from clocks.tallies import WEEKS_KEPT, Counted
from register.database import open_register
from register.migrating import migrate
from register.tables import METADATA
from schemas.facts import Event
from schemas.times import DAY
from streams.topic_reading import Record
from tests.agents.test_board_ledger import of_ledger, records_of, saved, time_of, weeks
from tests.clocks import histories as generated
from tests.clocks.histories import PACK
from tests.register.ledger import held, numbered, read, register_in

few = settings(max_examples=40)  # each of them writes to a disk
crowds = generated.crowds | generated.slow_crowds


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = open_register(f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.db'}")
    migrate(engine)
    yield engine
    engine.dispose()


def emptied(engine: Engine) -> Engine:
    with engine.begin() as connection:
        for table in METADATA.sorted_tables:
            connection.execute(table.delete())
    return engine


def counted_in(engine: Engine) -> Counter[tuple[str, Counted]]:
    """The rows that count, as the workers' rolls have them."""
    rows, _ = held(engine)
    return Counter(
        (row["clock"], Counted(Key(*(row[name] for name in Key._fields)), row["due_at"]))
        for row in rows
        if row["counted"]
    )


def open_in(engine: Engine) -> list[tuple[str, OpenClock]]:
    """The open clocks, as the workers' rolls have them."""
    _, rows = held(engine)
    return sorted(
        (
            str(row["clock"]),
            OpenClock(
                *(
                    row[name]
                    for name in ("standard", "borough", "grade", "cohort", "stage", "start_at", "due_at")
                ),
                row["unresourced_at"] is not None,
            ),
        )
        for row in rows
    )


@few
@given(crowds, st.integers(1, 40))
def test_the_rows_that_count_are_what_the_workers_count(
    database: Engine, events: list[Event], at_once: int
) -> None:
    shard = Shard(PACK, forgets=False)
    records = numbered(records_of(shard, 0, events))
    asyncio.run(read(register_in(emptied(database)), records, at_once))
    assert counted_in(database) == Counter(shard.roll._counted.items())
    assert open_in(database) == sorted(shard.roll.open())


@few
@given(crowds, st.integers(1, 9))
def test_the_weeks_are_the_workers_though_subjects_are_forgotten(
    database: Engine, events: list[Event], seldom: int
) -> None:
    worker = Worker(seldom)
    records = worker.work(events)
    asyncio.run(read(register_in(emptied(database)), records))
    now = time_of(worker.shard)
    worker.shard.roll.tallies.forget_before(now)
    theirs = weeks([worker.shard.roll], now)
    first, last = (iso_week(moment, PACK.zone) for moment in (now - (WEEKS_KEPT - 1) * 7 * DAY, now))
    mine = Counter((iso_week(each.due, PACK.zone), each.key) for _, each in counted_in(database))
    assert {each: number for each, number in mine.items() if first <= each[0] <= last} == theirs


class Worker:
    """Writes to the ledger as a partition's outbox does, but `seldom`: time may pass over whole lives in between."""

    def __init__(self, seldom: int) -> None:
        self.shard = Shard(PACK, parting=self.part)
        self.parted: list[tuple[str, bytes]] = []
        self._seldom = seldom

    def part(self, name: str, subject: Subject) -> None:
        if self.shard.changed(name):
            self.parted.append((name, encode_record(subject.record(name))))

    def work(self, events: list[Event]) -> list[Record]:
        found: list[Record] = []
        together = [list(group) for _, group in groupby(sorted(events, key=_recorded), key=_recorded)]
        for number, group in enumerate(together):
            list(play(self.shard, group))
            if number % self._seldom == 0:
                found += self.write()
        list(play_out(self.shard))
        return numbered(found + self.write())

    def write(self) -> list[Record]:
        parted, self.parted = self.parted, []
        return [*(of_ledger(0, *each) for each in parted), *saved(self.shard, 0)]


def _recorded(event: Event) -> int:
    return event.fact.recorded


@few
@given(crowds, st.integers(1, 40), st.integers(1, 40))
def test_however_often_and_in_whatever_batches_it_is_read_the_tables_are_the_same(
    database: Engine, events: list[Event], at_once: int, otherwise: int
) -> None:
    records = numbered(records_of(Shard(PACK), 0, events))
    register = register_in(emptied(database))
    asyncio.run(read(register, records, at_once))
    once = held(database)
    register._store.forget_reading()
    asyncio.run(read(register, records, otherwise))
    assert held(database) == once


@few
@given(crowds)
def test_replaying_what_compaction_left_writes_no_row(database: Engine, events: list[Event]) -> None:
    records = numbered(records_of(Shard(PACK), 0, events))
    asyncio.run(read(register_in(emptied(database)), records, 7))
    once, again = held(database), register_in(database)
    again._store.forget_reading()
    asyncio.run(read(again, list({each.key: each for each in records}.values())))
    assert (held(database), again.rows) == (once, 0)
