"""`pledgewatch alerting`: alerts that somebody owns, and who is told of them."""

import click


@click.group()
def command() -> None:
    """Tell those on duty, and keep track of who has which alert."""
