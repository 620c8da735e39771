"""A real redis-server for the session, empty at the start of each test."""

from collections.abc import Iterator

import pytest
from redis import Redis

from pledgewatch.redis_server import RedisServerError, redis_server
from tests.missing import missing


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    """Where the session's Redis is; the test is skipped where none can be had, and fails with CI=true."""
    server = redis_server()
    try:
        url = server.__enter__()
    except RedisServerError as why:
        missing("Redis", why)
    yield url
    server.__exit__(None, None, None)


@pytest.fixture
def redis_url(redis_address: str) -> str:
    """A real Redis with nothing in it."""
    with Redis.from_url(redis_address) as client:
        client.flushall()
    return redis_address
