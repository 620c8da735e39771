"""Topics are made as the design says, and what differs is told."""

import time

import pytest
from broker import real_kafka
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from streams import topics
from streams.connection import Connection, UnreachableError

pytestmark = pytest.mark.kafka


@pytest.fixture(scope="module")
def connection():
    """A broker of its own: these tests spoil the topics that others use."""
    with real_kafka() as own:
        yield Connection(bootstrap=own)


@pytest.fixture
def admin(connection: Connection):
    client = KafkaAdminClient(bootstrap_servers=connection.servers)
    yield client
    client.close()


def test_what_is_created_passes_the_check(connection: Connection) -> None:
    assert len(topics.check(connection)) == len(topics.TOPICS)  # all missing
    topics.create(connection, partitions=3, replication=1)
    assert topics.check(connection) == []
    assert topics.require(connection) == 3
    assert topics.create(connection, partitions=3, replication=1) == []  # again changes nothing


def test_a_ledger_that_is_not_compacted_is_named_and_mended(connection: Connection, admin) -> None:
    topics.create(connection, partitions=3, replication=1)
    admin.alter_configs([ConfigResource("TOPIC", topics.LEDGER, configs={"cleanup.policy": "delete"})])
    deadline = time.monotonic() + 10
    while not (differences := topics.check(connection)) and time.monotonic() < deadline:
        time.sleep(0.05)  # the broker learns of it a little later
    assert differences == ["clock-ledger: cleanup.policy is delete, not compact"]
    with pytest.raises(topics.TopicsError, match="pledgewatch topics create"):
        topics.require(connection)
    assert topics.create(connection, partitions=3, replication=1) == ["set the settings of clock-ledger"]
    assert topics.check(connection) == []


def test_other_partition_counts_are_refused_never_grown(connection: Connection) -> None:
    topics.create(connection, partitions=3, replication=1)
    with pytest.raises(topics.TopicsError, match="arrival has 3 partitions, not 6"):
        topics.create(connection, partitions=6, replication=1)
    assert "dispatch has 3 partitions, not 6" in topics.check(connection, partitions=6)


def test_copies_that_no_broker_can_hold_are_a_clear_error(connection: Connection, admin) -> None:
    admin.delete_topics(["reference"])
    while "reference" in admin.list_topics():
        time.sleep(0.05)
    with pytest.raises(topics.TopicsError, match="reference: Unable to replicate"):
        topics.create(connection, partitions=3, replication=3)
    topics.create(connection, partitions=3, replication=1)


def test_nobody_there_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "ADMIN_TIMEOUT_MS", 300)
    with pytest.raises(UnreachableError, match="no Kafka at"):
        topics.check(Connection(bootstrap="127.0.0.1:1"))
