"""`pledgewatch register check`: whether the register says what the ledger says."""

import click

from agents.register_check import check
from pledgewatch.cli import DIFFERS, OK
from pledgewatch.options import settings_options
from pledgewatch.registering.opening import open_tables
from pledgewatch.settings import KAFKA, Settings
from register.store import RegisterStore
from standards.loader import load_pack
from streams.connection import Connection

SHOWN = 20


@click.command("check")
@settings_options(*KAFKA, "standards", "register_url")
@click.pass_context
def command(ctx: click.Context, settings: Settings) -> None:
    """Compare the register with the ledger; exit code 1 where they differ.

    Every subject that the ledger holds is compared, as far as the register has read. What the ledger has forgotten
    since cannot be: of that the register is all there is.
    """
    with open_tables(settings) as engine:
        checked = check(Connection.of(settings), RegisterStore(engine), load_pack(settings.standards))
    for line in checked.differences[:SHOWN]:
        click.echo(line)
    if len(checked.differences) > SHOWN:
        click.echo(f"… and {len(checked.differences) - SHOWN} more")
    found = len(checked.differences) or "no"
    click.echo(
        f"{checked.subjects} subjects compared, {found} differences; {checked.unread} records are still to be read",
        err=True,
    )
    if checked.differences:
        click.echo("run `pledgewatch register rebuild`", err=True)
    ctx.exit(DIFFERS if checked.differences else OK)
