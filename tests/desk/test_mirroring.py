"""Alertmanager is kept as the store is: soon after it changes, never while it is being filled, and not by half."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from redis.asyncio import Redis

from alerting.alert import Alert
from alerting.channels import ChannelError
from alerting.mirroring import Mirroring
from alerting.store import AlertStore
from schemas.times import MINUTE
from tests.alerting.entries import CLOCK, news
from tests.kafka.scene import until

pytestmark = pytest.mark.redis
CALL = "CALL-1/call-999"


class Mirror:
    """An Alertmanager that keeps what it was given; `away` while it is not there."""

    def __init__(self) -> None:
        self.settings = SimpleNamespace(every=MINUTE)
        self.posts: list[list[str]] = []
        self.away = False

    async def mirror(self, alerts: Sequence[Alert], now: int) -> None:
        if self.away:
            raise ChannelError("nobody answers", permanent=False)
        self.posts.append(sorted(alert.id for alert in alerts))

    async def close(self) -> None: ...


@asynccontextmanager
async def mirroring(store: AlertStore, mirror: Mirror) -> AsyncIterator[None]:
    made = Mirroring(mirror, store, lambda alert: alert.id != CALL, lambda: 0)  # type: ignore[arg-type]
    task = asyncio.create_task(made.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def store(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AlertStore]:
    monkeypatch.setattr("alerting.mirroring.AT_MOST_EVERY", 0.05)
    async with Redis.from_url(redis_url) as redis:
        made = AlertStore(redis)
        await made.positions()
        yield made


async def test_what_changes_is_posted_at_once_but_for_what_is_told_by_its_rate(store: AlertStore) -> None:
    mirror = Mirror()
    await store.set_built()
    async with mirroring(store, mirror):
        await until(lambda: mirror.posts[-1:] == [[]], 5)
        await store.add([news("clock.breached", "+12m", 1), news("clock.breached", "+12m", 1, CALL)])
        await until(lambda: mirror.posts[-1:] == [[CLOCK]], 5)
        await store.add([news("clock.stopped", "+14m", 2, stop="2009-10-24T19:14:00Z")])
        await until(lambda: mirror.posts[-1:] == [[]], 5)


async def test_a_store_that_is_being_filled_posts_nothing(store: AlertStore) -> None:
    mirror = Mirror()
    async with mirroring(store, mirror):
        await store.add([news("clock.breached", "+12m", 1)])
        await asyncio.sleep(0.3)
        assert mirror.posts == []

        await store.set_built()
        await until(lambda: mirror.posts[-1:] == [[CLOCK]], 5)


async def test_an_alertmanager_that_was_away_is_brought_up_to_date(store: AlertStore) -> None:
    mirror = Mirror()
    mirror.settings.every, mirror.away = 200, True
    await store.set_built()
    async with mirroring(store, mirror):
        await store.add([news("clock.breached", "+12m", 1)])
        await asyncio.sleep(0.3)
        mirror.away = False
        await until(lambda: mirror.posts[-1:] == [[CLOCK]], 5)
