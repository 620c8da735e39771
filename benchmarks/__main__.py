"""`make bench`, or `python -m benchmarks [--quick]`: every figure the README and docs/benchmarks.md give."""

import sys
import tempfile
from pathlib import Path
from typing import Any

import click

from benchmarks.machine import facts
from benchmarks.processes import BenchError
from benchmarks.running import Plan, run
from schemas.errors import PledgeWatchError
from tests.kafka.broker import BrokerMissingError

FULL = Plan(events=250_000, rounds=3, partitions=4, rate=1_000.0, warm_up=30.0, seconds=60.0)
QUICK = Plan(events=40_000, rounds=1, partitions=4, rate=1_000.0, warm_up=10.0, seconds=15.0)


@click.command()
@click.option("--quick", is_flag=True, help="A small version: the figures are rough, the ratio too low.")
@click.option("--events", type=click.IntRange(1_000), help="How many events the backlog has, about.")
@click.option("--rounds", type=click.IntRange(1), help="How often the jobs take turns; medians are told.")
@click.option("--seconds", type=click.FloatRange(5), help="How long the announce delay is measured.")
@click.option("--rate", type=click.FloatRange(10), help="Events a second while it is measured.")
@click.option("--partitions", type=click.IntRange(1, 64), help="Partitions of each topic.")
def main(quick: bool, **given: Any) -> None:
    """Measure the durable job beside a bare loop, the cost of each step, and the announce delay."""
    plan = (QUICK if quick else FULL)._replace(**{name: each for name, each in given.items() if each})
    for line in facts():
        click.echo(line)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-bench-") as logs:
        try:
            run(plan, Path(logs), click.echo)
        except (BenchError, BrokerMissingError, PledgeWatchError) as failed:
            click.echo(f"bench: {failed}", err=True)
            sys.exit(2)


if __name__ == "__main__":
    main()
