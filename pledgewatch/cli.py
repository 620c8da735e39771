"""`pledgewatch`: finds the command, runs it, and turns what goes wrong into a message and an exit code."""

import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import click

from schemas.errors import PledgeWatchError

OK, DIFFERS, WRONG, FAULT, INTERRUPTED, BROKEN_PIPE = 0, 1, 2, 70, 130, 141
"""Exit codes: fine; what was asked does not hold; it could not be asked; our fault; Ctrl-C; no reader."""


class Entry(NamedTuple):
    """Where a command is, and its line in the help, so that help imports none of them."""

    module: str
    help: str


COMMANDS = {
    "demo": Entry(
        "pledgewatch.commands.demo", "Watch a simulated London day, sped up, on this machine alone."
    ),
    "judge": Entry("pledgewatch.commands.judge", "Judge a file of events, without Kafka."),
    "explain": Entry("pledgewatch.commands.explain", "Tell a clock's verdict as a story."),
    "figures": Entry(
        "pledgewatch.commands.figures", "Shares of promises kept, with all that stands beside them."
    ),
    "standards": Entry("pledgewatch.commands.standards", "List, show, validate and compare standards packs."),
    "conform": Entry("pledgewatch.conform.command", "Run scenario files against the engine."),
    "import": Entry("pledgewatch.commands.import_", "Turn a published CSV export into events."),
    "simulate": Entry("pledgewatch.commands.simulate", "Make up a London day of events, from a seed."),
    "replay": Entry("pledgewatch.commands.replay", "Send recorded events to Kafka, in order of recording."),
    "topics": Entry("pledgewatch.commands.topics", "Create the Kafka topics, or check them."),
    "feeds": Entry("pledgewatch.commands.feeds", "See how the feeds stand; declare a planned outage."),
    "worker": Entry("pledgewatch.commands.worker", "Watch the events in Kafka and announce breaches."),
    "alerts": Entry("pledgewatch.commands.alerts", "Read what was announced."),
    "alerting": Entry("pledgewatch.commands.alerting", "Tell those on duty, and keep track of each alert."),
    "board": Entry("pledgewatch.commands.board", "Serve the duty board."),
    "register": Entry("pledgewatch.commands.register", "Keep every verdict in SQL tables, for good."),
    "grafana": Entry(
        "pledgewatch.commands.grafana", "Give a Grafana its dashboards, and mark breaches in it."
    ),
    "verify": Entry(
        "pledgewatch.commands.verify", "Judge recorded events again and compare with what was said."
    ),
    "settings": Entry(
        "pledgewatch.commands.settings", "Show the settings in force, and where each comes from."
    ),
}
"""The commands in the order in which help shows them."""


class Commands(click.Group):
    """A group whose commands are imported when they are run, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported; PledgeWatchError where it is not built yet."""
        entry = COMMANDS.get(cmd_name)
        return _imported(cmd_name, entry.module) if entry else None

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command; a reader that has gone is no error of click's."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            return ctx.exit(_silenced())

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table itself, instead of an import of everything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


def _imported(name: str, module: str) -> click.Command:
    try:
        command: click.Command = importlib.import_module(module).command
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{module}.".startswith(f"{missing.name}."):
            raise
        raise PledgeWatchError(f"{name} is not built yet") from None
    return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pledgewatch", prog_name="pledgewatch")
def pledgewatch() -> None:
    """PledgeWatch: a clock for every call, incident and message, and word of every broken promise."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: runs the command line and ends the process with its exit code."""
    code = run(arguments)
    # Whoever read our output may be gone by the last flush.
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _silenced()
    sys.exit(code)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; the exit code. Nothing it raises is shown as a traceback, unless asked for."""
    try:
        result = pledgewatch.main(arguments, prog_name="pledgewatch", standalone_mode=False)
        return result if isinstance(result, int) else OK
    except click.ClickException as wrong:
        wrong.show()
        return WRONG
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except PledgeWatchError as error:
        return _complain(str(error), WRONG)
    except BrokenPipeError:
        return _silenced()
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _complain(f"{where}{error.strerror or error}", WRONG)
    except Exception as error:
        return _fault(error)


def _complain(message: str, code: int) -> int:
    click.echo(f"pledgewatch: {message}", err=True)
    return code


def _fault(error: Exception) -> int:
    if os.environ.get("PLEDGEWATCH_TRACEBACK"):
        raise error
    kind = type(error).__name__
    return _complain(
        f"a fault of ours: {kind}: {error}\nSet PLEDGEWATCH_TRACEBACK=1 to see where, and report it.", FAULT
    )


def _silenced() -> int:
    # What is still buffered goes nowhere, or the interpreter complains about it at exit.
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return BROKEN_PIPE


if __name__ == "__main__":
    main()
