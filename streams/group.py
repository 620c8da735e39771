"""A consumer group as those see it who are not in it: how many members it has, and how far it has got."""

import logging
from collections.abc import Iterable
from concurrent.futures import Future
from typing import Any, NamedTuple

from confluent_kafka import ConsumerGroupTopicPartitions, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from streams.connection import Connection

PATIENCE = 5.0
"""How long the brokers may take to answer, in seconds."""
Place = tuple[str, int]
"""A topic and a partition of it."""
log = logging.getLogger(__name__)


class Reading(NamedTuple):
    """How far a partition has been acknowledged, and where its committed records end; both offsets."""

    committed: int
    end: int


class GroupState(NamedTuple):
    """What the brokers say of a group; None of what they do not say."""

    members: int | None = None
    reading: dict[Place, Reading] | None = None


class GroupLook:
    """Looks at a group now and then; each question blocks, so it is asked in a thread."""

    def __init__(self, connection: Connection, group: str, topics: Iterable[str]) -> None:
        self._admin = AdminClient({**connection.librdkafka_options(), "log_level": 0})
        self._group = group
        self._topics = frozenset(topics)

    def look(self) -> GroupState:
        """How the group stands; what cannot be had is None, for a broker may not know the question."""
        return GroupState(_or_none(self._members), _or_none(self._reading))

    def _members(self) -> int:
        asked = self._admin.describe_consumer_groups([self._group], request_timeout=PATIENCE)
        return len(_result(asked[self._group]).members)

    def _reading(self) -> dict[Place, Reading]:
        committed = self._committed()
        wanted = {TopicPartition(*place): OffsetSpec.latest() for place in committed}
        asked = self._admin.list_offsets(
            wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=PATIENCE
        )
        ends = {(each.topic, each.partition): _result(found).offset for each, found in asked.items()}
        return {place: Reading(offset, ends[place]) for place, offset in committed.items()}

    def _committed(self) -> dict[Place, int]:
        wanted = [ConsumerGroupTopicPartitions(self._group)]
        asked = self._admin.list_consumer_group_offsets(wanted, request_timeout=PATIENCE)
        found = _result(asked[self._group]).topic_partitions
        return {
            (each.topic, each.partition): each.offset
            for each in found
            if each.topic in self._topics and each.offset >= 0
        }


def _result(asked: "Future[Any]") -> Any:
    return asked.result(PATIENCE)


def _or_none(question: Any) -> Any:
    try:
        return question()
    except (KafkaException, TimeoutError) as failed:
        log.debug("the group could not be asked: %s", failed)
        return None
