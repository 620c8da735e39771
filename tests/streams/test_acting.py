"""An action counts once Kafka has it, and it is said where it may not."""

import time

import pytest
from confluent_kafka import Producer

from streams.acting import ActionWriter, subject_of
from streams.connection import Connection, UnreachableError
from streams.embedded import embedded_broker
from streams.topic_reading import TopicReader
from streams.topics import ACTIONS
from tests.redis.entries import acknowledged

CLOCK = "CAD-1/attend-immediate"


@pytest.mark.parametrize(
    ("alert", "subject"),
    [
        ("CAD-1/attend-immediate", "CAD-1"),
        ("CASE-9/victim-update#3", "CASE-9"),
        ("feed/dispatch/cad/camden", "feed/dispatch/cad/camden"),
        ("storm/call-999/Camden/1", "storm/call-999/Camden/1"),
    ],
)
def test_an_alert_goes_by_its_subject(alert: str, subject: str) -> None:
    assert subject_of(alert) == subject


async def test_what_was_written_is_there() -> None:
    with embedded_broker() as bootstrap:
        connection = Connection(bootstrap=bootstrap, check_crcs=False)
        Producer({"bootstrap.servers": bootstrap}).list_topics(ACTIONS, timeout=5)
        action = acknowledged(CLOCK, "Insp Ray")
        async with ActionWriter(connection) as writer:
            await writer.write(action)
            with TopicReader(connection, [ACTIONS]) as reader:
                (record,) = reader.to_end()
    assert (record.key, record.value) == (CLOCK.encode(), action.model_dump_json().encode())


async def test_a_broker_that_is_gone_is_said_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.acting.WITHIN_MS", 1_000)
    with embedded_broker() as bootstrap:
        Producer({"bootstrap.servers": bootstrap}).list_topics(ACTIONS, timeout=5)
        writer = ActionWriter(Connection(bootstrap=bootstrap))
        await writer.start()
    began = time.monotonic()
    with pytest.raises(UnreachableError, match="did not take it"):
        await writer.write(acknowledged(CLOCK, "Insp Ray"))
    await writer.stop()
    assert time.monotonic() - began < 8


async def test_no_broker_to_begin_with() -> None:
    with pytest.raises(UnreachableError, match="cannot reach Kafka"):
        await ActionWriter(Connection(bootstrap="127.0.0.1:1")).start()
