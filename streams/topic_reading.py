"""Topics read from their beginning, committed records only, without a consumer group: nobody else notices."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from schemas.errors import PledgeWatchError
from streams.connection import Connection, UnreachableError

AT_ONCE = 2_000
_PATIENCE = 10.0
_IDLE = 0.2


class MissingTopicError(PledgeWatchError):
    """A topic that is to be read does not exist.

    Operator action: check `bootstrap`; `pledgewatch topics create` makes the topics.
    """


class Record(NamedTuple):
    """One record as it stands in Kafka; `timestamp` is when it was produced, in ms of the wall clock."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: dict[str, str]


class TopicReader:
    """Reads whole topics; to be closed. UnreachableError and MissingTopicError where it cannot."""

    def __init__(self, connection: Connection, topics: Sequence[str], since: int | None = None) -> None:
        """`since`: only records produced then or later, in ms of the wall clock."""
        self._complaint = ""
        self._where = connection.bootstrap
        self._consumer = Consumer(consumer_options(connection, self._complain))
        self._partitions = [
            TopicPartition(topic, partition, OFFSET_BEGINNING)
            for topic in topics
            for partition in range(self._count(topic))
        ]
        if since is not None:
            self._partitions = self._from(since)
        self._unfinished = {(each.topic, each.partition) for each in self._partitions}
        self._consumer.assign(self._partitions)

    def __enter__(self) -> "TopicReader":
        return self

    def __exit__(self, *exc: object) -> None:
        self._consumer.close()

    @property
    def at_end(self) -> bool:
        """Whether each partition has been read to its end once."""
        return not self._unfinished

    @property
    def partitions(self) -> int:
        """How many partitions are read."""
        return len(self._partitions)

    def to_end(self) -> Iterator[Record]:
        """All records up to the end that each partition has when it is reached."""
        while not self.at_end:
            yield from self.some()

    def some(self, seconds: float = _IDLE) -> list[Record]:
        """The records that come within `seconds`; empty where none do."""
        messages = self._consumer.consume(AT_ONCE, seconds)
        if not messages and self._complaint:
            raise UnreachableError(f"Kafka at {self._where}: {self._complaint}")
        return [record for message in messages if (record := self._record(message)) is not None]

    def _record(self, message: Any) -> Record | None:
        error = message.error()
        if error is None:
            return record_of(message)
        if error.code() != KafkaError._PARTITION_EOF:
            raise UnreachableError(f"Kafka at {self._where}: {error.str()}")
        self._unfinished.discard((message.topic(), message.partition()))
        return None

    def _count(self, topic: str) -> int:
        try:
            found = self._consumer.list_topics(topic, timeout=_PATIENCE).topics[topic]
        except KafkaException as failed:
            reason = self._complaint or failed.args[0].str()
            raise UnreachableError(f"cannot reach Kafka at {self._where}: {reason}") from None
        if not found.partitions:
            raise MissingTopicError(
                f"Kafka at {self._where} has no topic {topic}: `pledgewatch topics create` makes them"
            )
        return len(found.partitions)

    def _from(self, since: int) -> list[TopicPartition]:
        asked = [TopicPartition(each.topic, each.partition, since) for each in self._partitions]
        found: list[TopicPartition] = self._consumer.offsets_for_times(asked, timeout=_PATIENCE)
        return found

    def _complain(self, error: KafkaError) -> None:
        # One broker gone is librdkafka's business; all gone is ours.
        if error.code() == KafkaError._ALL_BROKERS_DOWN or error.fatal() or not error.retriable():
            self._complaint = self._complaint or error.str()


def record_of(message: Any) -> Record:
    """A message of confluent_kafka's that is no error."""
    _, stamp = message.timestamp()
    place = (message.topic(), message.partition(), message.offset())
    headers = {name: _text(value) for name, value in message.headers() or ()}
    return Record(*place, stamp, message.key(), message.value(), headers)


def _text(value: Any) -> str:
    return bytes(value or b"").decode(errors="replace")


def consumer_options(connection: Connection, complain: Any) -> dict[str, Any]:
    """For a confluent_kafka consumer that reads committed records in no group; `complain` hears of errors."""
    return {
        **connection.librdkafka_options(),
        "group.id": "pledgewatch-reader",  # asked for by librdkafka, never joined
        "enable.auto.commit": False,
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": 100,
        "log_level": 0,  # what goes wrong is told by our own errors
        "error_cb": complain,
    }
