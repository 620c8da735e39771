"""What is done about alerts, written to `alert-actions`: it counts once Kafka has it."""

from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.actions import Action
from schemas.cloudevent import KINDS
from streams.connection import Connection, UnreachableError
from streams.ledger import Header
from streams.partitioning import partition_of
from streams.topics import ACTIONS

WITHIN_MS = 10_000
"""How long the brokers have to take a record, in ms of wall time."""


class RecordWriter:
    """Writes records one by one, each safe with the brokers before the next is thought of; `async with`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._producer: AIOKafkaProducer | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Reaches the brokers; UnreachableError where there are none."""
        self._producer = AIOKafkaProducer(
            **self._connection.asyncio_options(),
            acks="all",
            # Not idempotent: that would wait for ever, and a record that is there twice is one entry.
            request_timeout_ms=WITHIN_MS,
        )
        try:
            await self._producer.start()
        except (KafkaError, OSError) as failed:
            await self._producer.stop()
            # What a connection that was refused tells is a list of sockets.
            reason = "" if isinstance(failed, KafkaConnectionError) else f": {failed}"
            raise UnreachableError(f"cannot reach Kafka at {self._connection.bootstrap}{reason}") from None

    async def stop(self) -> None:
        """Leaves the brokers."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await producer.stop()

    async def send(
        self, topic: str, key: bytes | None, value: bytes | None, headers: tuple[Header, ...] = (), *, of: str
    ) -> None:
        """Writes to the partition of the subject `of`; returns once it is safe, UnreachableError where it is not.

        After the error it may be there all the same: written again, it is the same record twice.
        """
        if self._producer is None:
            raise UnreachableError("the writer is not running")
        try:
            partitions = await self._producer.partitions_for(topic)
            partition = partition_of(of, len(partitions))
            await self._producer.send_and_wait(topic, value, key, partition, headers=list(headers))
        except (KafkaError, OSError) as failed:
            raise UnreachableError(
                f"Kafka at {self._connection.bootstrap} did not take it: {failed}"
            ) from None


class ActionWriter(RecordWriter):
    """Writes actions."""

    async def write(self, action: Action) -> None:
        """Returns once the brokers have it; UnreachableError where they may not."""
        value = action.model_dump_json().encode()
        await self.send(ACTIONS, action.subject.encode(), value, of=subject_of(action.subject))


def subject_of(alert_id: str) -> str:
    """What the alert's partition goes by: a clock's subject; a feed, a storm and other situations are their own."""
    first, _, _ = alert_id.partition("/")
    return first if first.partition("-")[0] in KINDS else alert_id
