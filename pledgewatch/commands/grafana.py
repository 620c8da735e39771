"""`pledgewatch grafana`: what a Grafana is given that is not provisioned by file, and breaches marked in it."""

import click

from pledgewatch.grafana import annotate, push


@click.group()
def command() -> None:
    """Give a Grafana its dashboards, and mark breaches in it."""


command.add_command(push.command)
command.add_command(annotate.command)
