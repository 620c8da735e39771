"""`pledgewatch board`: the duty board, and the agents that keep what it shows up to date."""

import asyncio
import gc
import logging
import socket
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import click
from fastapi import FastAPI
from redis.asyncio import Redis

from agents.worker import GC_THRESHOLDS
from alerting.links import Links
from alerting.reading import read_policy
from board.app import build
from board.view import View
from pledgewatch import viewing
from pledgewatch.desk.opening import Desk, open_desk
from pledgewatch.event_loop import use_uvloop
from pledgewatch.logs import configure_logs
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.redis_client import open_redis
from pledgewatch.serving import address_of, listen, serve_beside
from pledgewatch.settings import LOGS, Settings
from pledgewatch.stories import Stories
from standards.loader import load_pack
from standards.promises import promises

OPTIONS = (*viewing.OPTIONS, "board_bind", "board_port", "board_url", "link_key", "alerting", *LOGS)
QUIET = ("aiokafka", "uvicorn")
HERE = ("127.0.0.1", "localhost", "::1")


@click.command()
@settings_options(*OPTIONS)
def command(settings: Settings) -> None:
    """Serve the duty board, until SIGTERM or Ctrl-C.

    It knows no sign-in yet: whoever reaches it can act in any name, so it is served to this machine alone unless
    --board-bind says otherwise. What it shows is made from Kafka and kept in Redis; several may run.
    """
    configure_logs(settings.log_level, settings.log_format)
    for name in QUIET:
        logging.getLogger(name).setLevel("WARNING")
    use_uvloop()
    gc.set_threshold(*GC_THRESHOLDS)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    listening = listen(settings.board_bind, settings.board_port)
    async with AsyncExitStack() as stack:
        stack.callback(listening.close)
        redis = await stack.enter_async_context(open_redis(settings.redis_url))
        desk = await stack.enter_async_context(open_desk(settings))
        agent = viewing.view_agent(settings, desk.clock, redis)
        click.echo(_welcome(settings, listening))
        await serve_beside(_app(settings, desk, redis), listening, agent.run())


def _app(settings: Settings, desk: Desk, redis: Redis) -> FastAPI:
    pack, view, now = load_pack(settings.standards), View(redis), desk.clock.now
    feeds = read_feeds(settings.feeds, desk.clock.of_wall)
    return build(
        view,
        desk.store,
        desk.act,
        Stories(view, pack, promises(settings.standards), feeds, now),
        Links(settings.link_key, settings.board_url or "") if settings.link_key else None,
        now,
        pack.zone,
        speed=desk.clock.speed,
        policy=read_policy(Path(settings.alerting)) if settings.alerting else None,
        hosts=_hosts(settings),
    )


def _hosts(settings: Settings) -> tuple[str, ...] | None:
    """The names under which people reach it; None: whatever they call it, for it is open to others anyway."""
    named = urlsplit(settings.board_url or "").hostname
    if named is None and settings.board_bind not in HERE:
        return None
    return (*HERE, settings.board_bind, *([named] if named else []))


def _welcome(settings: Settings, listening: socket.socket) -> str:
    who = "this machine alone" if settings.board_bind in HERE else "whoever reaches this address"
    return f"the duty board is at {address_of(listening)}, for {who}: it knows no sign-in yet"
