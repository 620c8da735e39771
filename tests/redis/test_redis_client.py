"""Redis is reached, or it is said what to do."""

import pytest

from pledgewatch.redis_client import RedisAwayError, open_redis, without_password
from pledgewatch.settings import SettingsError


@pytest.mark.redis
async def test_redis_answers(redis_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with open_redis(redis_url) as redis:
        assert await redis.ping()
        await redis.config_set("maxmemory", "100mb")
        await redis.config_set("maxmemory-policy", "allkeys-lru")
        try:
            async with open_redis(redis_url):
                assert "may throw alerts away: its maxmemory-policy is allkeys-lru" in caplog.text
        finally:
            await redis.config_set("maxmemory", "0")
            await redis.config_set("maxmemory-policy", "noeviction")


async def test_nobody_is_there() -> None:
    with pytest.raises(RedisAwayError, match="cannot reach Redis at redis://127"):
        async with open_redis("redis://somebody:secret@127.0.0.1:1/0"):
            pass


async def test_no_address_of_redis() -> None:
    with pytest.raises(SettingsError, match="redis_url"):
        async with open_redis("http://localhost"):
            pass


def test_a_password_is_not_shown() -> None:
    assert without_password("rediss://me:p@ss@host:1/2") == "rediss://host:1/2"
    assert without_password("redis://host/0") == "redis://host/0"
    assert without_password("redis://host/0?password=p%40ss") == "redis://host/0"
