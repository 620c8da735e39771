"""`pledgewatch alerting`: alerts that somebody owns, and who is told of them."""

import click

from pledgewatch.desk import acting, check, explain, parked, rebuild, run, test
from pledgewatch.desk import list as listing


@click.group()
def command() -> None:
    """Tell those on duty, and keep track of who has which alert."""


command.add_command(check.command)
command.add_command(explain.command)
command.add_command(listing.command)
for each in acting.COMMANDS:
    command.add_command(each)
command.add_command(rebuild.command)
command.add_command(run.command)
command.add_command(test.command)
command.add_command(parked.listing)
command.add_command(parked.retry)
