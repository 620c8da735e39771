"""`pledgewatch simulate`: a seeded London day, or many, to a file or to Kafka."""

import hashlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import click

from feeds.replay.replaying import Pace
from feeds.replay.resuming import Note, Progress
from feeds.simulation.day import day, until
from feeds.simulation.profile import DEFAULT, load_profile
from feeds.simulation.sending import send
from feeds.simulation.writing import Line
from pledgewatch.options import settings_options
from pledgewatch.sending import Stopwatch, pace, target
from pledgewatch.settings import KAFKA, Settings
from schemas.times import HOUR, parse_duration, parse_time

START = "2010-03-01T00:00:00Z"
"""A Monday under the Pledge, on which London's time is UTC."""


def _time(_: click.Context, __: click.Parameter, text: str | None) -> int | None:
    try:
        return None if text is None else parse_time(text)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from None


def _duration(_: click.Context, __: click.Parameter, text: str | None) -> int:
    try:
        return 0 if text is None else parse_duration(text)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong)) from None


@click.command()
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same day.")
@click.option(
    "--start", callback=_time, metavar="TIME", help=f"When it begins.  [default: {START}; in Kafka: now]"
)
@click.option(
    "--hours",
    type=click.FloatRange(0, 24 * 366, min_open=True),
    help="How long subjects begin; what happens to them is told for two days more.  [default: 24]",
)
@click.option("--days", type=click.IntRange(1, 3660), help="The same in days: years go by in little memory.")
@click.option(
    "--profile",
    default=DEFAULT,
    show_default=True,
    metavar="NAME|FILE",
    help="The city's numbers: a profile's name, or a YAML file such as docs/london-day.md tells of.",
)
@click.option(
    "--rate",
    type=click.FloatRange(0, 1000, min_open=True),
    default=1.0,
    show_default=True,
    help="How large the city is, call-takers and units and all; 1 is some 73,000 events a day.",
)
@click.option(
    "--poison",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Mix in N records that cannot be read, of every kind, for tests.",
)
@click.option(
    "--heartbeats",
    callback=_duration,
    metavar="DURATION",
    help="Let every feed say so often that it lives; a silent one does not.",
)
@click.option("-o", "--output", metavar="FILE", help="Where the events go.  [default: standard output]")
@settings_options(*KAFKA, "clock")
@click.option("--flat-out", is_flag=True, help="To Kafka: the day that ends now, as fast as Kafka takes it.")
@click.option(
    "--back",
    callback=_duration,
    metavar="DURATION",
    help="To Kafka: it began so long ago, and what has been by now is sent at once; with --flat-out no more.",
)
@click.option(
    "--note",
    metavar="FILE",
    help="To Kafka: where to note how far it has come; the same day goes on there when told the same FILE.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    output: str | None,
    settings: Settings,
    flat_out: bool,
    back: int,
    note: str | None,
    start: int | None,
    hours: float | None,
    days: int | None,
    **of_day: Any,
) -> None:
    """Make up a London day, or many, of calls, incidents, messages and slower promises, from a seed.

    The events come in order of recording, to FILE, or to Kafka where --bootstrap is given: then the day
    begins now by the clock, or --back, each event is sent at its time, and only a scaled clock allows another
    start.
    """
    _refuse(hours is not None and days is not None, "--hours or --days, not both")
    of_day["hours"] = 24.0 * days if days else hours or 24.0
    of_day["heartbeat"] = of_day.pop("heartbeats")
    of_day["profile"] = load_profile(of_day["profile"])
    if ctx.params.get("bootstrap") is None:
        only = {"--flat-out": flat_out, "--back": back, "--note": note}
        for option in (name for name, given in only.items() if given):
            _refuse(True, f"{option} is for Kafka: give --bootstrap")
        _write(output, start, of_day)
    else:
        _refuse(output is not None, "-o and --bootstrap: the events go to a file or to Kafka, not to both")
        _refuse(bool(back) and start is not None, "--back and --start: it begins once")
        _send(settings, flat_out, back, Note(Path(note)) if note else None, start, of_day)


def _refuse(wrong: bool, words: str) -> None:
    if wrong:
        raise click.UsageError(words)


def _simulated(start: int, of_day: dict[str, Any]) -> Iterator[Line]:
    return day(Random(of_day["seed"]), start, **of_day)  # noqa: S311 - seeded on purpose


def _write(output: str | None, start: int | None, of_day: dict[str, Any]) -> None:
    lines = _simulated(parse_time(START) if start is None else start, of_day)
    with click.open_file(output or "-", "wb") as out:
        out.writelines(chain.from_iterable((line.value, b"\n") for line in lines))
        out.flush()


def _send(
    settings: Settings,
    flat_out: bool,
    back: int,
    note: Note | None,
    start: int | None,
    of_day: dict[str, Any],
) -> None:
    _refuse(
        settings.clock == "events", "by the clock `events` it is never now: a simulated day needs another"
    )
    when, stopwatch = pace(settings, flat_out), Stopwatch()
    moved = start is not None and when.anchor != "none"
    _refuse(moved, "a day sent to Kafka begins now: leave out --start, or tell its --clock scaled:…")
    begins = _begins(when, back, start, of_day)
    to = target(settings)
    progress = _progress(note, Progress(_fingerprint(of_day), to.bootstrap, begins))
    lines = _simulated(progress.shift, of_day)
    # Nothing may lie in the future of the clock: of a day sent at once, only what has been.
    sent = send(until(lines, when.clock.now()) if flat_out else lines, to, when, note, progress)
    stopwatch.tell("simulate", sent)


def _begins(when: Pace, back: int, start: int | None, of_day: dict[str, Any]) -> int:
    """When the day begins, in ms."""
    if start is not None:
        return start
    return when.clock.now() - (back or int(when.flat_out * of_day["hours"] * HOUR))


def _progress(note: Note | None, fresh: Progress) -> Progress:
    """Where the same day was left, or its beginning."""
    earlier = note.read(fresh.events, fresh.bootstrap) if note is not None else None
    if earlier is not None:
        click.echo(f"simulate: goes on after the first {earlier.done:,} events", err=True)
    return earlier or fresh


def _fingerprint(of_day: dict[str, Any]) -> str:
    """What tells one simulated city from another, but for when it begins."""
    told = {**of_day, "profile": of_day["profile"].model_dump_json()}
    return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:32]
