"""`pledgewatch alerting run`: a duty desk."""

import asyncio
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from uuid import uuid4

import click
from redis.asyncio import Redis

from agents.desk import DeskSetup, DutyDesk
from alerting.links import Links
from alerting.policy import Policy
from alerting.reading import read_policy
from pledgewatch.desk import opening
from pledgewatch.logs import configure_logs
from pledgewatch.options import settings_options
from pledgewatch.redis_client import open_redis
from pledgewatch.settings import LOGS, Settings, SettingsError
from streams.assignment import EXIT_FAULT
from streams.connection import Connection
from streams.probes import Probes

OPTIONS = (*opening.OPTIONS, "alerting", "board_url", "link_key", "metrics_bind", "metrics_port", *LOGS)
log = logging.getLogger("pledgewatch.desk")


@click.command("run")
@settings_options(*OPTIONS)
def command(settings: Settings) -> None:
    """Tell those on duty of what breaks, as the policy has it, until SIGTERM or Ctrl-C.

    Any number may run; each telling is done by one of them. Exit code 70 is a fault of its own, after which a desk is
    simply started again: nothing is lost. Who may be told twice, and when: docs/alerting-delivery.md.
    """
    configure_logs(settings.log_level, settings.log_format)
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    sys.exit(asyncio.run(_run(settings, policy_of(settings))))


def policy_of(settings: Settings) -> Policy:
    """The policy that the settings name; SettingsError where they name none, DocumentError where it will not do."""
    if settings.alerting is None:
        raise SettingsError(
            "nobody is told without a policy: give --alerting FILE, or set PLEDGEWATCH_ALERTING"
        )
    return read_policy(Path(settings.alerting))


def links_of(settings: Settings) -> Links | None:
    """What signs links to the board; None where there is no key, or nobody reaches the board."""
    if settings.link_key is None or settings.board_url is None:
        return None
    return Links(settings.link_key, settings.board_url)


def setup_of(settings: Settings, policy: Policy, opened: opening.Desk, redis: Redis) -> DeskSetup:
    """A desk's setup, of an opened store and the policy."""
    return DeskSetup(
        connection=Connection.of(settings),
        redis=redis,
        store=opened.store,
        alerts=opened.agent,
        record=opened.record,
        policy=policy,
        clock=opened.clock,
        who=f"{socket.gethostname()}/{os.getpid()}/{uuid4().hex[:8]}",
        links=links_of(settings),
    )


async def _run(settings: Settings, policy: Policy) -> int:
    async with open_redis(settings.redis_url) as redis, opening.open_desk(settings) as opened:
        desk = DutyDesk(setup_of(settings, policy, opened, redis))
        probes = Probes(desk.metrics, desk.readiness)
        port = probes.start(settings.metrics_bind, settings.metrics_port)
        log.info("serving http://%s:%s/metrics, /live and /ready", settings.metrics_bind, port)
        try:
            return await _until_told(desk, opened)
        finally:
            probes.stop()


async def _until_told(desk: DutyDesk, opened: opening.Desk) -> int:
    """Works until a signal comes: 0; or until a part of it fails: 70."""
    stopped = asyncio.create_task(_signalled())
    working = asyncio.create_task(desk.run())
    log.info("the desk is open")
    await asyncio.wait({stopped, working, opened.following}, return_when=asyncio.FIRST_COMPLETED)
    failed = [task for task in (working, opened.following) if task.done()]
    for task in failed:
        log.error("the desk ends by a fault of its own; start it again", exc_info=task.exception())
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    log.info("the desk is closed")
    return EXIT_FAULT if failed else 0


async def _signalled() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
