"""Redis, as the settings name it: reached, or a message that says what to do."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from pledgewatch.kinds import without_password
from pledgewatch.settings import SettingsError
from schemas.errors import PledgeWatchError

OLDEST = (6, 2)
log = logging.getLogger(__name__)


class RedisAwayError(PledgeWatchError):
    """Redis cannot be reached, refuses us, or is too old.

    Operator action: check `redis_url`, and that Redis is up; 6.2 is the oldest that will do.
    """


@asynccontextmanager
async def open_redis(url: str) -> AsyncIterator[Redis]:
    """A client of the Redis at `url`; SettingsError where that is no such address, RedisAwayError."""
    try:
        client: Redis = Redis.from_url(url)
    except ValueError as wrong:
        raise SettingsError(f"redis_url: {wrong}") from None
    async with client:
        try:
            await _check(client, url)
        except RedisError as failed:
            raise RedisAwayError(f"cannot reach Redis at {without_password(url)}: {failed}") from None
        yield client


async def _check(client: Redis, url: str) -> None:
    told = await client.info()
    version = tuple(int(part) for part in str(told["redis_version"]).split(".")[:2])
    if version < OLDEST:
        raise RedisAwayError(f"Redis at {without_password(url)} is {told['redis_version']}; 6.2 is needed")
    if told.get("maxmemory") and told.get("maxmemory_policy") != "noeviction":
        log.warning(
            "Redis may throw alerts away: its maxmemory-policy is %s, not noeviction",
            told.get("maxmemory_policy"),
        )
