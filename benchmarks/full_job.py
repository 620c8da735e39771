"""The durable job as it is run in earnest: a `pledgewatch worker` process that finds a backlog.

Measured from outside: the clock starts when the group has given it its partitions (before it takes them over), and
stops when the last event's history is committed: readable in the ledger. That every event is there is checked.
"""

import itertools
import json
import time
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from benchmarks import ledger
from benchmarks.machine import cpu_seconds
from benchmarks.processes import BenchError, Child, child
from schemas.events import INPUT_TOPICS
from schemas.times import parse_time
from streams.topics import LEDGER

START_WITHIN = 60.0
DONE_WITHIN = 180.0
EACH = 0.02
"""How often the broker is asked how far the ledger is committed: the error of the end, in seconds."""
_numbers = itertools.count(1)


class FullJob(NamedTuple):
    """One run."""

    events: int
    seconds: float
    cpu: float
    records: int
    breached: int
    peak_mb: float

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


class Sample(NamedTuple):
    """How far the ledger was committed at a moment (seconds since the epoch), and the processor time by then."""

    at: float
    committed: dict[int, int]
    cpu: float


def run(bootstrap: str, partitions: int, events: int, wanted: dict[str, int], logs: Path) -> FullJob:
    """Runs a worker of its own group over the backlog; the topics it writes must be empty."""
    app = f"bench-{time.time_ns()}"
    watched = _Watched(bootstrap, app, partitions)
    with child(worker_arguments(bootstrap, app), logs / f"worker-{next(_numbers)}.log") as worker:
        worker.until(lambda: assigned_at(worker) is not None, START_WITHIN)
        began = assigned_at(worker)
        assert began is not None
        pid = worker.process.pid
        cpu_before = cpu_seconds(pid)
        worker.until(lambda: watched.look(pid), DONE_WITHIN, EACH)
        peak = _peak_mb(pid)
    end = watched.samples[-1].committed
    told = ledger.complete(bootstrap, end, wanted)
    last = watched.when(told.offsets)
    seconds = last.at - began / 1000
    return FullJob(events, seconds, last.cpu - cpu_before, told.records, told.breached, peak)


def worker_arguments(bootstrap: str, app: str) -> list[str]:
    """The worker as anybody would start it, with a free port for its metrics."""
    options = ["--bootstrap", bootstrap, "--app-id", app, "--metrics-port", "0", "--log-format", "json"]
    return ["-m", "pledgewatch", "worker", *options]


def assigned_at(worker: Child) -> int | None:
    """When (ms) the group gave the worker its partitions, by its own log; None while it has not."""
    for line in worker.lines():
        if "assigned partitions [0" in line:
            return parse_time(json.loads(line)["time"])
    return None


class _Watched:
    """The broker's own word on how far a worker is."""

    def __init__(self, bootstrap: str, app: str, partitions: int) -> None:
        self.samples: list[Sample] = []
        self._app = app
        self._admin = AdminClient({"bootstrap.servers": bootstrap})
        self._ledger = {TopicPartition(LEDGER, number): OffsetSpec.latest() for number in range(partitions)}
        inputs = [TopicPartition(topic, n) for topic in INPUT_TOPICS for n in range(partitions)]
        ends = self._admin.list_offsets({each: OffsetSpec.latest() for each in inputs})
        self._ends = {(tp.topic, tp.partition): told.result().offset for tp, told in ends.items()}
        self._asked = 0.0

    def look(self, pid: int) -> bool:
        """Takes a sample; whether the group has committed everything it had to read."""
        told = self._admin.list_offsets(self._ledger, isolation_level=IsolationLevel.READ_COMMITTED)
        committed = {tp.partition: each.result().offset for tp, each in told.items()}
        self.samples.append(Sample(time.time(), committed, cpu_seconds(pid)))
        if time.monotonic() - self._asked < 0.2:
            return False
        self._asked = time.monotonic()
        return self._group_is_through()

    def when(self, offsets: dict[int, int]) -> Sample:
        """The first sample by which all these records were committed."""
        for sample in self.samples:
            if all(sample.committed[partition] > offset for partition, offset in offsets.items()):
                return sample
        raise BenchError("the worker's group committed its offsets before its ledger")

    def _group_is_through(self) -> bool:
        asked = self._admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(self._app)])
        told = asked[self._app].result().topic_partitions
        committed = {(each.topic, each.partition): each.offset for each in told}
        return all(committed.get(place, -1) >= end for place, end in self._ends.items() if end)


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if "VmHWM" in line), 0.0)
