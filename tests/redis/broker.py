"""Kafka for tests of alerts that need no more of it than the embedded broker has."""

from collections.abc import Iterator

import pytest
from confluent_kafka import Producer

from alerting.alert import Entry
from alerting.entries import written
from streams.acting import subject_of
from streams.connection import Connection
from streams.embedded import PARTITIONS, embedded_broker
from streams.partitioning import partition_of
from streams.topics import ACTIONS, ALERTS, DEAD_LETTERS


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An embedded broker with the topics of alerts."""
    with embedded_broker() as bootstrap:
        producer = Producer({"bootstrap.servers": bootstrap})
        for topic in (ALERTS, ACTIONS, DEAD_LETTERS):
            producer.list_topics(topic, timeout=5)
        yield Connection(bootstrap=bootstrap, check_crcs=False)


def announce(connection: Connection, *entries: Entry) -> None:
    """Writes announcements as a worker does, but for the transaction."""
    send(connection, ALERTS, *((entry.subject, written(entry)) for entry in entries))


def send(
    connection: Connection, topic: str, *records: tuple[str, bytes], partitions: int = PARTITIONS
) -> None:
    """Writes records of alerts, as (alert, value)."""
    producer = Producer({"bootstrap.servers": connection.bootstrap})
    for key, value in records:
        producer.produce(topic, value, key.encode(), partition_of(subject_of(key), partitions))
    assert producer.flush(10) == 0
