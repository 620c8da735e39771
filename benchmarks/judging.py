"""`make bench-judge`: ten million generated events through `pledgewatch judge`, beside the least that could be done.

The peer is one plain loop that reads each line with msgspec and remembers, for each call, incident and message, its
first start and stop: no checks, no rules, no output, and all of it in memory.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import click
import msgspec

from benchmarks.machine import facts, memory_of
from benchmarks.processes import BenchError, Child
from feeds.simulation.day import day
from schemas.times import parse_time

START = parse_time("2010-01-04T00:00:00Z")
DAYS = 14
A_DAY = 75_000
"""What the simulated London records in a day at its usual rate, about."""
STARTS = {"call.presented", "incident.created", "message.received"}
STOPS = {"call.answered", "unit.arrived", "message.responded"}


class Measured(NamedTuple):
    """Wall seconds, and the most memory (bytes) its processes held together."""

    seconds: float
    memory: int


class Least(msgspec.Struct):
    """What the plain loop looks at."""

    subject: str
    type: str
    time: str


@click.command()
@click.option("--events", default=10_000_000, show_default=True, type=click.IntRange(1_000))
def main(events: int) -> None:
    """Measure `pledgewatch judge` on generated events, beside a plain loop over the same file."""
    for line in facts():
        click.echo(line)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-bench-") as folder:
        try:
            measure(events, Path(folder))
        except BenchError as failed:
            click.echo(f"bench-judge: {failed}", err=True)
            sys.exit(2)


def measure(events: int, folder: Path) -> None:
    """Generates, judges, and tells."""
    path = folder / "events.jsonl"
    began = time.monotonic()
    with path.open("wb") as file:
        file.writelines(generated(events))
    took = time.monotonic() - began
    click.echo(f"generated {events:,} events, {path.stat().st_size / 2**20:,.0f} MiB, in {took:.0f} s")
    bare = _run(["-m", "benchmarks.judging", "--bare", str(path)], folder / "bare")
    judge = _run(["-m", "pledgewatch", "judge", str(path)], folder / "judge")
    clocks = sum(1 for _ in (folder / "judge.out").open("rb"))
    click.echo(
        f"judge      {events / judge.seconds:>9,.0f} events/s  {judge.memory / 2**20:>7,.0f} MiB at most"
    )
    click.echo(
        f"plain loop {events / bare.seconds:>9,.0f} events/s  {bare.memory / 2**20:>7,.0f} MiB at most"
    )
    click.echo(f"ratio judge/plain loop {bare.seconds / judge.seconds:.2f}; {clocks:,} clocks judged")


def generated(events: int) -> Iterator[bytes]:
    """So many events of a fortnight in London, at as many times its rate as that takes."""
    rate = max(0.01, events / (DAYS * A_DAY) * 1.1)
    lines = day(Random(1), START, hours=DAYS * 24.0, rate=min(rate, 1_000.0), seed=1)
    return (line.value + b"\n" for line in islice(lines, events))


def _run(arguments: list[str], log: Path) -> Measured:
    began = time.monotonic()
    started = Child(arguments, log)
    memory = 0
    while started.process.poll() is None:
        memory = max(memory, memory_of(started.process.pid))
        time.sleep(0.05)
    started.wait(1.0)
    return Measured(time.monotonic() - began, memory)


def bare(path: str) -> None:
    """The plain loop."""
    decode = msgspec.json.Decoder(Least).decode
    started: dict[str, str] = {}
    stopped: dict[str, str] = {}
    with Path(path).open("rb") as lines:
        for line in lines:
            event = decode(line)
            if event.type in STARTS:
                started.setdefault(event.subject, event.time)
            elif event.type in STOPS:
                stopped.setdefault(event.subject, event.time)
    print(sum(subject in stopped for subject in started))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        bare(sys.argv[2])
    else:
        main()
