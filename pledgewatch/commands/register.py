"""`pledgewatch register`: every revision of every clock, kept in SQL tables."""

import click

from pledgewatch.registering import check, migrate, rebuild, run


@click.group()
def command() -> None:
    """Keep every verdict in SQL tables, for good: the Pledge register."""


for each in (run.command, migrate.command, check.command, rebuild.command):
    command.add_command(each)
