"""What a run left in the ledger: is every event in it, and with which record was the last of them?"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from confluent_kafka import Consumer, TopicPartition

from benchmarks.processes import BenchError
from clocks.history import UNREAD
from clocks.subject import decode_record
from feeds.simulation.writing import Line
from schemas.decoding import decode
from streams.topics import LEDGER

READ_WITHIN = 10.0


class Complete(NamedTuple):
    """The end of the work: by partition the offset of the record that completed it; and records in all."""

    offsets: dict[int, int]
    records: int
    breached: int


def expected(lines: Iterable[Line]) -> dict[str, int]:
    """How many facts each subject's history must hold: one an id, less what no rule reads."""
    facts: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in lines:
        subject, _, fact, _ = decode(line.value)
        if fact.type not in UNREAD:
            facts[subject].add((fact.source, fact.id))
    return {subject: len(ids) for subject, ids in facts.items()}


def complete(bootstrap: str, ends: dict[int, int], wanted: dict[str, int]) -> Complete:
    """Reads the ledger; BenchError where a subject's history lacks an event, or has one it should not."""
    held: dict[str, int] = {}
    verdicts: dict[str, int] = {}
    offsets: dict[int, int] = {}
    records = 0
    for message in _records(bootstrap, ends):
        records += 1
        record = decode_record(message.value())
        facts = len(record.facts)
        verdicts[record.subject] = sum(state.verdict == "breached" for state in record.clocks.values())
        if facts != held.get(record.subject):
            held[record.subject] = facts
            offsets[message.partition()] = message.offset()
    wrong = [subject for subject, facts in wanted.items() if held.get(subject) != facts]
    if wrong or len(held) != len(wanted):
        raise BenchError(f"{len(wrong)} of {len(wanted)} subjects are not whole in the ledger: {wrong[:5]}")
    return Complete(offsets, records, sum(verdicts.values()))


def _records(bootstrap: str, ends: dict[int, int]) -> Iterator[Any]:
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap,
            "group.id": "bench-ledger",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "fetch.queue.backoff.ms": 5,
        }
    )
    consumer.assign([TopicPartition(LEDGER, partition, 0) for partition in ends])
    at_end: set[int] = set()
    heard = time.monotonic()
    try:
        while len(at_end) < len(ends):
            messages = consumer.consume(5_000, 0.1)
            if messages:
                heard = time.monotonic()
            elif time.monotonic() > heard + READ_WITHIN:
                raise BenchError(f"nothing of the ledger could be read for {READ_WITHIN:.0f} s")
            for message in messages:
                if message.error() is not None:
                    at_end.add(message.partition())
                elif "/" not in message.key().decode() and message.value() is not None:
                    yield message
    finally:
        consumer.close()
