"""What stands in Kafka when all is over, read by nothing of ours."""

import json
import re
import time
from collections import defaultdict
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from schemas.events import INPUT_TOPICS
from tests.ordeal.installation import APP, PARTITIONS

READ_WITHIN = 60
UNREAD = "call.concluded"
POISON = re.compile(rb"-P(\d{4})$")
REASONS = (
    "not-json",
    "missing-field",
    "bad-time",
    "unknown-type",
    "time-in-future",
    "not-json",
    "not-cloudevent",
    "bad-field",
    "wrong-kind",
)
"""Why each kind of poison is refused, in the order in which the simulated day mixes them in."""


class Place(NamedTuple):
    """Where a record stands in Kafka."""

    topic: str
    partition: int
    offset: int


def records(bootstrap, *topics):
    """All committed records of the topics, each partition in order."""
    options = {"bootstrap.servers": bootstrap, "group.id": "ordeal", "enable.auto.commit": False}
    consumer = Consumer(options | {"isolation.level": "read_committed", "enable.partition.eof": True})
    unfinished = {(topic, number) for topic in topics for number in range(PARTITIONS)}
    consumer.assign([TopicPartition(*each, OFFSET_BEGINNING) for each in unfinished])
    found, deadline = [], time.monotonic() + READ_WITHIN
    while unfinished:
        assert time.monotonic() < deadline, f"no end of {sorted(unfinished)} within {READ_WITHIN} s"
        for message in consumer.consume(5_000, 0.2):
            if message.error() is None:
                found.append(message)
            else:
                assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
                unfinished.discard((message.topic(), message.partition()))
    consumer.close()
    return found


def announcements(bootstrap):
    """Everything on breach-alerts."""
    return [json.loads(message.value()) for message in records(bootstrap, "breach-alerts")]


def breaches(said):
    """How many clocks were announced breached, by the kind of their subject."""
    clocks = {each["subject"] for each in said if each["type"] == "clock.breached"}
    found = defaultdict(int)
    for clock in clocks:
        found[clock.partition("-")[0]] += 1
    return dict(found)


def count(bootstrap, topic):
    """How far a topic has grown, transaction markers included."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "ordeal"})
    found = [_ends(consumer, topic, number) for number in range(PARTITIONS)]
    consumer.close()
    return sum(found)


def unread(bootstrap):
    """By input topic and partition, what the group has not acknowledged: nothing where it is at the end."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": APP, "enable.auto.commit": False})
    wanted = [TopicPartition(topic, number) for topic in INPUT_TOPICS for number in range(PARTITIONS)]
    left = {}
    for each in consumer.committed(wanted, timeout=10):
        end = _ends(consumer, each.topic, each.partition)
        if max(each.offset, 0) < end:
            left[each.topic, each.partition] = f"{max(each.offset, 0)} of {end}"
    consumer.close()
    return left


def poison(inputs):
    """Where the day's unreadable records stand, and why each is unreadable."""
    numbered = ((message, POISON.search(message.key() or b"")) for message in inputs)
    return {_place(message): REASONS[int(found[1]) % len(REASONS)] for message, found in numbered if found}


def dead_letters(bootstrap):
    """What was put aside, by the place it was read from, and why; and how often."""
    reasons, times = {}, defaultdict(int)
    for message in records(bootstrap, "dead-letters"):
        told = {name: value.decode() for name, value in message.headers()}
        place = Place(told["topic"], int(told["partition"]), int(told["offset"]))
        reasons[place] = told["reason"]
        times[place] += 1
    return reasons, times


def readable(bootstrap):
    """All input records but the poison."""
    inputs = records(bootstrap, *INPUT_TOPICS)
    apart = poison(inputs)
    return [message for message in inputs if _place(message) not in apart]


def facts_sent(inputs, apart):
    """The events of each subject, by source and id, but for those at the places set apart."""
    facts = defaultdict(set)
    for message in inputs:
        if _place(message) in apart:
            continue
        event = json.loads(message.value())
        if event["type"] not in {UNREAD, "source.heartbeat"}:
            facts[event["subject"]].add((event["source"], event["id"]))
    return dict(facts)


def facts_kept(bootstrap):
    """The events that the ledger holds of each subject, by source and id."""
    newest: dict[str, Any] = {}
    for message in records(bootstrap, "clock-ledger"):
        newest[message.key().decode()] = json.loads(message.value())
    return {
        subject: {(fact[0], fact[1]) for fact in record["facts"]}
        for subject, record in newest.items()
        if "/" not in subject
    }


def _place(message):
    return Place(message.topic(), message.partition(), message.offset())


def _ends(consumer, topic, number):
    return consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1]
