"""The input topics keep Kafka's own time of a record, whatever its sender says."""

import time

import pytest
from broker import real_kafka
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, Producer, TopicPartition

from streams import topics
from streams.connection import Connection

pytestmark = pytest.mark.kafka

HOUR = 3_600_000


@pytest.fixture
def kafka(bootstrap):
    """A broker of its own (`bootstrap` says whether one can be had)."""
    with real_kafka() as own:
        topics.create(Connection(bootstrap=own), partitions=1, replication=1)
        yield own


def test_a_record_is_as_old_as_its_stay_in_kafka(kafka: str) -> None:
    # Retention goes by this time: by the sender's, a replay of an old year would be deleted within minutes.
    before = time.time_ns() // 1_000_000
    producer = Producer({"bootstrap.servers": kafka})
    producer.produce("dispatch", b"{}", b"CAD-1", timestamp=1_256_000_000_000)
    assert producer.flush(30) == 0
    consumer = Consumer({"bootstrap.servers": kafka, "group.id": "test"})
    consumer.assign([TopicPartition("dispatch", 0, 0)])
    message = consumer.poll(30)
    consumer.close()
    kind, at = message.timestamp()
    assert kind == TIMESTAMP_LOG_APPEND_TIME
    assert before - HOUR < at < before + HOUR
