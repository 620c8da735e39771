"""Records into Kafka: keyed by subject (murmur2), acknowledged by all replicas, counted when they are."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any

from confluent_kafka import KafkaError, KafkaException, Producer

from feeds.replay.addressing import Record
from schemas.errors import PledgeWatchError

BATCH = 5_000
"""After how many records a batch is closed; it is counted as sent once Kafka has all of it."""
BATCH_SECONDS = 1.0
"""After how long it is closed, if fewer come."""
UNDER_WAY = 4
"""How many closed batches may wait for Kafka before no more is taken."""
POLL_EACH = 64
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
        sender.settle()
    except KafkaException as failed:
        raise SendingError(f"Kafka at {bootstrap}: {_words(failed)}") from None
    finally:
        sender.stop()
    return sender.acknowledged


class _Batch:
    """Records that count as sent together; `waiting` are those that Kafka has not acknowledged."""

    def __init__(self) -> None:
        self.records = 0
        self.waiting = 0
        self.last: Record | None = None
        self.begun = monotonic()
        self.failure: str | None = None

    def delivered(self, error: KafkaError | None, _: object) -> None:
        """Told by the producer of each record."""
        self.waiting -= 1
        if error is not None and self.failure is None:
            self.failure = error.str()

    def is_full(self) -> bool:
        """Whether it is to be closed."""
        return self.records >= BATCH or monotonic() - self.begun >= BATCH_SECONDS


class _Sender:
    """One producer, the batches under way, and what the brokers complain of."""

    def __init__(
        self, bootstrap: str, security: Mapping[str, Any], topics_appear: bool, sent: Callable[[Record], None]
    ) -> None:
        self.acknowledged = 0
        self._bootstrap = bootstrap
        self._topics_appear = topics_appear
        self._sent = sent
        self._open = _Batch()
        self._closed: deque[_Batch] = deque()
        self._unpolled = 0
        self._complaint = ""
        self._partitions: dict[str, int] = {}
        options = {**OPTIONS, **security, "bootstrap.servers": bootstrap, "error_cb": self._complain}
        try:
            self._producer = Producer(options)
        except KafkaException as refused:
            raise SendingError(f"cannot speak to Kafka at {bootstrap}: {_words(refused)}") from None

    def take(self, record: Record | None) -> None:
        """Hand one record over; waits where too much is under way."""
        if record is not None:
            self._hand_over(record)
            self._unpolled += 1
        if record is None or self._unpolled >= POLL_EACH:
            self._unpolled = 0
            self._poll(0)
            if self._open.is_full():
                self._close_batch()
            while len(self._closed) > UNDER_WAY:
                self._poll(0.1)

    def settle(self) -> None:
        """Wait until all that was taken is in Kafka; it fails by itself when that takes too long."""
        self._close_batch()
        while self._closed:
            self._poll(0.1)

    def stop(self) -> None:
        """Leave nothing behind: also when interrupted, what is under way is given a moment."""
        self._close_batch()
        deadline = monotonic() + STOP_SECONDS
        with suppress(SendingError):
            while self._closed and monotonic() < deadline:
                self._poll(0.1)
        self._producer.purge()

    def _poll(self, seconds: float) -> None:
        """Hear what was delivered, and count batches in their order."""
        self._producer.poll(seconds)
        while self._closed and (self._closed[0].failure or not self._closed[0].waiting):
            batch = self._closed[0]
            if batch.failure:
                raise SendingError(
                    f"Kafka at {self._bootstrap} did not take the records: {batch.failure};"
                    f" {self.acknowledged:,} are safely there"
                )
            self._closed.popleft()
            self.acknowledged += batch.records
            if batch.last is not None:
                self._sent(batch.last)

    def _close_batch(self) -> None:
        if self._open.records:
            self._closed.append(self._open)
        self._open = _Batch()

    def _hand_over(self, record: Record) -> None:
        batch = self._open
        for partition in self._partitions_for(record):
            batch.waiting += 1
            self._produce(record, partition, batch)
        batch.records += 1
        batch.last = record

    def _produce(self, record: Record, partition: int, batch: _Batch) -> None:
        while True:
            try:
                self._producer.produce(
                    record.topic, record.value, record.key, partition, on_delivery=batch.delivered
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
            self._producer.poll(0)  # complaints are heard here only
            reason = self._complaint or _words(failed)
            raise SendingError(f"cannot reach Kafka at {self._bootstrap}: {reason}") from None
        return topics

    def _complain(self, error: KafkaError) -> None:
        # The last word is the general one ("all brokers are down"): the first says why.
        if not self._complaint or error.code() != KafkaError._ALL_BROKERS_DOWN:
            self._complaint = error.str()


def _words(failed: KafkaException) -> str:
    error = failed.args[0]
    return error.str() if isinstance(error, KafkaError) else str(error)
