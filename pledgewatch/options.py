"""The click options of the settings a command takes."""

import functools
import os
from collections.abc import Callable
from typing import Any

import click

from pledgewatch.settings import SETTINGS, Setting, SettingsError
from pledgewatch.sources import CONFIG_FILE, resolve

Command = Callable[..., Any]


def settings_options(*names: str) -> Callable[[Command], Command]:
    """Gives a command the flags of these settings and `--config`, and hands it the `settings` they make.

    All settings are resolved, also those the command has no flag for.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def with_settings(*args: Any, **given: Any) -> Any:
            flags = {key: given.pop(key) for key in [_parameter(SETTINGS[name]) for name in names]}
            return command(*args, settings=_resolved(flags, given.pop("config")), **given)

        decorated: Command = _config_option(with_settings)
        for name in reversed(names):
            decorated = _option(SETTINGS[name])(decorated)
        return decorated

    return decorate


def _resolved(flags: dict[str, Any], config: str | None) -> Any:
    resolved = resolve(flags, os.environ, config)
    for warning in resolved.warnings:
        click.echo(f"pledgewatch: {warning}", err=True)
    return resolved.settings


def _option(setting: Setting) -> Callable[[Command], Command]:
    return click.option(
        setting.flag,
        _parameter(setting),
        metavar="FILE" if setting.secret else setting.kind.metavar,
        help=option_help(setting),
    )


def option_help(setting: Setting) -> str:
    """A setting's help on the command line, with its default and its variable."""
    words = f"File that holds: {setting.help}" if setting.secret else setting.help
    default = "" if setting.default is None else f"default: {setting.kind.show(setting.default)}; "
    return f"{words}  [{default}{setting.variable}{'_FILE' if setting.secret else ''}]"


def _config_option(command: Command) -> Command:
    return click.option(
        "--config", metavar="FILE", help=f"TOML file of settings.  [default: {CONFIG_FILE} if there is one]"
    )(command)


def _parameter(setting: Setting) -> str:
    return f"{setting.name}_file" if setting.secret else setting.name


__all__ = ["SettingsError", "option_help", "settings_options"]
