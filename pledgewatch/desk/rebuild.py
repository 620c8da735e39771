"""`pledgewatch alerting rebuild`: the alerts in Redis, made anew from Kafka."""

import asyncio

import click

from alerting.store import AlertStore
from pledgewatch.desk.opening import OPTIONS, open_desk
from pledgewatch.options import settings_options
from pledgewatch.redis_client import open_redis
from pledgewatch.settings import Settings


@click.command("rebuild")
@settings_options(*OPTIONS)
def command(settings: Settings) -> None:
    """Forget the alerts in Redis and make them anew from Kafka.

    Nothing is lost, and nobody is told twice: what was announced and what was done about it are in Kafka. A desk or a
    board that is running notices, and helps. There is no need for it after Redis was lost, they do it by themselves.
    """
    asyncio.run(_rebuild(settings))


async def _rebuild(settings: Settings) -> None:
    async with open_redis(settings.redis_url) as redis:
        await AlertStore(redis).clear()
    async with open_desk(settings) as desk:
        held, still_open = await desk.store.count(open_only=False), await desk.store.count()
        click.echo(f"{held} alerts, {still_open} of them open, from {desk.agent.read} records")
        for (topic, reason), number in sorted(desk.agent.dead_letters.items()):
            click.echo(f"{number} records of {topic} cannot be read ({reason}): see dead-letters", err=True)
