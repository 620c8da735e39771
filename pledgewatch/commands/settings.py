"""`pledgewatch settings`: what is in force, and where it comes from."""

import os

import click

from pledgewatch.settings import SETTINGS, Setting
from pledgewatch.sources import Resolved, resolve


@click.command()
@click.option("--config", metavar="FILE", help="TOML file of settings.")
def command(config: str | None) -> None:
    """Show the settings in force and the place each comes from; secrets are not shown."""
    resolved = resolve({}, os.environ, config)
    for warning in resolved.warnings:
        click.echo(f"pledgewatch: {warning}", err=True)
    for setting in SETTINGS.values():
        place = resolved.places.get(setting.name, "default")
        click.echo(f"{setting.name:<18} {_shown(setting, resolved):<24} {place}")


def _shown(setting: Setting, resolved: Resolved) -> str:
    value = getattr(resolved.settings, setting.name)
    if value is None:
        return "-"
    return "(hidden)" if setting.secret else setting.kind.show(value)
