"""The register agent without Kafka: what it cannot read, what it tells of itself, and which errors end it."""

import pytest
from prometheus_client import generate_latest
from sqlalchemy import Engine, text

from clocks.shard import Shard
from clocks.standard import UnknownPackError
from register.database import RegisterError, open_register
from register.migrating import migrate
from streams.following import Batch
from streams.topic_reading import Record
from streams.topics import LEDGER
from tests.agents.test_board_ledger import T0, of_ledger, records_of
from tests.clocks.histories import PACK
from tests.register.databases import database, empty_url
from tests.register.ledger import event, held, numbered, read, register_in

__all__ = ["database", "empty_url"]


def a_breach(number: int = 1) -> list[Record]:
    presented = event(f"CALL-{number}", "call.presented", T0, line="999")
    return records_of(Shard(PACK), 0, [presented])[:2]


async def test_a_record_that_cannot_be_read_changes_nothing_and_the_rest_goes_on(database: Engine) -> None:
    register = register_in(database)
    broken = [
        of_ledger(0, "CALL-1", b"{not json"),
        of_ledger(0, "CALL-1", b"{}"),
        of_ledger(0, "CAR-1", b"{}"),
    ]
    await read(register, numbered([*a_breach(1), *broken, *a_breach(2)]))
    assert {row["subject"] for row in held(database)[0]} == {"CALL-1", "CALL-2"}
    assert (register.unreadable, register.records) == (3, 7)


async def test_what_is_no_subject_is_passed_over(database: Engine) -> None:
    register = register_in(database)
    await read(register, numbered([of_ledger(0, "tally/2009-W43", b"{}"), of_ledger(0, "feed/x", b"?")]))
    assert (register.unreadable, register.records, held(database)) == (0, 2, ([], []))


async def test_it_tells_how_far_it_is(database: Engine) -> None:
    register = register_in(database)
    assert not (await register.readiness()).ready
    behind = Batch(numbered(a_breach()), {(LEDGER, 0): 2}, False, "", 40)
    await register.take(behind)
    assert (await register.readiness()).told == {
        "problem": "the ledger is not read to its end",
        "behind_records": 40,
    }
    await register.take(Batch([], {(LEDGER, 0): 2}, True, "", 0))
    assert (await register.readiness()).ready
    told = generate_latest(await register.metrics()).decode()
    for line in (
        "records_total 2.0",
        "rows_total 1.0",
        "unreadable_total 0.0",
        "behind_records 0.0",
        "database_up 1.0",
    ):
        assert f"pledge_register_{line}\n" in told
    await register.take(Batch([], {(LEDGER, 0): 2}, True, "no broker answers", 0))
    assert "no broker answers" in (await register.readiness()).told["problem"]


async def test_clocks_of_a_pack_that_was_not_given_end_it(database: Engine) -> None:
    records = [
        each._replace(value=(each.value or b"").replace(PACK.id.encode(), b"other")) for each in a_breach()
    ]
    with pytest.raises(UnknownPackError, match="other"):
        await read(register_in(database), numbered(records))


async def test_a_table_that_is_gone_ends_it(fresh_postgres_url: str) -> None:
    engine = open_register(fresh_postgres_url)
    migrate(engine)
    register = register_in(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE verdicts"))
    with pytest.raises(RegisterError, match=r"refuses what is written: relation .verdicts. does not exist"):
        await register.take(Batch(numbered(a_breach()), {(LEDGER, 0): 2}, True, ""))
    engine.dispose()
