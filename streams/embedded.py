"""The embedded broker of the demo: librdkafka's own, inside confluent-kafka; nothing to install.

Its limits are those of a demo: topics appear on use with four partitions, each keeps about 5 MB, and a group
has one member. Everything is gone when it stops.
"""

import contextlib
from collections.abc import Iterator

from streams.topics import TOPICS

PARTITIONS = 4
"""How many partitions its topics have; nothing can change that."""


@contextlib.contextmanager
def embedded_broker() -> Iterator[str]:
    """A Kafka-protocol broker on this machine; yields its bootstrap address."""
    from confluent_kafka.admin import AdminClient

    # A client told to mock a cluster carries the broker, so it must live as long as the broker is needed.
    carrier = AdminClient({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = carrier.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    carrier.poll(0)


def make_topics(bootstrap: str) -> None:
    """All of an installation's topics: here one appears when a producer asks for it."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": bootstrap, "log_level": 0})
    for topic in TOPICS:
        producer.list_topics(topic, timeout=10)
