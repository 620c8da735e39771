"""`pledgewatch register rebuild`: what the ledger still holds, read into the register again."""

import asyncio

import click
from sqlalchemy import Engine

from agents.register import Register
from pledgewatch.options import settings_options
from pledgewatch.registering.opening import open_tables
from pledgewatch.settings import KAFKA, Settings
from register.store import RegisterStore
from standards.loader import load_pack
from streams.connection import Connection
from streams.topic_reading import TopicReader
from streams.topics import LEDGER


@click.command("rebuild")
@settings_options(*KAFKA, "standards", "register_url")
def command(settings: Settings) -> None:
    """Read the whole ledger into the register again, and end.

    What the ledger still holds is put right. What it has forgotten stays as it is: nothing is removed that cannot be
    read again. A register that is running may go on; the two do not disturb one another.
    """
    with open_tables(settings) as engine:
        register = asyncio.run(_rebuilt(settings, engine))
        revisions, still_open = RegisterStore(engine).counts()
    click.echo(
        f"{register.records} records read, {register.rows} revisions put right; "
        f"the register holds {revisions} revisions, {still_open} clocks are open"
    )


async def _rebuilt(settings: Settings, engine: Engine) -> Register:
    connection, store = Connection.of(settings), RegisterStore(engine)
    register = Register(connection, store, load_pack(settings.standards), strict=True)
    with TopicReader(connection, [LEDGER]):  # where there is no ledger, nothing is forgotten either
        store.forget_reading()
    following = asyncio.create_task(register.run())
    reading = asyncio.create_task(register.caught_up.wait())
    await asyncio.wait({following, reading}, return_when=asyncio.FIRST_COMPLETED)
    if following.done():
        reading.cancel()
        following.result()
    following.cancel()
    await asyncio.wait({following})
    return register
