"""Records into Kafka: keyed by subject (murmur2), acknowledged by all replicas, counted when they are."""

from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from feeds.replay.addressing import Record
from schemas.errors import PledgeWatchError

BATCH = 10_000
"""How many records may be under way before they are waited for and counted as sent."""
BATCH_SECONDS = 1.0
CONNECT_SECONDS = 10.0
DELIVER_SECONDS = 120.0
STOP_SECONDS = 5.0

OPTIONS: Mapping[str, Any] = {
    "partitioner": "murmur2_random",  # what Java, aiokafka and our watch agent use
    "enable.idempotence": True,  # a retry doubles nothing and keeps a partition's order
    "acks": "all",
    "compression.type": "lz4",
    "linger.ms": 10,
    "batch.size": 1_000_000,
    "queue.buffering.max.messages": 100_000,
    "delivery.timeout.ms": int(DELIVER_SECONDS * 1000),
    "log_level": 0,  # what goes wrong is told by our own errors
}


class SendingError(PledgeWatchError):
    """Kafka did not take the records.

    Operator action: see that the brokers are up and the topics exist, then run the command again: a replay
    goes on where it was.
    """


def produce(
    records: Iterable[Record | None],
    bootstrap: str,
    *,
    security: Mapping[str, Any] | None = None,
    sent: Callable[[Record], None] = lambda last: None,
    topics_appear: bool = False,
) -> int:
    """Send the records in their order, stamped with today's time; how many were acknowledged.

    None among the records means that there is nothing to send just now. `sent` is told, at least each
    second and each `BATCH`, the last record up to which all are safely in Kafka. `security`: further
    librdkafka options. `topics_appear`: do not mind a missing topic, for the broker makes it on use.
    SendingError where Kafka cannot be reached or refuses.
    """
    sender = _Sender(bootstrap, security or {}, topics_appear, sent)
    try:
        for record in records:
            sender.take(record)
        sender.settle(DELIVER_SECONDS)
    except KafkaException as failed:
        raise SendingError(f"Kafka at {bootstrap}: {_words(failed)}") from None
    finally:
        sender.stop()
    return sender.acknowledged


class _Sender:
    """One producer, what is under way, and the first thing that went wrong."""

    def __init__(
        self, bootstrap: str, security: Mapping[str, Any], topics_appear: bool, sent: Callable[[Record], None]
    ) -> None:
        self.acknowledged = 0
        self._bootstrap = bootstrap
        self._topics_appear = topics_appear
        self._sent = sent
        self._taken = 0
        self._last: Record | None = None
        self._settled_at = monotonic()
        self._failure: str | None = None
        self._complaint = ""
        self._partitions: dict[str, int] = {}
        try:
            self._producer = Producer(
                {**OPTIONS, **security, "bootstrap.servers": bootstrap, "error_cb": self._complain}
            )
        except KafkaException as refused:
            raise SendingError(f"cannot speak to Kafka at {bootstrap}: {_words(refused)}") from None

    def take(self, record: Record | None) -> None:
        """Hand one record over, and wait for all of them now and then."""
        if record is not None:
            for partition in self._partitions_for(record):
                self._send(record, partition)
            self._taken += 1
            self._last = record
        self._producer.poll(0)
        if self._taken - self.acknowledged >= BATCH or monotonic() - self._settled_at >= BATCH_SECONDS:
            self.settle(DELIVER_SECONDS)

    def settle(self, seconds: float) -> None:
        """Wait until all that was taken is in Kafka; SendingError where it does not come to that."""
        deadline = monotonic() + seconds
        # In short steps, for Ctrl-C is not heard within one.
        while (left := self._producer.flush(0.5)) and self._failure is None and monotonic() < deadline:
            pass
        if left or self._failure:
            reason = self._failure or self._complaint or "no acknowledgement in time"
            raise SendingError(
                f"Kafka at {self._bootstrap} did not take the records: {reason};"
                f" {self.acknowledged:,} are safely there"
            )
        self._settled_at = monotonic()
        self._count()

    def stop(self) -> None:
        """Leave nothing behind: also when interrupted, what is under way is given a moment."""
        if self._taken > self.acknowledged and self._failure is None:
            left = self._producer.flush(STOP_SECONDS)
            if not left and self._failure is None:
                self._count()
        self._producer.purge()

    def _count(self) -> None:
        if self.acknowledged != self._taken and self._last is not None:
            self.acknowledged = self._taken
            self._sent(self._last)

    def _send(self, record: Record, partition: int) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic, record.value, record.key, partition, on_delivery=self._delivered
                )
                return
            except BufferError:
                self._producer.poll(0.1)

    def _partitions_for(self, record: Record) -> Iterable[int]:
        if record.topic not in self._partitions:
            self._partitions[record.topic] = self._count_partitions(record.topic)
        return range(self._partitions[record.topic]) if record.everywhere else (-1,)

    def _count_partitions(self, topic: str) -> int:
        """Ask for the topic the first time it is needed: a missing one is told before anything waits."""
        # Asked for by its name, a topic may be made; asked for all, none is.
        found = self._listed(topic if self._topics_appear else None).get(topic)
        if found is None or not found.partitions:
            raise SendingError(
                f"Kafka at {self._bootstrap} has no topic {topic}: run `pledgewatch topics create` first"
            )
        return len(found.partitions)

    def _listed(self, topic: str | None) -> Mapping[str, Any]:
        try:
            topics: Mapping[str, Any] = self._producer.list_topics(topic, timeout=CONNECT_SECONDS).topics
        except KafkaException as failed:
            reason = self._complaint or _words(failed)
            raise SendingError(f"cannot reach Kafka at {self._bootstrap}: {reason}") from None
        return topics

    def _delivered(self, error: KafkaError | None, message: object) -> None:
        if error is not None and self._failure is None:
            self._failure = error.str()

    def _complain(self, error: KafkaError) -> None:
        # The last word is the general one ("all brokers are down"): the first says why.
        if not self._complaint or error.code() != KafkaError._ALL_BROKERS_DOWN:
            self._complaint = error.str()


def _words(failed: KafkaException) -> str:
    error = failed.args[0]
    return error.str() if isinstance(error, KafkaError) else str(error)
