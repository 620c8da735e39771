"""A real redis-server for the session, empty at the start of each test."""

import os
from collections.abc import Iterator

import pytest
from redis import Redis

from pledgewatch.redis_server import RedisServerError, redis_server


@pytest.fixture(scope="session")
def redis_address() -> Iterator[str]:
    """Where the session's Redis is; the test is skipped where none can be had, and fails with CI=true."""
    server = redis_server()
    try:
        url = server.__enter__()
    except RedisServerError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must run the tests on a real Redis: {missing}", pytrace=False)
        pytest.skip(f"needs a real Redis: {missing}")
    yield url
    server.__exit__(None, None, None)


@pytest.fixture
def redis_url(redis_address: str) -> str:
    """A real Redis with nothing in it."""
    with Redis.from_url(redis_address) as client:
        client.flushall()
    return redis_address
