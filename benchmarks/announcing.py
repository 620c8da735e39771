"""How long after due + settle a breach can be read on breach-alerts, while events keep coming.

Feed, worker and broker are processes of their own; the reader here takes the time as soon as it holds a record, reads
committed records only, and shares the machine's clock with the rest. Only breaches that a deadline brought are
measured; those that late evidence brings have no due to be late by.
"""

import asyncio
import json
import time
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from benchmarks import full_job
from benchmarks.machine import cpu_seconds
from benchmarks.processes import BenchError, child
from schemas.times import parse_time
from standards.loader import DEFAULT_PACK, load_pack
from streams.topics import ALERTS

START_WITHIN = 60.0
_numbers = count(1)


class Delays(NamedTuple):
    """The delays in ms of one run, and what it ran at."""

    ms: list[float]
    rate: float
    seconds: float
    worker_cores: float
    feed_latest_ms: float

    @property
    def p50(self) -> float:
        """The median, in ms."""
        return median(self.ms)

    @property
    def p99(self) -> float:
        """The 99th percentile, in ms."""
        return quantiles(self.ms, n=100, method="inclusive")[-1]


class _Data(msgspec.Struct, gc=False):
    due: str | None = None
    stop: str | None = None
    delay_ms: int | None = None


class _Alert(msgspec.Struct, gc=False):
    type: str
    data: _Data


_decode = msgspec.json.Decoder(_Alert).decode


def run(bootstrap: str, partitions: int, rate: float, warm_up: float, seconds: float, logs: Path) -> Delays:
    """Feeds a worker for warm-up + `seconds` and measures what falls due after the warm-up."""
    app, number = f"bench-live-{time.time_ns()}", next(_numbers)
    with child(full_job.worker_arguments(bootstrap, app), logs / f"live-worker-{number}.log") as worker:
        worker.until(lambda: full_job.assigned_at(worker) is not None, START_WITHIN)
        feeding = ["-m", "benchmarks.live", bootstrap, str(rate), str(warm_up), str(seconds)]
        with child(feeding, logs / f"feed-{number}.log") as feed:
            began, used = time.time(), cpu_seconds(worker.process.pid)
            measured = (began + warm_up, began + warm_up + seconds)
            found = asyncio.run(_read(bootstrap, partitions, measured))
            used = cpu_seconds(worker.process.pid) - used
            fed = json.loads(feed.wait(30.0))
    if len(found) < 2:
        raise BenchError(f"{len(found)} announcements to measure: {worker.last_words()}")
    lasted = time.time() - began
    return Delays(found, fed["rate"], seconds, used / lasted, fed["latest_ms"])


async def _read(bootstrap: str, partitions: int, measured: tuple[float, float]) -> list[float]:
    settle = load_pack(DEFAULT_PACK).settle
    first, last = (moment * 1000 for moment in measured)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, isolation_level="read_committed"
    )
    await consumer.start()
    consumer.assign([TopicPartition(ALERTS, number) for number in range(partitions)])
    found: list[float] = []
    while time.time() * 1000 < last:
        fetched = await consumer.getmany(timeout_ms=100)
        now = time.time() * 1000
        for records in fetched.values():
            for record in records:
                due = _due(record.value)
                if due is not None and first <= due + settle < last:
                    found.append(now - due - settle)
    await consumer.stop()
    return found


def _due(value: bytes) -> int | None:
    """The due (ms) of a breach that its deadline brought; None for all other news.

    An answer that is late but within settle is news before the deadline's own announcement: it brings a stop.
    """
    alert = _decode(value)
    data = alert.data
    if alert.type != "clock.breached" or data.stop is not None or data.delay_ms is None or data.due is None:
        return None
    return parse_time(data.due)
