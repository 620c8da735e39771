"""How far a topic goes, asked of the broker: for who must have read everything before they act."""

import asyncio

from confluent_kafka import Consumer, KafkaException, TopicPartition

from streams.connection import Connection, UnreachableError

_PATIENCE = 5.0


class Ends:
    """Asks for the ends of one topic's partitions; to be closed."""

    def __init__(self, connection: Connection, topic: str) -> None:
        self._connection, self._topic = connection, topic
        options = connection.librdkafka_options()
        # librdkafka asks for a group, which is never joined.
        self._consumer = Consumer({**options, "group.id": "pledgewatch-reader", "log_level": 0})

    async def of(self, partition: int) -> int:
        """The offset after the last record of a partition, 0 where it holds none; UnreachableError."""
        return await asyncio.to_thread(self._asked, partition)

    def close(self) -> None:
        """Lets go of the broker."""
        self._consumer.close()

    def _asked(self, partition: int) -> int:
        asked = TopicPartition(self._topic, partition)
        try:
            low, high = self._consumer.get_watermark_offsets(asked, timeout=_PATIENCE, cached=False)
        except KafkaException as failed:
            where = self._connection.bootstrap
            raise UnreachableError(f"Kafka at {where} does not answer: {failed.args[0].str()}") from None
        return int(high) if high > low else 0
