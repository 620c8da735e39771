"""Laws of the register: it says what the workers count, however its ledger is cut into batches and however often."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from clocks.roll import OpenClock
from clocks.settled import Key
from clocks.shard import Shard
from clocks.tallies import Counted
from register.database import open_register
from register.migrating import migrate
from register.tables import METADATA
from schemas.facts import Event
from tests.agents.test_board_ledger import records_of
from tests.clocks import histories as generated
from tests.clocks.histories import PACK
from tests.register.ledger import held, numbered, read, register_in

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


@given(crowds, st.integers(1, 40))
def test_the_rows_that_count_are_what_the_workers_count(
    database: Engine, events: list[Event], at_once: int
) -> None:
    shard = Shard(PACK, forgets=False)
    records = numbered(records_of(shard, 0, events))
    asyncio.run(read(register_in(emptied(database)), records, at_once))
    assert counted_in(database) == Counter(shard.roll._counted.items())
    assert open_in(database) == sorted(shard.roll.open())


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


@given(crowds)
def test_replaying_what_compaction_left_writes_no_row(database: Engine, events: list[Event]) -> None:
    records = numbered(records_of(Shard(PACK), 0, events))
    asyncio.run(read(register_in(emptied(database)), records, 7))
    once, again = held(database), register_in(database)
    again._store.forget_reading()
    asyncio.run(read(again, list({each.key: each for each in records}.values())))
    assert (held(database), again.rows) == (once, 0)
