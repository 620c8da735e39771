"""`pledgewatch register migrate`: the register's tables, made or brought up to date."""

import click

from pledgewatch.options import settings_options
from pledgewatch.registering.opening import open_database
from pledgewatch.settings import Settings
from register.migrating import migrate


@click.command("migrate")
@settings_options("register_url")
def command(settings: Settings) -> None:
    """Make the register's tables, or bring them up to date; all of it or nothing.

    What they hold is kept. There is no way back but a backup: make one before.
    """
    with open_database(settings) as engine:
        steps = migrate(engine)
    for step in steps:
        click.echo(step)
    if not steps:
        click.echo("nothing to do: the tables are as they should be")
