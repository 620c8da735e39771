"""Topics followed for as long as a process lives: from given positions, committed records only, in no group.

A view is followed, not shared out: every process reads all of it, and where it had got to is kept with the view
(docs/decisions/0016).
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from streams.connection import Connection, UnreachableError
from streams.topic_reading import MissingTopicError, Record, consumer_options, record_of

Place = tuple[str, int]
"""A topic and a partition of it."""
AT_ONCE = 2_000
TICK = 0.5
"""How long a batch is waited for, in seconds: an empty one tells that nothing came."""
_PATIENCE = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Batch:
    """What came since the last one; empty where nothing did for half a second."""

    records: list[Record]
    positions: dict[Place, int]
    """The offset to read from after this batch, of each partition read so far."""
    caught_up: bool
    """Whether each partition has been read to its end once."""
    away: str
    """Why no broker can be reached; empty while one can."""
    behind: int = 0
    """How many offsets are still to be read, as far as the brokers have told: records and transactions' markers."""


class Follower:
    """Follows whole topics; `async with`, or to be closed. Brokers that go away are waited for.

    To begin, they must be there: UnreachableError, or MissingTopicError, from the first batch.
    """

    def __init__(
        self, connection: Connection, topics: Sequence[str], positions: Mapping[Place, int] | None = None
    ) -> None:
        """`positions`: the offset to begin with, by topic and partition; others are read from their beginning."""
        self._connection, self._topics, self._from = connection, topics, dict(positions or {})
        # librdkafka waits without the interpreter's lock; one thread of its own keeps the loop free.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="follower")
        self._consumer: Any = None
        self._unfinished: set[Place] = set()
        self._positions: dict[Place, int] = {}
        self._away = ""

    async def __aenter__(self) -> "Follower":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leaves the brokers, once the batch being waited for has come."""
        await self._in_thread(self._close)
        self._thread.shutdown()

    async def batches(self) -> AsyncIterator[Batch]:
        """The batches as they come, for ever."""
        await self._in_thread(self._begin)
        while True:
            yield await self._in_thread(self._batch)
            _end_if_cancelled()

    async def _in_thread(self, work: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _begin(self) -> None:
        self._consumer = Consumer(consumer_options(self._connection, self._complain))
        places = [(topic, part) for topic in self._topics for part in range(self._count(topic))]
        self._unfinished = set(places)
        self._positions = {place: offset for place, offset in self._from.items() if place in self._unfinished}
        begin = [TopicPartition(*place, self._positions.get(place, OFFSET_BEGINNING)) for place in places]
        self._consumer.assign(begin)

    def _batch(self) -> Batch:
        first = self._consumer.poll(TICK)
        # `consume` waits for as many as are asked for: what is there already is taken, and no more waited for.
        messages = [] if first is None else [first, *self._consumer.consume(AT_ONCE, 0)]
        records = [record for message in messages if (record := self._record(message)) is not None]
        self._look_for_brokers(heard=bool(messages))
        return Batch(records, dict(self._positions), not self._unfinished, self._away, self._behind())

    def _record(self, message: Any) -> Record | None:
        error = message.error()
        place = message.topic(), message.partition()
        if error is None:
            self._positions[place] = message.offset() + 1
            return record_of(message)
        if error.code() == KafkaError._PARTITION_EOF:
            # Past the markers of transactions, too, which are no records.
            self._positions[place] = message.offset()
            self._unfinished.discard(place)
        elif error.fatal():
            raise UnreachableError(f"Kafka at {self._connection.bootstrap}: {error.str()}")
        else:
            self._complain(error)
        return None

    def _behind(self) -> int:
        return sum(max(0, self._end(place) - offset) for place, offset in self._positions.items())

    def _end(self, place: Place) -> int:
        """As the last answer told; negative where there was none yet."""
        return int(self._consumer.get_watermark_offsets(TopicPartition(*place), cached=True)[1])

    def _count(self, topic: str) -> int:
        where = self._connection.bootstrap
        try:
            found = self._consumer.list_topics(topic, timeout=_PATIENCE).topics[topic]
        except KafkaException as failed:
            raise UnreachableError(
                f"cannot reach Kafka at {where}: {self._away or failed.args[0].str()}"
            ) from None
        if not found.partitions:
            raise MissingTopicError(
                f"Kafka at {where} has no topic {topic}: `pledgewatch topics create` makes them"
            )
        return len(found.partitions)

    def _complain(self, error: Any) -> None:
        # One broker gone is librdkafka's business; all gone is told until one answers.
        if error.code() == KafkaError._ALL_BROKERS_DOWN or error.fatal() or not error.retriable():
            if not self._away:
                log.warning("Kafka at %s: %s; it is waited for", self._connection.bootstrap, error.str())
            self._away = self._away or error.str()

    def _look_for_brokers(self, heard: bool) -> None:
        """A topic where nothing happens does not tell that its broker is back."""
        if self._away and (heard or self._answered()):
            log.info("Kafka at %s is back", self._connection.bootstrap)
            self._away = ""

    def _answered(self) -> bool:
        try:
            self._consumer.list_topics(self._topics[0], timeout=TICK)
        except KafkaException:
            return False
        return True

    def _close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()


def _end_if_cancelled() -> None:
    """A client of Redis may swallow the cancellation of whoever works on a batch; the next one is not begun."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
