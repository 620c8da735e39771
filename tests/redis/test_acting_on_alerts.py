"""How an alert is acted upon: what counts is in Kafka, and nothing shows that is not."""

from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from agents.acting import acting
from alerting.store import AlertStore
from streams.acting import ActionWriter
from streams.connection import Connection, UnreachableError
from tests.redis.broker import connection
from tests.redis.entries import acknowledged, news

__all__ = ["connection"]
pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        store = AlertStore(redis)
        await store.add([news(CLOCK)])
        yield store


async def test_what_kafka_did_not_take_does_not_show(connection: Connection, store: AlertStore) -> None:
    async with ActionWriter(connection) as writer:
        act = acting(writer, store)
    with pytest.raises(UnreachableError):  # the writer has left the brokers
        await act(acknowledged(CLOCK, "Insp Ray"))
    alert = await store.alert(CLOCK)
    assert alert is not None and alert.acknowledged is None


async def test_what_only_redis_could_not_take_is_done(connection: Connection, redis_url: str) -> None:
    async with ActionWriter(connection) as writer, Redis.from_url("redis://127.0.0.1:1") as away:
        await acting(writer, AlertStore(away))(acknowledged(CLOCK, "Insp Ray"))
