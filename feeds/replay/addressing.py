"""Where a recorded event goes: topic by its type, partition by its subject, heartbeats everywhere."""

from collections import defaultdict
from typing import NamedTuple

from schemas.events import INPUT_TOPICS, OF_SOURCES
from schemas.facts import Event


class Record(NamedTuple):
    """What is to be sent; `everywhere`: to each partition of the topic, else to its key's (murmur2).

    `place`: how much of the recording is done once this record is in Kafka.
    """

    topic: str
    key: str
    value: bytes
    everywhere: bool = False
    place: int = 0


class Addressing:
    """Addresses events in the order they are sent, for a heartbeat follows its source's records."""

    def __init__(self) -> None:
        self._topics: dict[str, set[str]] = defaultdict(set)

    def topics(self, event: Event) -> list[str]:
        """The topics an event is sent to: one, but for a heartbeat."""
        source = event.fact.source
        if event.fact.type in OF_SOURCES:
            # A source not yet heard of may belong to any topic: its sign of life is heard on all.
            return sorted(self._topics.get(source) or INPUT_TOPICS)
        self._topics[source].add(event.topic)
        return [event.topic]
