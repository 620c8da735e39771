"""The register on a real Kafka: killed, doubled, its topic made anew, its database gone: what it holds is right."""

import asyncio
import contextlib
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from scene import PACK as PACK_FILE
from scene import PARTITIONS, Scene, event, now, until
from sqlalchemy import Engine

from agents.register import Register
from agents.register_check import check
from clocks.shard import Shard
from register.database import open_register
from register.migrating import migrate
from register.store import RegisterStore
from register.tables import OPEN_CLOCKS, VERDICTS
from streams.partitioning import partition_of
from streams.topics import LEDGER
from tests.agents.test_board_ledger import T0, records_of
from tests.clocks.histories import PACK
from tests.register.ledger import event as of_history
from tests.register.ledger import held
from tests.register.server import real_postgres

pytestmark = pytest.mark.kafka


@pytest.fixture
def database(fresh_postgres_url: str) -> Iterator[Engine]:
    engine = open_register(fresh_postgres_url)
    migrate(engine)
    yield engine
    engine.dispose()


@contextlib.asynccontextmanager
async def following(scene: Scene, engine: Engine) -> AsyncIterator[Register]:
    register = Register(scene.connection, RegisterStore(engine), PACK)
    task = asyncio.create_task(register.run())
    try:
        await asyncio.wait_for(register.caught_up.wait(), 20)
        yield register
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def calls(scene: Scene, *numbers: int) -> None:
    """Writes to the ledger what workers would of calls that nobody answers."""
    async with scene.producer() as producer:
        for number in numbers:
            presented = of_history(f"CALL-{number}", "call.presented", T0 + number, line="999")
            for record in records_of(Shard(PACK, forgets=False), 0, [presented]):
                partition = partition_of(f"CALL-{number}", PARTITIONS)
                await producer.send(LEDGER, record.value, record.key, partition)
        await producer.flush()


def counted(engine: Engine) -> int:
    return sum(bool(row["counted"]) for row in held(engine)[0])


async def test_it_goes_on_where_it_was_and_two_do_not_disturb_one_another(
    scene: Scene, database: Engine
) -> None:
    await calls(scene, *range(20))
    async with following(scene, database) as first:
        assert (counted(database), first.records) == (20, 40)
        async with following(scene, database) as second:
            await calls(scene, *range(20, 60))
            await until(lambda: counted(database) == 60, 20)
            await until(lambda: first.behind == second.behind == 0, 20)
    async with following(scene, database) as third:
        assert (third.records, third.rows) == (0, 0)
    checked = check(scene.connection, RegisterStore(database), PACK)
    assert checked == (60, [], 0)


async def test_a_topic_made_anew_is_read_from_its_beginning(scene: Scene, database: Engine) -> None:
    await calls(scene, *range(20))
    async with following(scene, database):
        pass
    await asyncio.to_thread(scene.fresh_topics)
    await calls(scene, *range(100, 160))  # more than there was: by its positions it could be the old one
    async with following(scene, database) as register:
        await until(lambda: counted(database) == 80, 20)
        assert register.records == 120
        assert check(scene.connection, RegisterStore(database), PACK) == (60, [], 0)


async def test_a_topic_made_anew_before_its_eyes(scene: Scene, database: Engine) -> None:
    await calls(scene, *range(20))
    async with following(scene, database):
        await asyncio.to_thread(scene.fresh_topics)
        await calls(scene, *range(100, 105))
        await until(lambda: counted(database) == 25, 40)
        assert check(scene.connection, RegisterStore(database), PACK) == (5, [], 0)


async def test_a_database_that_goes_away_is_waited_for(scene: Scene) -> None:
    with real_postgres(safe=True) as server:  # it is killed, and has what it said it had
        engine = open_register(server.url)
        migrate(engine)
        async with following(scene, engine) as register:
            assert (await register.readiness()).ready
            server.stop()
            await calls(scene, 1)
            await until(lambda: register.database_away, 20)
            assert not (await register.readiness()).ready
            server.start()
            await until(lambda: counted(engine) == 1, 20)
            assert (await register.readiness()).ready
        engine.dispose()


async def test_a_register_that_is_killed_ends_with_all_that_a_worker_said(
    scene: Scene, fresh_postgres_url: str, tmp_path: Path
) -> None:
    where = ["--bootstrap", scene.connection.bootstrap, "--register-url", fresh_postgres_url]
    where += ["--standards", str(PACK_FILE)]
    async with scene.worker():
        with command("run", "--migrate", *where, log=tmp_path / "first") as killed:
            await scene.send(*(presented(number) for number in range(6)))
            await scene.send(("call-answer", "CALL-0", event("call.answered", "CALL-0", now())))
            await until(lambda: "serving" in (tmp_path / "first").read_text(), 20)
            killed.kill()
        await scene.send(*(presented(number) for number in range(6, 9)))
        for number in range(1, 9):
            await scene.until_said(f"CALL-{number}/call-999", "breached")

    engine = open_register(fresh_postgres_url)
    with command("run", *where, log=tmp_path / "second") as stopped:
        await until(lambda: verdicts(engine) == {"met": 1, "breached": 8}, 20)
        stopped.terminate()
        assert stopped.wait(20) == 0
    assert told("check", *where, log=tmp_path / "check") == 0
    assert "9 subjects compared, no differences; 0 records" in (tmp_path / "check").read_text()

    with engine.begin() as connection:
        connection.execute(VERDICTS.update().where(VERDICTS.c.subject == "CALL-1").values(verdict="met"))
        connection.execute(OPEN_CLOCKS.delete().where(OPEN_CLOCKS.c.subject == "CALL-2"))
    engine.dispose()
    assert told("check", *where, log=tmp_path / "differs") == 1
    assert "CALL-1/call-999, revision 1: differs in verdict\n" in (tmp_path / "differs").read_text()
    assert "CALL-2/call-999, open clock: is missing\n" in (tmp_path / "differs").read_text()
    assert told("rebuild", *where, log=tmp_path / "rebuild") == 0
    assert "1 revisions put right; the register holds 9" in (tmp_path / "rebuild").read_text()
    assert told("check", *where, log=tmp_path / "again") == 0
    assert "s3cret" not in "".join(path.read_text() for path in tmp_path.iterdir())


def told(*arguments: str, log: Path) -> int:
    """The exit code of a command, once it has ended."""
    with command(*arguments, log=log) as process:
        return process.wait(30)


def presented(number: int) -> tuple[str, str, bytes]:
    name = f"CALL-{number}"
    return "call-answer", name, event("call.presented", name, now(), line="999")


def verdicts(engine: Engine) -> Counter[object]:
    return Counter(row["verdict"] for row in held(engine)[0] if row["counted"])


@contextlib.contextmanager
def command(*arguments: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`pledgewatch register …` as a process of its own, as an operator starts it."""
    more = ["--metrics-port", "0", "--log-format", "json"] if arguments[0] == "run" else []
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "pledgewatch", "register", *arguments, *more],
            stdout=out,
            stderr=out,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
