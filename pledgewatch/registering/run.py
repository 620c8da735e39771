"""`pledgewatch register run`: the ledger, followed into the register."""

import asyncio
import logging
import signal

import click
from sqlalchemy import Engine

from agents.register import Register
from pledgewatch.event_loop import use_uvloop
from pledgewatch.logs import configure_logs
from pledgewatch.options import settings_options
from pledgewatch.registering.opening import open_tables
from pledgewatch.settings import KAFKA, LOGS, Settings
from register.database import shown
from register.store import RegisterStore
from standards.loader import load_pack
from streams.connection import Connection
from streams.probes import Probes

OPTIONS = (*KAFKA, "standards", "register_url", "metrics_bind", "metrics_port", *LOGS)
log = logging.getLogger("pledgewatch.register")


@click.command("run")
@settings_options(*OPTIONS)
@click.option("--migrate", "migrating", is_flag=True, help="Bring PostgreSQL's tables up to date first.")
def command(settings: Settings, migrating: bool) -> None:
    """Follow the ledger and keep the register's tables as it has them, until SIGTERM or Ctrl-C.

    How far it has read is kept in the database, written with what was read: it may be killed at any moment, and
    several may run. SQLite's tables are made and brought up to date by themselves.
    """
    configure_logs(settings.log_level, settings.log_format)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    use_uvloop()
    with open_tables(settings, migrating=migrating) as engine:
        log.info("keeping the register at %s", shown(engine))
        asyncio.run(_run(settings, engine))


async def _run(settings: Settings, engine: Engine) -> None:
    register = Register(Connection.of(settings), RegisterStore(engine), load_pack(settings.standards))
    probes = Probes(register.metrics, register.readiness)
    port = probes.start(settings.metrics_bind, settings.metrics_port)
    log.info("serving http://%s:%s/metrics, /live and /ready", settings.metrics_bind, port)
    working = asyncio.create_task(register.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    try:
        await asyncio.wait({working})
        if not working.cancelled():
            working.result()
    finally:
        probes.stop()
