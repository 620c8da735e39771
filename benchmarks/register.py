"""`make bench-register`: the ledger of a London day into the register, on SQLite and on a real PostgreSQL."""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from sqlalchemy import Engine, text

from agents.register import Register
from benchmarks.machine import facts
from clocks.replaying import play, play_out
from clocks.shard import Shard
from clocks.standard import Pack
from pledgewatch.reading import SilentIntake
from register.database import open_register
from register.migrating import migrate
from register.store import RegisterStore
from schemas.facts import Event
from schemas.times import SECOND
from standards.loader import DEFAULT_PACK, load_pack
from streams.connection import Connection
from streams.following import AT_ONCE, Batch
from streams.topic_reading import Record
from streams.topics import LEDGER
from tests.register.server import real_postgres


def events(hours: float) -> list[Event]:
    """A made-up London, as `pledgewatch simulate` has it, in order of recording."""
    made = subprocess.run(
        [sys.executable, "-m", "pledgewatch", "simulate", "--hours", str(hours)],
        capture_output=True,
        check=True,
    )
    intake = SilentIntake("simulated")
    found = (intake.take(number, line) for number, line in enumerate(made.stdout.splitlines(), 1))
    return sorted((each for each in found if each is not None), key=_recorded)


def ledger(pack: Pack, told: list[Event]) -> list[Record]:
    """What a worker writes of it, once a second."""
    shard, found = Shard(pack), list[Record]()

    def write() -> None:
        for name in shard.take_changed():
            found.append(Record(LEDGER, 0, len(found), 0, name.encode(), shard.save(name), {}))

    for _, together in groupby(told, key=lambda event: _recorded(event) // SECOND):
        list(play(shard, list(together)))
        write()
    list(play_out(shard))
    write()
    return found


def _recorded(event: Event) -> int:
    return event.fact.recorded


async def measured(engine: Engine, pack: Pack, records: list[Record]) -> None:
    """Prints how fast an empty register takes all of it, and how fast one that has it."""
    migrate(engine)
    for what in ("empty", "again"):
        register = Register(Connection(bootstrap="none"), RegisterStore(engine), pack)
        began, spent = time.perf_counter(), time.process_time()
        for some in batches(records):
            await register.take(some)
        took, spent = time.perf_counter() - began, time.process_time() - spent
        each = f"{len(records) / took:,.0f} records/s, {spent / len(records) * 1e6:.0f} µs of processor time each"
        print(f"{engine.dialect.name:<11} {what}   {took:5.1f} s: {each}, {register.rows:,} rows written")
        RegisterStore(engine).forget_reading()
    revisions, _ = RegisterStore(engine).counts()
    each = f"{size(engine) / revisions:,.0f} bytes each, with their indexes"
    print(f"{engine.dialect.name:<11} {revisions:,} revisions, {each}")


def batches(records: list[Record]) -> Iterator[Batch]:
    """As they come from Kafka."""
    for first in range(0, len(records), AT_ONCE):
        some = records[first : first + AT_ONCE]
        yield Batch(some, {(LEDGER, 0): some[-1].offset + 1}, first + AT_ONCE >= len(records), "")


def size(engine: Engine) -> int:
    """The bytes that the database takes for `verdicts`."""
    asked = {
        "postgresql": "SELECT pg_total_relation_size('verdicts')",
        "sqlite": "SELECT sum(pgsize) FROM dbstat WHERE name LIKE '%verdicts%'",
    }
    with engine.connect() as connection:
        return int(connection.execute(text(asked[engine.dialect.name])).scalar_one())


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=24)
    given = parser.parse_args()
    pack = load_pack(DEFAULT_PACK)
    records = ledger(pack, events(given.hours))
    subjects = len({record.key for record in records})
    print(*facts(), sep="\n")
    print(f"{len(records):,} ledger records of {subjects:,} subjects")
    with tempfile.TemporaryDirectory() as folder, real_postgres(safe=True) as server:
        for url in (f"sqlite:///{Path(folder) / 'register.db'}", server.url):
            engine = open_register(url)
            asyncio.run(measured(engine, pack, records))
            engine.dispose()


if __name__ == "__main__":
    main()
