"""A board over a real Redis, asked without a network."""

from collections.abc import AsyncIterator

import httpx
import pytest
from redis.asyncio import Redis

from alerting.links import Links
from board.app import build
from tests.board.scene import LONDON, Desk

HOST = "http://localhost"


@pytest.fixture
async def desk(redis_url: str) -> AsyncIterator[Desk]:
    """A desk with nothing in it yet."""
    client = Redis.from_url(redis_url)
    yield Desk(client)
    await client.aclose()


@pytest.fixture
def links() -> Links:
    """Links as the desk makes them."""
    return Links("a key of the tests, and of no use elsewhere", HOST)


@pytest.fixture
async def web(desk: Desk, links: Links) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody's browser, as far as requests go."""
    app = build(desk.view, desk.store, desk.act, desk.stories, links, lambda: desk.now, LONDON)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client
