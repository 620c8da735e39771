"""`pledgewatch worker`: watches the events in Kafka and announces breaches."""

import asyncio
import logging
import signal
import sys

import click

from agents.watch import Setup
from agents.worker import STOP_WITHIN, Worker, paced
from pledgewatch.event_loop import use_uvloop
from pledgewatch.kinds import DURATION
from pledgewatch.logs import configure_logs
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.settings import KAFKA, LOGS, Settings
from schemas.errors import PledgeWatchError
from standards.loader import load_pack
from streams import topics
from streams.assignment import EXIT_FAULT
from streams.clock import parse_clock
from streams.connection import Connection
from streams.probes import Probes

log = logging.getLogger("pledgewatch.worker")
QUIET = ("aiokafka", "faust", "mode", "kafka")
OPTIONS = (*KAFKA, "app_id", "standards", "clock", "settle", "feeds", "metrics_bind", "metrics_port", *LOGS)


@click.command()
@settings_options(*OPTIONS)
@click.option(
    "--session",
    default="10s",
    metavar="DURATION",
    help="How long the group waits for a silent worker before others take over.  [default: 10s]",
)
def command(settings: Settings, session: str) -> None:
    """Watch the events in Kafka and announce breaches, until SIGTERM or Ctrl-C.

    Start as many as there are partitions at most: the group shares them. Exit code 70 is a fault of its own, after
    which a worker is simply started again; nothing is lost or said twice.
    """
    configure_logs(settings.log_level, settings.log_format)
    for name in QUIET:  # Faust at `warning` would turn the root to debug; told directly it does not
        logging.getLogger(name).setLevel("DEBUG" if settings.log_level == "debug" else "WARNING")
    use_uvloop()
    sys.exit(asyncio.run(_work(settings, _seconds(session))))


def _seconds(session: str) -> float:
    try:
        return float(DURATION.read(session)) / 1000
    except ValueError as wrong:
        raise PledgeWatchError(f"--session: {wrong}") from None


async def _work(settings: Settings, session_seconds: float) -> int:
    worker = Worker(_setup(settings), session_seconds)
    probes = Probes(worker.metrics, worker.readiness)
    port = probes.start(settings.metrics_bind, settings.metrics_port)
    log.info("serving http://%s:%s/metrics, /live and /ready", settings.metrics_bind, port)
    stopped = _signals()
    await worker.start()
    crashed = asyncio.create_task(worker.crashed())
    await asyncio.wait({crashed, asyncio.create_task(stopped.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if crashed.done():
        worker.assignment.fail(crashed.result())
        return EXIT_FAULT
    log.info("stopping: finishing what was read")
    try:
        await asyncio.wait_for(worker.stop(), STOP_WITHIN)
    except TimeoutError:
        # Faust's threads would keep the process for as long as no broker answers.
        worker.assignment.fail(
            TimeoutError("the broker does not answer; what is uncommitted will be read again")
        )
    probes.stop()
    log.info("stopped")
    return 0


def _setup(settings: Settings) -> Setup:
    connection, clock = Connection.of(settings), parse_clock(settings.clock)
    pack = paced(load_pack(settings.standards), clock, settings.settle)
    partitions = topics.require(connection)
    return Setup(
        connection=connection,
        app_id=settings.app_id,
        partitions=partitions,
        pack=pack,
        clock=clock,
        feeds=read_feeds(settings.feeds, clock.of_wall),
    )


def _signals() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped
