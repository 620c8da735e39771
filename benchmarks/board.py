"""`make bench-board`: 10,000 open clocks, 200 viewers; from a record handed to the ledger to each of the screens."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import click
from redis.asyncio import Redis

from benchmarks import topics
from benchmarks.control_room import ControlRoom
from benchmarks.live import BOROUGHS
from benchmarks.machine import cpu_seconds, facts, memory_of
from benchmarks.processes import BenchError, Child, child
from board.view import View
from pledgewatch.redis_server import redis_server
from schemas.errors import PledgeWatchError
from tests.kafka.broker import BrokerMissingError, real_kafka

AIM_P99_MS = 500.0
PARTITIONS = 4
START_WITHIN = 60.0
LEFT_AT_THE_END = 2.0
"""Seconds in which the last probe must be seen."""
Say = Callable[[str], None]


class Plan(NamedTuple):
    """How much: open clocks, viewers, changes a second beside one probe each `probe_every` s, seconds."""

    clocks: int
    viewers: int
    rate: float
    seconds: float
    probe_every: float = 0.5

    @property
    def screens(self) -> dict[str, int]:
        """Half watch the wall; the others the wall or the open clocks of one borough, of 20 boroughs."""
        places = [borough.replace(" ", "+") for borough in BOROUGHS[:20]]
        each, rest = divmod(self.viewers // 2, 2 * len(places))
        asked = [f"{screen}&borough={place}" for place in places for screen in ("wall", "clocks")]
        return {"wall": self.viewers - self.viewers // 2} | {
            screen: each + (number < rest) for number, screen in enumerate(asked) if each + (number < rest)
        }


class Found(NamedTuple):
    """The delays in ms, one a probe and viewer; what it cost."""

    ms: list[float]
    probes: int
    changes: float
    cores: dict[str, float]
    megabytes: float
    kilobytes_a_viewer: float
    read_in: float


def run(plan: Plan, logs: Path) -> Found:
    """Measures on a Kafka and a Redis of its own."""
    with ExitStack() as stack:
        bootstrap = stack.enter_context(real_kafka())
        redis = stack.enter_context(redis_server())
        topics.prepare(bootstrap, PARTITIONS)
        room = ControlRoom(bootstrap, PARTITIONS)
        room.fill(plan.clocks)
        arguments = ["-m", "pledgewatch", "board", "--bootstrap", bootstrap, "--redis-url", redis]
        began = time.time()
        board = stack.enter_context(child([*arguments, "--board-port", "0"], logs / "board.log"))
        board.until(lambda: asyncio.run(_waiting(redis)) == plan.clocks, START_WITHIN)
        return _watched(plan, room, board, time.time() - began, logs)


async def _waiting(redis: str) -> int:
    async with Redis.from_url(redis) as client:
        return await View(client).count()


def _watched(plan: Plan, room: ControlRoom, board: Child, read_in: float, logs: Path) -> Found:
    port = board.told.split("127.0.0.1:")[1].split("/")[0]
    warm_up, lasts = 3.0, plan.seconds + LEFT_AT_THE_END
    screens = [f"{screen}={number}" for screen, number in plan.screens.items()]
    watching = ["-m", "benchmarks.viewers", port, str(warm_up + lasts), *screens]
    with child(watching, logs / "viewers.log") as viewers:
        time.sleep(warm_up)
        pids = {"board": board.process.pid, "viewers": viewers.process.pid}
        used = {name: cpu_seconds(pid) for name, pid in pids.items()}
        probes = _work(plan, room)
        cores = {name: (cpu_seconds(pid) - used[name]) / plan.seconds for name, pid in pids.items()}
        seen = json.loads(viewers.wait(lasts + 30))
    return Found(
        ms=list(delays(probes, seen)),
        probes=len(probes),
        changes=room.changes / plan.seconds,
        cores=cores,
        megabytes=memory_of(board.process.pid) / 2**20,
        kilobytes_a_viewer=sum(size for *_, size in seen) / len(seen) / (warm_up + lasts) / 1000,
        read_in=read_in,
    )


def _work(plan: Plan, room: ControlRoom) -> dict[int, tuple[float, str]]:
    """Changes and probes at their pace; when each probe was written, and where."""
    probes: dict[int, tuple[float, str]] = {}
    began = time.time()
    while (passed := time.time() - began) < plan.seconds:
        while room.changes < plan.rate * passed:
            room.change()
        if len(probes) < passed / plan.probe_every:
            probes[len(probes)] = room.probe(len(probes))
        room.attend()
        time.sleep(0.002)
    return probes


def delays(
    probes: dict[int, tuple[float, str]], seen: list[tuple[str, dict[str, float], int]]
) -> Iterator[float]:
    """How long (ms) each viewer waited for each probe it was to see; BenchError where one never came."""
    for screen, found, _ in seen:
        place = screen.partition("borough=")[2].replace("+", " ")
        for number, (at, borough) in probes.items():
            if not place or place == borough:
                if str(number) not in found:
                    raise BenchError(f"a viewer of {screen} never saw probe {number}")
                yield (found[str(number)] - at) * 1000


def tell(plan: Plan, found: Found, say: Say) -> None:
    """The figures, a line each."""
    p99 = quantiles(found.ms, n=100, method="inclusive")[-1]
    say(
        f"{plan.clocks:,} open clocks, {plan.viewers} viewers of {len(plan.screens)} screens,"
        f" {found.changes:.0f} changes a second"
    )
    say(
        f"from the ledger to the screen: p50 {median(found.ms):.0f} ms, p99 {p99:.0f} ms (aim: under"
        f" {AIM_P99_MS:.0f}), longest {max(found.ms):.0f} ms; {found.probes} probes, {len(found.ms):,} sightings"
    )
    say(
        f"board at {found.cores['board']:.0%} of a core and {found.megabytes:.0f} MB, viewers at"
        f" {found.cores['viewers']:.0%}; {found.kilobytes_a_viewer:.1f} kB/s a viewer;"
        f" a board started anew showed all of it after {found.read_in:.1f} s"
    )


@click.command()
@click.option("--clocks", default=10_000, show_default=True, type=click.IntRange(1), help="Open clocks.")
@click.option("--viewers", default=200, show_default=True, type=click.IntRange(2), help="Open streams.")
@click.option("--rate", default=50.0, show_default=True, help="Changes of clocks a second.")
@click.option("--seconds", default=60.0, show_default=True, help="How long it is measured.")
def main(clocks: int, viewers: int, rate: float, seconds: float) -> None:
    """Measure how long a change takes from the ledger to those who watch the board."""
    plan = Plan(clocks, viewers, rate, seconds)
    for line in facts():
        click.echo(line)
    with tempfile.TemporaryDirectory(prefix="pledgewatch-bench-") as logs:
        try:
            tell(plan, run(plan, Path(logs)), click.echo)
        except (BenchError, BrokerMissingError, PledgeWatchError) as failed:
            click.echo(f"bench: {failed}", err=True)
            sys.exit(2)


if __name__ == "__main__":
    main()
