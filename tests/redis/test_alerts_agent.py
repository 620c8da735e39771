"""The alerts agent: what Kafka has is in the store, whatever becomes of Redis."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from redis.asyncio import Redis

from agents.acting import acting
from agents.alerts import Alerts
from alerting.entries import written
from alerting.store import AlertStore
from streams.acting import ActionWriter, RecordWriter
from streams.connection import Connection, UnreachableError
from streams.embedded import PARTITIONS
from streams.partitioning import partition_of
from streams.topic_reading import TopicReader
from streams.topics import ACTIONS, ALERTS, DEAD_LETTERS
from tests.kafka.scene import until
from tests.redis.broker import announce, connection, send
from tests.redis.entries import NOW, acknowledged, act, news

__all__ = ["connection"]
pytestmark = pytest.mark.redis
CLOCKS = [f"CAD-{number}/attend-immediate" for number in range(20)]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


@asynccontextmanager
async def following(connection: Connection, store: AlertStore, hold_ms: int = 0) -> AsyncIterator[Alerts]:
    agent = Alerts(connection, store, lambda: NOW, hold_ms)
    task = asyncio.create_task(agent.run())
    try:
        await asyncio.wait_for(agent.caught_up.wait(), 20)
        yield agent
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_was_announced_and_done_is_in_the_store(connection: Connection, store: AlertStore) -> None:
    announce(connection, *map(news, CLOCKS))
    async with ActionWriter(connection) as writer:
        await writer.write(acknowledged(CLOCKS[3], "Insp Ray"))
    async with following(connection, store):
        assert await store.built()
        assert await store.count() == 20
        assert (await store.alert(CLOCKS[3])).assignee == "Insp Ray"

        announce(connection, news("CAD-new/attend-immediate"))
        await until(lambda: store.alert("CAD-new/attend-immediate"), 5)


async def test_an_action_shows_at_once_and_is_read_again_as_itself(
    connection: Connection, store: AlertStore
) -> None:
    announce(connection, news(CLOCKS[0]))
    async with following(connection, store) as agent, ActionWriter(connection) as writer:
        await acting(writer, store)(acknowledged(CLOCKS[0], "Insp Ray"))
        assert (await store.alert(CLOCKS[0])).assignee == "Insp Ray"
        await until(lambda: agent.read == 2, 5)
        assert len((await store.alert(CLOCKS[0])).actions) == 1


async def test_an_action_goes_to_its_clocks_partition(connection: Connection) -> None:
    storm = "storm/attend-immediate/Camden/1"
    async with ActionWriter(connection) as writer:
        await writer.write(acknowledged(CLOCKS[0], "Insp Ray"))
        await writer.write(act(storm, "alert.commented", "c", by="Insp Ray", note="busy"))
    with TopicReader(connection, [ACTIONS]) as reader:
        found = {record.key.decode(): record.partition for record in reader.to_end()}

    assert found == {CLOCKS[0]: partition_of("CAD-0", PARTITIONS), storm: partition_of(storm, PARTITIONS)}


async def test_a_flushed_redis_is_noticed_and_built_again(connection: Connection, store: AlertStore) -> None:
    announce(connection, *map(news, CLOCKS))
    async with following(connection, store), ActionWriter(connection) as writer:
        await acting(writer, store)(acknowledged(CLOCKS[0], "Insp Ray"))
        before = await store.alerts(open_only=False)
        await store._redis.flushall()
        await until(store.built, 10)
        assert await store.alerts(open_only=False) == before


async def test_a_restarted_agent_reads_only_what_is_new(connection: Connection, store: AlertStore) -> None:
    announce(connection, *map(news, CLOCKS))
    async with following(connection, store) as agent:
        assert agent.read == 20
    announce(connection, news("CAD-new/attend-immediate"))
    async with following(connection, store) as agent:
        await until(lambda: store.alert("CAD-new/attend-immediate"), 5)
        assert agent.read == 1


async def test_several_follow_side_by_side(connection: Connection, store: AlertStore) -> None:
    announce(connection, *map(news, CLOCKS))
    async with following(connection, store), following(connection, AlertStore(store._redis)) as second:
        await store._redis.flushall()
        await until(store.built, 10)
        await asyncio.wait_for(second.caught_up.wait(), 10)
        assert await store.count() == 20


async def test_redis_is_lost_again_and_again_while_several_fill_it(
    connection: Connection, store: AlertStore
) -> None:
    clocks = [f"CAD-{number}/attend-immediate" for number in range(400)]
    announce(connection, *map(news, clocks))
    async with ActionWriter(connection) as writer:
        for clock in clocks[::20]:
            await writer.write(acknowledged(clock, "Insp Ray"))
        async with following(connection, store), following(connection, AlertStore(store._redis)):
            for number in range(1, 9):
                await asyncio.sleep(0.07 * number)  # in the middle of filling it, and later
                await (store._redis.flushall() if number % 2 else store.clear())
                await acting(writer, store)(acknowledged(clocks[number], f"Insp {number}"))
            await until(store.built, 10)
            assert await store.count() == 400
            assert await store.count(assignee="Insp Ray") == 20
            for number in range(1, 9):
                assert (await store.alert(clocks[number])).assignee == f"Insp {number}"


async def test_what_cannot_be_read_goes_to_the_dead_letters_once(
    connection: Connection, store: AlertStore
) -> None:
    announce(connection, news(CLOCKS[0]))
    send(connection, ALERTS, ("CAD-0", b"{not json"), ("CAD-0", written(acknowledged(CLOCKS[0], "Insp Ray"))))
    send(connection, ACTIONS, ("CAD-0", b'{"type": "alert.acknowledged"}'))
    async with (
        following(connection, store) as agent,
        following(connection, AlertStore(store._redis)) as second,
    ):
        await store.clear()
        await until(store.built, 10)
        counted = agent.dead_letters + second.dead_letters
    assert counted == {(ALERTS, "not-json"): 1, (ALERTS, "unknown-type"): 1, (ACTIONS, "missing-field"): 1}
    with TopicReader(connection, [DEAD_LETTERS]) as reader:
        dead = list(reader.to_end())

    told = {(record.headers["reason"], record.headers["field"]) for record in dead}
    assert told == {("not-json", ""), ("unknown-type", "type"), ("missing-field", "id")}
    assert len(dead) == 3
    assert {record.headers["topic"] for record in dead} == {ALERTS, ACTIONS}
    assert b"{not json" in [record.value for record in dead]


async def test_a_dead_letter_that_could_not_be_written_is_written_later(
    connection: Connection, store: AlertStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(connection, ALERTS, ("CAD-0", b"{not json"))
    real, refusals = RecordWriter.send, [UnreachableError("away")]

    async def failing(*given: Any, **more: Any) -> None:
        if refusals:
            raise refusals.pop()
        await real(*given, **more)

    monkeypatch.setattr(RecordWriter, "send", failing)
    async with following(connection, store) as agent:
        assert agent.dead_letters == {(ALERTS, "not-json"): 1}
        (shown,) = agent.collect()
    counted = {(each.labels["topic"], each.labels["reason"]): each.value for each in shown.samples}
    assert counted[ALERTS, "not-json"] == 1
    assert counted[ACTIONS, "not-json"] == 0, "a rate sees a first one only where there was a nought"
    with TopicReader(connection, [DEAD_LETTERS]) as reader:
        assert [record.value for record in reader.to_end()] == [b"{not json"]


async def test_after_redis_was_lost_nobody_claims_for_a_while_and_at_a_first_start_at_once(
    connection: Connection, store: AlertStore
) -> None:
    announce(connection, news(CLOCKS[0]))
    async with following(connection, store, hold_ms=60_000), ActionWriter(connection) as writer:
        assert await store.claim("step", "desk-1", 1_000)
        await acting(writer, store)(acknowledged(CLOCKS[0], "Insp Ray"))
        await store._redis.flushall()
        await until(store.built, 10)
        assert not await store.claim("another step", "desk-2", 1_000)


async def test_redis_away_is_waited_for(connection: Connection) -> None:
    from pledgewatch.redis_server import redis_server

    with redis_server() as url:
        port = int(url.rpartition(":")[2].partition("/")[0])
        async with Redis.from_url(url) as redis:
            store = AlertStore(redis)
            announce(connection, news(CLOCKS[0]))
            async with following(connection, store) as agent:
                await redis.shutdown(nosave=True)
                announce(connection, news(CLOCKS[1]))
                await until(lambda: agent.away.startswith("Redis"), 20)
                assert not agent.caught_up.is_set()
                with redis_server(port):
                    await until(agent.caught_up.is_set, 20)
                    assert agent.away == ""
                    assert await store.count() == 2
