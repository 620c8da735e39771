"""`pledgewatch topics create|check`."""

import sys

import click

from pledgewatch.options import settings_options
from pledgewatch.settings import KAFKA, Settings
from streams import topics
from streams.connection import Connection


@click.group()
def command() -> None:
    """Create the Kafka topics, or check them."""


@command.command()
@settings_options(*KAFKA, "partitions", "replication")
def create(settings: Settings) -> None:
    """Create the topics that are missing, and mend the settings of those that are there.

    A partition count is fixed for life; a topic that stands with another is refused, never grown.
    """
    done = topics.create(Connection.of(settings), settings.partitions, settings.replication)
    for line in done or ["nothing to do: the topics are as they should be"]:
        click.echo(line)


@command.command()
@settings_options(*KAFKA)
def check(settings: Settings) -> None:
    """Compare the topics with what the workers need; exit code 1 where they differ."""
    differences = topics.check(Connection.of(settings))
    for line in differences or ["the topics are as they should be"]:
        click.echo(line)
    if differences:
        click.echo("run `pledgewatch topics create` (a wrong partition count needs new topics)", err=True)
        sys.exit(1)
