"""Where a recorded event goes: topic by its type, partition by its subject, heartbeats everywhere."""

from collections import defaultdict
from typing import NamedTuple

from schemas.decoding import decode
from schemas.events import HEARTBEAT, INPUT_TOPICS


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

    def records(self, value: bytes, place: int) -> list[Record]:
        """The records an event becomes: one, but for a heartbeat; Refused where it cannot be read."""
        event = decode(value)
        source = event.fact.source
        if event.fact.type != HEARTBEAT:
            self._topics[source].add(event.topic)
            return [Record(event.topic, event.subject, value, place=place)]
        # A source not yet heard of may belong to any topic: its sign of life is heard on all.
        topics = sorted(self._topics.get(source) or INPUT_TOPICS)
        beats = [Record(topic, event.subject, value, everywhere=True, place=place - 1) for topic in topics]
        return [*beats[:-1], beats[-1]._replace(place=place)]
