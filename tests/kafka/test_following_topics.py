"""Following on a real Kafka: committed records only, from where one was, and through a broker that goes away."""

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import broker
import pytest
from aiokafka import AIOKafkaProducer
from redis.asyncio import Redis
from scene import PARTITIONS, Scene, until

from agents.acting import acting
from agents.alerts import Alerts
from alerting.alert import Entry
from alerting.entries import written
from alerting.store import AlertStore
from streams.acting import ActionWriter
from streams.connection import Connection
from streams.following import Follower
from streams.partitioning import partition_of
from streams.topics import ALERTS, DEAD_LETTERS, create
from tests.redis.entries import NOW, acknowledged, news

pytestmark = [pytest.mark.kafka, pytest.mark.redis]
CLOCKS = [f"CAD-{number}/attend-immediate" for number in range(30)]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


async def transaction(connection: Connection, entries: list[Entry], *, commit: bool = True) -> None:
    """Announces as a worker does: in one transaction, or in one that is aborted."""
    options = connection.asyncio_options()
    async with AIOKafkaProducer(**options, transactional_id="test-worker") as producer:
        await producer.begin_transaction()
        for entry in entries:
            partition = partition_of(entry.subject.partition("/")[0], PARTITIONS)
            await producer.send(ALERTS, written(entry), entry.subject.encode(), partition)
        await (producer.commit_transaction() if commit else producer.abort_transaction())


@contextlib.asynccontextmanager
async def following(connection: Connection, store: AlertStore) -> AsyncIterator[Alerts]:
    agent = Alerts(connection, store, lambda: NOW)
    task = asyncio.create_task(agent.run())
    try:
        await asyncio.wait_for(agent.caught_up.wait(), 20)
        yield agent
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_only_what_was_committed_is_an_alert_and_it_is_read_once(
    scene: Scene, store: AlertStore
) -> None:
    await transaction(scene.connection, [news(clock) for clock in CLOCKS[:20]])
    await transaction(scene.connection, [news(clock) for clock in CLOCKS[20:]], commit=False)
    async with following(scene.connection, store) as agent:
        assert await store.count() == agent.read == 20
    async with following(scene.connection, store) as agent:
        assert agent.read == 0
        await transaction(scene.connection, [news(CLOCKS[20])])
        await until(lambda: agent.read == 1, 10)


async def test_redis_is_flushed_and_everything_that_was_done_comes_back(
    scene: Scene, store: AlertStore
) -> None:
    await transaction(scene.connection, list(map(news, CLOCKS)))
    await scene.send((ALERTS, "CAD-1", b"{not json"))
    async with following(scene.connection, store), ActionWriter(scene.connection) as writer:
        act = acting(writer, store)
        await asyncio.gather(*(act(acknowledged(clock, "Insp Ray")) for clock in CLOCKS[::2]))
        before = await store.alerts(open_only=False)
        await store._redis.flushall()
        await until(store.built, 10)
        assert await store.alerts(open_only=False) == before
        assert await store.count(assignee="Insp Ray") == 15
    assert b"{not json" in [record.value for record in await scene.read(DEAD_LETTERS)]


class Restartable:
    """A Kafka that may be killed and started again with what it held."""

    def __init__(self, home: Path) -> None:
        self._cache, self._home = broker._filled_cache(), home
        shutil.copytree(self._cache / "storage", home / "log")
        port, self._properties = broker._configured(home)
        self.connection = Connection(bootstrap=f"127.0.0.1:{port}")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = ["-Xmx512M", "-XX:+UseSerialGC", f"-XX:SharedArchiveFile={self._cache / 'kafka.jsa'}"]
        self._process = broker._java(self._cache, self._home, options, self._properties)
        broker._wait_for_start(self._process, self._home / "out")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def restartable() -> Iterator[Restartable]:
    if (missing := broker._missing_for_jars()) is not None:
        pytest.skip(f"needs Kafka from its jars: {missing}")
    with tempfile.TemporaryDirectory(prefix="kafka-") as home:
        kafka = Restartable(Path(home))
        kafka.start()
        create(kafka.connection, PARTITIONS, 1)
        yield kafka
        kafka.kill()


@pytest.mark.slow
async def test_a_broker_that_goes_away_is_told_of_and_waited_for(restartable: Restartable) -> None:
    await transaction(restartable.connection, [news(CLOCKS[0])])
    async with Follower(restartable.connection, [ALERTS]) as follower:
        batches = follower.batches()
        while not (await anext(batches)).caught_up:
            pass
        restartable.kill()
        while not (batch := await asyncio.wait_for(anext(batches), 20)).away:
            pass
        assert batch.records == []

        restartable.start()
        while (await asyncio.wait_for(anext(batches), 20)).away:
            pass
        await transaction(restartable.connection, [news(CLOCKS[1])])
        while not (batch := await asyncio.wait_for(anext(batches), 20)).records:
            pass
        assert [record.key.decode() for record in batch.records] == [CLOCKS[1]]
