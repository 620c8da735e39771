"""`pledgewatch replay`: recorded events into Kafka, in order of recording."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from feeds.replay.replaying import Anchor, Listener, Outcome, replay
from feeds.replay.resuming import Note, fingerprint
from pledgewatch.cli import DIFFERS
from pledgewatch.options import settings_options
from pledgewatch.reading import STDIN, Intake, open_lines
from pledgewatch.sending import Stopwatch, pace, target
from pledgewatch.settings import KAFKA, Settings
from schemas.errors import Refused

ANCHORS = ("first", "last", "none")


@click.command()
@click.argument("events")
@settings_options(*KAFKA, "clock")
@click.option("--flat-out", is_flag=True, help="Send as fast as Kafka takes it, not each event at its time.")
@click.option(
    "--shift",
    type=click.Choice(ANCHORS),
    help="Which event's recording is moved to now, all others with it.  [default: first; last with"
    " --flat-out, for nothing may lie in the future; none with a scaled clock, to which the events"
    " belong]",
)
@click.option(
    "--note", metavar="FILE", help="Where to note how far it has come.  [default: EVENTS with .replay added]"
)
@click.option("--start-over", is_flag=True, help="Forget how far an earlier replay of EVENTS had come.")
@click.pass_context
def command(
    ctx: click.Context,
    events: str,
    settings: Settings,
    flat_out: bool,
    shift: Anchor | None,
    note: str | None,
    start_over: bool,
) -> None:
    """Send EVENTS, gzipped or not (`-` is standard input), to Kafka in order of recording.

    Times are moved so that the first event is now, unless a scaled clock is told; each event is sent at
    its time. A replay that was stopped goes on where it was when it is run again. A line that cannot be
    read is told with its number and its reason, counted, and stops nothing; exit code 1 where none could
    be read.
    """
    kept = _note(events, note, start_over)
    intake, stopwatch = Intake(events), Stopwatch()
    with open_lines(events) as lines, _Bar(intake) as bar:
        known_by = "" if events == STDIN else fingerprint(Path(events))
        with _told_if_stopped(kept):
            outcome = replay(lines, known_by, target(settings), pace(settings, flat_out, shift), bar, kept)
    intake.events = outcome.sent + outcome.resumed
    intake.tell_rest()
    stopwatch.tell("replay", outcome.sent)
    if _nothing_read(outcome):
        click.echo(f"replay: no event could be read in {events}", err=True)
        ctx.exit(DIFFERS)


def _note(events: str, note: str | None, start_over: bool) -> Note | None:
    """Standard input cannot be begun again, so nothing is noted of it."""
    if events == STDIN:
        return None
    kept = Note(Path(note or f"{events}.replay"))
    if start_over:
        kept.remove()
    return kept


@contextmanager
def _told_if_stopped(note: Note | None) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        goes_on = "it goes on where it was when it is run again" if note else "it begins anew when run again"
        click.echo(f"replay: stopped; {goes_on}", err=True)
        raise


def _nothing_read(outcome: Outcome) -> bool:
    return outcome.sent + outcome.resumed == 0


class _Bar(Listener):
    """Tells of lines that cannot be read, and draws a bar where somebody looks on."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        columns = TextColumn("sending"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        self._drawn = Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty())
        self._task = self._drawn.add_task("sending", total=None)

    def __enter__(self) -> "_Bar":
        self._drawn.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._drawn.stop()

    def unreadable(self, number: int, refused: Refused) -> None:
        self._intake.refuse(number, refused)

    def starts(self, done: int, total: int) -> None:
        if done:
            click.echo(f"replay: goes on after the first {done:,} of {total:,} events", err=True)
        self._drawn.update(self._task, completed=done, total=total)

    def sent(self, done: int) -> None:
        self._drawn.update(self._task, completed=done)
