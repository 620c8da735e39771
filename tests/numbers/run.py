"""One installation through nine weeks and a day: two workers, one of which joined when all had been read."""

import json
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from time import time

from schemas.times import format_time
from tests.numbers import counting, metrics
from tests.numbers.day import lines
from tests.ordeal.closing import all_is_acknowledged
from tests.ordeal.installation import PARTITIONS, Installation
from tests.ordeal.test_a_day_of_failures import shared
from tests.rules.server import Prometheus

ALL = set(range(PARTITIONS))
SESSION = ("--session", "4s")
SOON = 60
"""Seconds for what should take a few: others load this machine."""
LAST_RULE = "week:pledge_kept_high:ratio"
"""It reads others that read others: once it is new, all are."""


@dataclass
class Run:
    """What the tests ask. Judged once: nothing changes while they run (day.py)."""

    place: Installation
    prometheus: Prometheus
    events: Path
    workers: list = field(default_factory=list)
    judged: list = field(default_factory=list)
    joined: float = 0.0
    """When the second worker began to join (Unix seconds)."""

    @cached_property
    def clocks(self):
        """What `pledgewatch judge` counts."""
        return list(counting.judged(self.judged, self.by_id))

    @cached_property
    def by_id(self):
        """The events by their id."""
        return {each["id"]: each for each in map(json.loads, self.events.read_bytes().splitlines())}

    def now(self):
        """The time of the installation (ms)."""
        return self.place.clock.now()

    def shown(self):
        """All samples that the workers show at /metrics."""
        return metrics.scraped(*(worker.address() for worker in self.workers))

    def asked(self, expr, *labels):
        """The values that Prometheus has of an expression, by these labels: its only ones."""
        series = self.prometheus.query(expr)
        # A label that is empty is as good as none: Prometheus leaves it out.
        found = {tuple(each.labels.get(name, "") for name in labels): each.value for each in series}
        assert len(found) == len(series), f"{expr} has other labels than {labels}"
        return found

    def scrape(self):
        """Prometheus reads the processes there are, and has their figures."""
        self.prometheus.scrape({"pledgewatch-worker": [worker.address() for worker in self.workers]})
        self.prometheus.wait_for(f"count(timestamp(up == 1) > {time()}) == {len(self.workers)}")
        self.prometheus.wait_for(f"min(timestamp({LAST_RULE})) > {time()}")


def run_through(bootstrap, folder, prometheus):
    """The day fed to one worker, then shared with another."""
    place = Installation(bootstrap, folder)
    place.run("topics", "create", "--partitions", PARTITIONS, "--replication", 1)
    run = Run(place, prometheus, folder / "events.jsonl")
    run.events.write_bytes(b"".join(value + b"\n" for _, value in lines(run.now())))
    _fed(run)
    run.judged = _judged(run)
    run.scrape()
    run.joined = time()
    run.workers.append(place.worker("second", *SESSION))
    place.wait_for("they share", lambda: shared(run.workers), SOON, run.workers)
    run.scrape()
    return run


def _fed(run):
    place, worker = run.place, run.place.worker("first", *SESSION)
    run.workers.append(worker)
    place.run("replay", run.events, "--flat-out", "--shift", "none")
    place.wait_for("the first worker has all", lambda: worker.taken_over() == ALL, SOON, run.workers)
    all_is_acknowledged(place)


def _judged(run):
    """The lines that `pledgewatch judge` writes."""
    command = ["judge", str(run.events), "--at", format_time(run.now())]
    told = subprocess.run([sys.executable, "-m", "pledgewatch", *command], capture_output=True, check=True)
    return told.stdout.splitlines()
