"""The reference page of the commands: the `--help` of each, as it is."""

from collections.abc import Iterator
from copy import copy

import click

from pledgewatch.cli import COMMANDS, pledgewatch
from schemas.errors import PledgeWatchError

WIDTH = 100
_OPENING = """# Commands

Made from the `--help` of every command by `make docs`; change it where the command is.

Every command ends with 0 where all is well, 1 where what was asked does not hold, 2 where it could not be asked
(a wrong option, a file or a broker that is not there, something that is not built yet), 70 where the fault is
ours, 130 after Ctrl-C, 141 where nobody reads its output any more. What goes wrong is one line on standard error
that begins with `pledgewatch:`; `PLEDGEWATCH_TRACEBACK=1` shows where a fault of ours lies.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_OPENING, *_sections()])


def _sections() -> Iterator[str]:
    yield _section("pledgewatch", pledgewatch)
    for name in COMMANDS:
        try:
            command = pledgewatch.get_command(click.Context(pledgewatch), name)
        except PledgeWatchError as missing:
            yield f"## pledgewatch {name}\n\n{str(missing).capitalize()}.\n"
            continue
        if command is not None:
            yield from _command(f"pledgewatch {name}", command)


def _command(path: str, command: click.Command) -> Iterator[str]:
    yield _section(path, command)
    if isinstance(command, click.Group):
        for name, each in command.commands.items():
            yield _section(f"{path} {name}", each)


def _section(path: str, command: click.Command) -> str:
    # A copy that nobody asked for help before: click keeps the names it hears first, whoever asked.
    fresh = copy(command)
    fresh._help_option = None
    names = pledgewatch.context_settings["help_option_names"]
    context = click.Context(
        fresh, info_name=path, terminal_width=WIDTH, max_content_width=WIDTH, help_option_names=names
    )
    lines = [line.rstrip() for line in fresh.get_help(context).splitlines()]
    return "\n".join([f"## {path}\n", "```text", *lines, "```", ""])
