"""The limit to be set beside: the whole job on a bare aiokafka loop, as fast as it goes, nothing stored.

It decodes with msgspec (only the fields it reads, nothing validated), keeps open clocks in dicts and deadlines in
heaps, moves each kind of subject by the recording times of its own topics as T5 wants it, and counts verdicts by
standard and borough. It writes nothing, announces nothing, survives nothing, and knows none of the finer rules:
histories, withdrawals, diversions, merges, corrections.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from heapq import heappop, heappush

import msgspec
import uvloop
from aiokafka import AIOKafkaConsumer, TopicPartition

SETTLE = 1.0
TOPICS = ("call-answer", "dispatch", "arrival", "snt-message")
TIMES = {"call-answer": 0, "dispatch": 1, "arrival": 2, "snt-message": 3}
LIMITS = {"999": ("call-999", 10.0), "I": ("attend-immediate", 720.0), "S": ("attend-priority", 3600.0)}
OTHER_CALL, REPLY = ("call-non-emergency", 30.0), ("snt-reply", 86_400.0)
FETCH = 4 * 1024 * 1024


class Data(msgspec.Struct, gc=False):
    line: str | None = None
    grade: str | None = None
    borough: str | None = None
    kind: str | None = None


class Event(msgspec.Struct, gc=False):
    type: str
    subject: str
    time: datetime
    data: Data
    recordedtime: datetime | None = None


decode = msgspec.json.Decoder(Event).decode


class Kind:
    """The open clocks of one kind of subject in one partition: subject -> [standard, due, borough]."""

    def __init__(self, counts: Counter[tuple[str, str, str]]) -> None:
        self.open: dict[str, list] = {}
        self.ended: dict[str, tuple[float, str] | None] = {}
        self.heap: list[tuple[float, str]] = []
        self.counts = counts

    def start(self, subject: str, promise: tuple[str, float] | None, at: float, borough: str | None) -> None:
        if promise is None or subject in self.open:
            return
        standard, limit = promise
        if subject in self.ended:  # told again, or its arrival was read before its creation
            early = self.ended[subject]
            if early is not None:
                stop, verdict = early
                self.counts[standard, borough, verdict if stop <= at + limit else "breached"] += 1
                self.ended[subject] = None
            return
        self.open[subject] = [standard, at + limit, borough]
        heappush(self.heap, (at + limit, subject))

    def end(self, subject: str, at: float, verdict: str) -> None:
        clock = self.open.pop(subject, None)
        if clock is None:
            self.ended.setdefault(subject, (at, verdict))
            return
        self.ended[subject] = None
        standard, due, borough = clock
        if due is not None:  # None: counted as breached already
            self.counts[standard, borough, verdict if at <= due else "breached"] += 1

    def regrade(self, subject: str, promise: tuple[str, float] | None, at: float) -> None:
        clock = self.open.get(subject)
        if clock is None or clock[1] is None or promise is None or promise[0] == clock[0]:
            return
        clock[0], clock[1] = promise[0], at + promise[1]
        heappush(self.heap, (clock[1], subject))

    def fire(self, now: float) -> None:
        heap, clocks = self.heap, self.open
        while heap and heap[0][0] <= now:
            due, subject = heappop(heap)
            clock = clocks.get(subject)
            if clock is not None and clock[1] == due:
                clock[1] = None
                self.counts[clock[0], clock[2], "breached"] += 1


class Partition:
    """The three kinds of subject of one partition, and how far each topic has told the time."""

    def __init__(self, counts: Counter[tuple[str, str, str]]) -> None:
        self.calls, self.incidents, self.messages = Kind(counts), Kind(counts), Kind(counts)
        self.times = [0.0] * 4

    def fold(self, topic: str, records: list) -> None:
        place = TIMES[topic]
        latest = self.times[place]
        for record in records:
            event = decode(record.value)
            at = event.time.timestamp()
            recorded = event.recordedtime
            seen = at if recorded is None else recorded.timestamp()
            if seen > latest:
                latest = self.times[place] = seen
                self.fire(place)
            meet = MEETINGS.get(event.type)
            if meet is not None:
                meet(self, event.subject, at, event.data)

    def fire(self, place: int) -> None:
        times = self.times
        if place == 0:
            self.calls.fire(times[0] - SETTLE)
        elif place == 3:
            self.messages.fire(times[3] - SETTLE)
        else:
            self.incidents.fire(min(times[1], times[2]) - SETTLE)


def _responded(partition: Partition, subject: str, at: float, data: Data) -> None:
    if data.kind == "reply":
        partition.messages.end(subject, at, "met")


MEETINGS: dict[str, Callable[[Partition, str, float, Data], None]] = {
    "call.presented": lambda on, subject, at, data: on.calls.start(
        subject, LIMITS.get(data.line, OTHER_CALL), at, data.borough
    ),
    "call.answered": lambda on, subject, at, _: on.calls.end(subject, at, "met"),
    "call.abandoned": lambda on, subject, at, _: on.calls.end(subject, at, "excluded"),
    "incident.created": lambda on, subject, at, data: on.incidents.start(
        subject, LIMITS.get(data.grade), at, data.borough
    ),
    "incident.regraded": lambda on, subject, at, data: on.incidents.regrade(
        subject, LIMITS.get(data.grade), at
    ),
    "incident.cancelled": lambda on, subject, at, _: on.incidents.end(subject, at, "excluded"),
    "incident.merged": lambda on, subject, at, _: on.incidents.end(subject, at, "excluded"),
    "unit.arrived": lambda on, subject, at, _: on.incidents.end(subject, at, "met"),
    "message.received": lambda on, subject, at, data: on.messages.start(subject, REPLY, at, data.borough),
    "message.responded": _responded,
}


async def run(bootstrap: str, partitions: int, events: int) -> dict[str, object]:
    """Reads the backlog from its beginning to its end."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=FETCH
    )
    await consumer.start()
    tps = [TopicPartition(topic, number) for topic in TOPICS for number in range(partitions)]
    consumer.assign(tps)
    await consumer.seek_to_beginning(*tps)
    counts: Counter[tuple[str, str, str]] = Counter()
    state = [Partition(counts) for _ in range(partitions)]
    read, began, cpu = 0, time.perf_counter(), time.process_time()
    while read < events:
        for tp, records in (await consumer.getmany(timeout_ms=500)).items():
            state[tp.partition].fold(tp.topic, records)
            read += len(records)
    seconds, used = time.perf_counter() - began, time.process_time() - cpu
    await consumer.stop()
    verdicts: Counter[str] = Counter()
    for (_, _, verdict), count in counts.items():
        verdicts[verdict] += count
    return {"events": read, "seconds": seconds, "cpu": used, "verdicts": verdicts}


def main() -> None:
    """`python -m benchmarks.bare_loop BOOTSTRAP PARTITIONS EVENTS`: prints what it took as JSON."""
    bootstrap, partitions, events = sys.argv[1:]
    uvloop.install()
    print(json.dumps(asyncio.run(run(bootstrap, int(partitions), int(events)))))


if __name__ == "__main__":
    main()
