"""One installation through nine weeks and a day: every part of it that has figures, as its operator starts them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from time import time

from broker import real_kafka
from sqlalchemy import Engine, create_engine, text

from pledgewatch.redis_server import redis_server
from schemas.times import format_time
from tests.numbers import counting, live, metrics
from tests.numbers.day import lines
from tests.numbers.stories import FEEDS
from tests.ordeal.closing import all_is_acknowledged, all_is_told
from tests.ordeal.installation import PARTITIONS, Installation
from tests.ordeal.test_a_day_of_failures import shared
from tests.ordeal.workers import Worker
from tests.register.server import real_postgres
from tests.rules.server import Prometheus, prometheus_server

ALL = set(range(PARTITIONS))
SESSION = ("--session", "4s")
SOON = 60
"""Seconds for what should take a few: others load this machine."""
POLICY = Path(__file__).parents[2] / "pledgewatch" / "demo" / "duty-desk.yaml"


@dataclass
class Run:
    """What the tests ask. Judged once: nothing changes while they run (day.py)."""

    place: Installation
    prometheus: Prometheus
    register: Engine
    events: Path
    workers: list[Worker] = field(default_factory=list)
    parts: dict[str, str] = field(default_factory=dict)
    """Where the other processes serve /metrics, by their Prometheus job."""
    judged: list[bytes] = field(default_factory=list)
    """The lines that `pledgewatch judge` writes."""
    before: int = 0
    """What the rules showed of seven days when the second worker began to join, at `joined` (Unix seconds)."""
    joined: float = 0.0

    def now(self):
        """The time of the installation (ms)."""
        return self.place.clock.now()

    @cached_property
    def clocks(self):
        """What `pledgewatch judge` counts."""
        return list(counting.judged(self.judged, self.by_id))

    @cached_property
    def by_id(self):
        """The events by their id."""
        return {each["id"]: each for each in map(json.loads, self.events.read_bytes().splitlines())}

    def shown(self):
        """All samples that the workers show at /metrics."""
        return metrics.scraped(*(worker.address() for worker in self.workers))

    def registered(self):
        """Whether the register has read the ledger to its end."""
        shown = metrics.scraped(self.parts["pledgewatch-register"])
        return [value for name, _, value in shown if name == "pledge_register_behind_records"] == [0]

    def told(self, sql, **values):
        """The rows of a statement, as the register has them."""
        with self.register.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql), values)]

    def asked(self, expr, *labels):
        """The values that Prometheus has of an expression, by these labels: its only ones."""
        series = self.prometheus.query(expr)
        # A label that is empty is as good as none: Prometheus leaves it out.
        found = {tuple(each.labels.get(name, "") for name in labels): each.value for each in series}
        assert len(found) == len(series), f"{expr} has other labels than {labels}"
        return found

    def scrape(self):
        """Prometheus reads the processes there are, and has their figures."""
        workers = [worker.address() for worker in self.workers if worker.runs()]
        self.scrape_these({"pledgewatch-worker": workers, **{job: [at] for job, at in self.parts.items()}})

    def scrape_these(self, targets: dict[str, list[str]]) -> None:
        """Prometheus reads these instead, by job, and all rules are evaluated after that."""
        self.prometheus.scrape(targets)
        wanted = {address for addresses in targets.values() for address in addresses}
        self.place.wait_for("Prometheus reads them", lambda: self._read() == wanted, SOON)
        self.evaluated()

    def evaluated(self):
        """Prometheus read everything once more, and then evaluated each rule."""
        number, asked = len(self.prometheus.get("targets")["activeTargets"]), time()
        self.prometheus.wait_for(f"count(timestamp(up) > {asked}) == {number}", within=SOON)
        read = time()
        self.place.wait_for("the rules are evaluated", lambda: self._evaluated() > read, SOON)

    def _read(self):
        """Which processes answer Prometheus."""
        targets = self.prometheus.get("targets")["activeTargets"]
        return {each["labels"]["instance"] for each in targets if each["health"] == "up"}

    def _evaluated(self):
        """When each group of rules has been evaluated (Unix seconds)."""
        groups = self.prometheus.get("rules")["groups"]
        return min(datetime.fromisoformat(each["lastEvaluation"]).timestamp() for each in groups)


@contextmanager
def lived_through(folder: Path) -> Iterator[Run]:
    """The installation after its day; BrokerMissingError where there is no Kafka."""
    with ExitStack() as parts:
        prometheus = parts.enter_context(prometheus_server({}))
        address = parts.enter_context(real_kafka())
        place = Installation(address, folder)
        parts.callback(place.end)
        place.environment["PLEDGEWATCH_REDIS_URL"] = parts.enter_context(redis_server())
        (folder / "feeds.yaml").write_text(FEEDS)
        place.environment["PLEDGEWATCH_FEEDS"] = str(folder / "feeds.yaml")
        url = parts.enter_context(real_postgres()).url
        place.environment["PLEDGEWATCH_REGISTER_URL"] = url
        run = Run(place, prometheus, create_engine(url), folder / "events.jsonl")
        _read_all(run)
        _joined_while_it_happens(run)
        yield run


def _start(run: Run, job: str, *command: object) -> None:
    process = run.place.start(job, *command)
    part = Worker(job, process, run.place.folder / f"{job}.log")
    run.place.workers.append(part)
    run.parts[job] = run.place.wait_for(f"{job} serves", part.address, SOON, [part], part.log)


def _read_all(run: Run) -> None:
    """Nine weeks and a day, by one worker; it starts last, for what comes over 8 days late is too late (S8)."""
    place = run.place
    place.run("topics", "create", "--partitions", PARTITIONS, "--replication", 1)
    run.events.write_bytes(b"".join(value + b"\n" for value in lines(run.now())))
    place.run("replay", run.events, "--flat-out", "--shift", "none")
    run.workers.append(place.worker("first", *SESSION))
    _start(run, "pledgewatch-register", "register", "run", "--migrate", "--metrics-port", 0)
    _start(run, "pledgewatch-alerts", "alerting", "run", "--alerting", POLICY, "--metrics-port", 0)
    _start(run, "pledgewatch-board", "board", "--board-port", 0)
    place.wait_for("the first worker has all", lambda: run.workers[0].taken_over() == ALL, SOON, run.workers)
    all_is_acknowledged(place)
    run.scrape()
    run.before = int(run.prometheus.value('sum(standard:pledge_clocks:sum{window="7d"})') or 0)


def _joined_while_it_happens(run: Run) -> None:
    """Another worker takes half the partitions while deadlines pass."""
    run.joined = time()
    run.workers.append(run.place.worker("second", *SESSION))
    happened = live.happen(run.place.bootstrap, run.now())
    run.place.wait_for("they share", lambda: shared(run.workers), SOON, run.workers)
    with run.events.open("ab") as file:
        file.writelines(value + b"\n" for value in happened)
    all_is_told(run.place)
    run.place.wait_for("the register has read it all", run.registered, SOON, run.workers)
    run.judged = _judged(run)
    run.scrape()


def _judged(run: Run) -> list[bytes]:
    command = [sys.executable, "-m", "pledgewatch", "judge", str(run.events), "--at", format_time(run.now())]
    told = subprocess.run(command, capture_output=True, check=True, env=run.place.environment)
    return told.stdout.splitlines()
