"""The alerts as a command needs them: up to date, and with a way to act on them."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agents.acting import Act, acting
from agents.alerts import Alerts
from alerting.store import AlertStore
from pledgewatch.redis_client import open_redis
from pledgewatch.settings import KAFKA, Settings
from streams.acting import ActionWriter
from streams.clock import Clock, parse_clock
from streams.connection import Connection

OPTIONS = (*KAFKA, "redis_url", "clock")
"""The settings that such a command takes."""


@dataclass(frozen=True)
class Desk:
    """The alerts as Kafka has them, kept so while the command runs."""

    store: AlertStore
    act: Act
    record: Act
    """As `act`, but to Kafka alone."""
    clock: Clock
    agent: Alerts
    following: "asyncio.Task[None]"
    """The agent at work: it ends by a fault of its own alone."""


@asynccontextmanager
async def open_desk(settings: Settings) -> AsyncIterator[Desk]:
    """The desk, once everything that Kafka has is in Redis; UnreachableError, RedisAwayError."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # what goes wrong is told by our own errors
    connection, clock = Connection.of(settings), parse_clock(settings.clock)
    async with open_redis(settings.redis_url) as redis:
        store = AlertStore(redis)
        agent = Alerts(connection, store, clock.now)
        async with ActionWriter(connection) as writer:
            following = asyncio.create_task(agent.run())
            try:
                await _caught_up(agent, following)
                yield Desk(store, acting(writer, store), writer.write, clock, agent, following)
            finally:
                await _ended(following)


async def _ended(task: "asyncio.Task[None]") -> None:
    """Cancels a task until it has ended: a client in the middle of connecting may swallow it once."""
    while not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)
    await asyncio.gather(task, return_exceptions=True)  # a fault of its own was told by whoever waited for it


async def _caught_up(agent: Alerts, following: "asyncio.Task[None]") -> None:
    waiting = asyncio.create_task(agent.caught_up.wait())
    await asyncio.wait({waiting, following}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if following.done():
        following.result()
