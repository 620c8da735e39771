"""How far a topic goes, asked of the broker: for whoever must have read everything before they act."""

import asyncio

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.connection import Connection, UnreachableError
from streams.partitioning import partition_of

_PATIENCE = 5.0


class Ends:
    """Asks for the ends of one topic's partitions; to be closed."""

    def __init__(self, connection: Connection, topic: str) -> None:
        self._where, self._topic = connection.bootstrap, topic
        # librdkafka wants a group's name, and joins none.
        options = {"group.id": "pledgewatch-reader", "log_level": 0}
        self._consumer = Consumer({**connection.librdkafka_options(), **options})
        self._partitions = 0

    async def of(self, subject: str) -> tuple[int, int]:
        """A subject's partition, and the offset after its last record, 0 where it holds none; UnreachableError."""
        return await asyncio.to_thread(self._asked, subject)

    def close(self) -> None:
        """Lets go of the broker."""
        self._consumer.close()

    def _asked(self, subject: str) -> tuple[int, int]:
        try:
            partition = partition_of(subject, self._count())
            place = TopicPartition(self._topic, partition)
            low, high = self._consumer.get_watermark_offsets(place, timeout=_PATIENCE, cached=False)
        except KafkaException as failed:
            raise UnreachableError(
                f"Kafka at {self._where} does not answer: {failed.args[0].str()}"
            ) from None
        return partition, int(high) if high > low else 0

    def _count(self) -> int:
        """How many partitions there are: fixed for life, so it is asked once."""
        if not self._partitions:
            found = self._consumer.list_topics(self._topic, timeout=_PATIENCE).topics[self._topic]
            if not found.partitions:
                raise UnreachableError(f"Kafka at {self._where} has no topic {self._topic}")
            self._partitions = len(found.partitions)
        return self._partitions
