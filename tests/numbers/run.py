"""One installation through nine weeks and a day: two workers, one of which joined when all had been read."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from schemas.times import format_time
from tests.numbers import counting, metrics
from tests.numbers.day import lines
from tests.ordeal.closing import all_is_acknowledged
from tests.ordeal.installation import PARTITIONS, Installation
from tests.ordeal.test_a_day_of_failures import shared

SESSION = ("--session", "4s")
SOON = 60


@dataclass
class Run:
    """What the tests ask."""

    place: Installation
    events: Path
    workers: list = field(default_factory=list)

    def now(self):
        """The time of the installation (ms)."""
        return self.place.clock.now()

    def judged(self, at):
        """What `pledgewatch judge` counts at a time (ms)."""
        command = [sys.executable, "-m", "pledgewatch", "judge", str(self.events), "--at", format_time(at)]
        told = subprocess.run(command, capture_output=True, check=True).stdout
        events = map(json.loads, self.events.read_bytes().splitlines())
        return list(counting.judged(told.splitlines(), {event["id"]: event for event in events}))

    def shown(self):
        """All samples that the workers show at /metrics."""
        return metrics.scraped(*(worker.address() for worker in self.workers))


def run_through(bootstrap, folder):
    """The day fed to one worker, then shared with another."""
    place = Installation(bootstrap, folder)
    place.run("topics", "create", "--partitions", PARTITIONS, "--replication", 1)
    events = folder / "events.jsonl"
    events.write_bytes(b"".join(value + b"\n" for _, value in lines(place.clock.now())))
    run = Run(place, events)
    run.workers.append(place.worker("first", *SESSION))
    place.run("replay", events, "--flat-out", "--shift", "none")
    place.wait_for("the first worker has all", lambda: run.workers[0].taken_over() == set(range(PARTITIONS)), SOON, run.workers)
    all_is_acknowledged(place)
    run.workers.append(place.worker("second", *SESSION))
    place.wait_for("they share", lambda: shared(run.workers), SOON, run.workers)
    return run
