"""Topics are followed from where one was, to their end, and on; without a group."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

import pytest
from confluent_kafka import Producer

from streams.connection import Connection, UnreachableError
from streams.embedded import embedded_broker
from streams.following import Batch, Follower


@pytest.fixture
def connection() -> Iterator[Connection]:
    with embedded_broker() as bootstrap:
        yield Connection(bootstrap=bootstrap, check_crcs=False)


def send(connection: Connection, *values: str, topic: str = "a", partition: int = 0) -> None:
    producer = Producer({"bootstrap.servers": connection.bootstrap})
    for value in values:
        producer.produce(topic, value.encode(), partition=partition)
    assert producer.flush(10) == 0


async def until_caught_up(batches: AsyncIterator[Batch]) -> tuple[list[str], Batch]:
    read = []
    async for batch in batches:
        read += [record.value.decode() for record in batch.records]
        if batch.caught_up:
            return read, batch
    raise AssertionError("it ends only when it is left")


async def test_everything_is_read_then_what_comes(connection: Connection) -> None:
    send(connection, "1", "2")
    send(connection, "3", topic="b", partition=3)
    async with Follower(connection, ["a", "b"]) as follower:
        batches = follower.batches()
        read, last = await until_caught_up(batches)
        assert sorted(read) == ["1", "2", "3"]
        assert {place: at for place, at in last.positions.items() if at} == {("a", 0): 2, ("b", 3): 1}

        send(connection, "4")
        while not (batch := await anext(batches)).records:
            pass
        assert [record.value for record in batch.records] == [b"4"]
        assert batch.positions["a", 0] == 3
        assert batch.caught_up


async def test_it_begins_where_it_was_told_to(connection: Connection) -> None:
    send(connection, "1", "2", "3")
    send(connection, "x", partition=1)
    async with Follower(connection, ["a"], {("a", 0): 2, ("gone", 7): 3}) as follower:
        read, last = await until_caught_up(follower.batches())

    assert sorted(read) == ["3", "x"]
    assert ("gone", 7) not in last.positions


async def test_a_position_beyond_the_end_is_read_from_the_beginning(connection: Connection) -> None:
    send(connection, "1")
    async with Follower(connection, ["a"], {("a", 0): 900}) as follower:
        read, last = await until_caught_up(follower.batches())

    assert read == ["1"]
    assert last.positions["a", 0] == 1


def make(connection: Connection, topic: str) -> None:
    """The embedded broker makes a topic when a producer asks for it."""
    producer = Producer({"bootstrap.servers": connection.bootstrap})
    while not producer.list_topics(topic, timeout=5).topics[topic].partitions:
        pass


async def test_empty_topics_are_caught_up_with(connection: Connection) -> None:
    make(connection, "a")
    async with Follower(connection, ["a"]) as follower:
        read, last = await asyncio.wait_for(until_caught_up(follower.batches()), 10)

    assert read == []
    assert last.away == ""


async def test_the_loop_is_free_while_a_batch_is_waited_for(connection: Connection) -> None:
    make(connection, "a")
    async with Follower(connection, ["a"]) as follower:
        batches = follower.batches()
        await until_caught_up(batches)
        waiting = asyncio.ensure_future(anext(batches))
        for _ in range(5):
            await asyncio.sleep(0.01)
            assert not waiting.done()
        await waiting


async def test_a_cancellation_that_was_swallowed_is_heeded_at_the_next_batch(connection: Connection) -> None:
    make(connection, "a")
    working = asyncio.Event()

    async def follow() -> None:
        async with Follower(connection, ["a"]) as follower:
            async for _ in follower.batches():
                working.set()
                with contextlib.suppress(asyncio.CancelledError):  # as a client may that is being connected
                    await asyncio.sleep(60)

    task = asyncio.create_task(follow())
    await working.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=5)
    assert task.cancelled()


async def test_no_broker_to_begin_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.following._PATIENCE", 0.5)
    async with Follower(Connection(bootstrap="127.0.0.1:1"), ["a"]) as follower:
        with pytest.raises(UnreachableError, match="cannot reach Kafka"):
            await anext(follower.batches())
