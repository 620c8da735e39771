"""Step 1, fetch: a Faust transport that hands over whole fetched batches, and tells what the broker answered.

Stock Faust walks every record through two tasks, a channel and an acknowledgement, about 160 us each; here
one message a partition carries the records of a fetch with the offset of the last one. The names with an
underscore are Faust's and aiokafka's own (hence the pinned version); tests/kafka/test_transport.py watches them.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Any, NamedTuple, Protocol, cast

from aiokafka import TopicPartition
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, ConsumerMessage

FETCH_WAIT_MS = 300
"""How long the broker holds a fetch that has nothing: its answer also tells that the broker is alive (T5)."""
POLL_SECONDS = 0.25
"""How often, at least, positions are looked at: markers and aborted records move them without a record."""
FEW, GATHER_SECONDS = 100, 0.01
"""After a poll of fewer records than this the next waits so long: a walk through Faust costs half a millisecond."""
ASK_TIMEOUT_MS = 2_000


def uptime_ms() -> int:
    """The machine's uptime, in ms: how old an answer is, whatever anybody does to the clocks."""
    return time.monotonic_ns() // 1_000_000


class Standing(NamedTuple):
    """Where the consumer stands in one partition of a topic; `answered` is the uptime in ms, None for never."""

    position: int
    end: int | None
    answered: int | None


class Batch(NamedTuple):
    """The records of one fetch from one partition of a topic; everything below `position` is in it or before.

    `number` counts the batches of a topic and partition since its assignment, from 1.
    """

    records: Sequence[Any]
    position: int
    number: int


class Listener(Protocol):
    """Whoever keeps the partitions: hears what is fetched, and says which partitions have room for more."""

    def hand(self, tp: TP, position: int) -> int:
        """Records below `position` are on their way to the agent; returns the number of the batch."""

    def heard(self, standings: dict[TP, Standing]) -> None:
        """The consumer stands there."""

    def full(self) -> frozenset[TP]:
        """The topics' partitions that have enough to do."""

    async def room(self, seconds: float) -> None:
        """Returns when a partition has room again, or after `seconds`."""


class Fetched(dict[TP, Any]):
    """The records of one poll by topic and partition, and where each partition stood when they were taken."""

    standings: dict[TP, Standing]


class FetchThread(AIOKafkaConsumerThread):  # type: ignore[misc]
    """The consumer's thread: reads only what is committed, and takes positions with the records."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._seen: dict[TP, tuple[Any, int | None]] = {}
        self._looked = uptime_ms()

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Set before start(), which hands them to the fetcher. Faust would read uncommitted records.
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    async def _fetch_records(self, consumer: Any, active_partitions: Any, **options: Any) -> Fetched:
        before = _assignment(consumer)
        fetched = Fetched(await super()._fetch_records(consumer, active_partitions, **options))
        if _assignment(consumer) is not before:
            # aiokafka waited for the rebalance and read on, while the agent's flow is stopped: these would be lost.
            _give_back(consumer, fetched)
            fetched = Fetched()
        # No await in between: the positions are those of just these records.
        fetched.standings = self._standings(consumer)
        return fetched

    def _standings(self, consumer: Any) -> dict[TP, Standing]:
        before, self._looked = self._looked, uptime_ms()
        assignment = _assignment(consumer)
        if assignment is None or not assignment.active:
            return {}
        states = {tp: assignment.state_value(tp) for tp in assignment.tps}
        return {
            TP(tp.topic, tp.partition): Standing(
                state.position, state.highwater, self._answered(tp, state, before)
            )
            for tp, state in states.items()
            if state.has_valid_position
        }

    def _answered(self, tp: Any, state: Any, before: int) -> int | None:
        """When the broker last answered a fetch: aiokafka keeps the wall's time, which may be stepped."""
        stamp, answered = self._seen.get(tp, (None, None))
        if state.timestamp is None:
            return None
        if state.timestamp != stamp:
            answered = before  # it came since we last looked
            self._seen[tp] = (state.timestamp, answered)
        return answered

    async def ask_ends(self, tps: Iterable[TP]) -> dict[TP, int]:
        """Asks the broker for the end offsets; aiokafka's KafkaError where it does not answer."""
        wanted = [TopicPartition(tp.topic, tp.partition) for tp in tps]
        ends = await self.call_thread(self._ask, wanted)
        return {TP(tp.topic, tp.partition): end for tp, end in ends.items()}

    async def _ask(self, wanted: list[TopicPartition]) -> dict[Any, int]:
        fetcher = self._ensure_consumer()._fetcher
        return cast(dict[Any, int], await fetcher.end_offsets(wanted, ASK_TIMEOUT_MS))


def _assignment(consumer: Any) -> Any:
    """The partitions that the group gave the consumer, another object after each rebalance; None for none."""
    subscription = consumer._subscription.subscription
    return None if subscription is None else subscription.assignment


def _give_back(consumer: Any, fetched: Fetched) -> None:
    for tp, records in fetched.items():
        consumer._fetcher.seek_to(tp, records[0].offset)


class BatchConsumer(Consumer):  # type: ignore[misc]
    """One message a partition and fetch, its value a Batch, its offset that of the last record."""

    _few = False

    @property
    def listener(self) -> Listener:
        """Whoever keeps the partitions."""
        return cast(Listener, self.transport.listener)

    def _new_consumer_thread(self) -> FetchThread:
        return FetchThread(self, loop=self.loop, beacon=self.beacon)

    async def ask_ends(self, tps: Iterable[TP]) -> dict[TP, int]:
        """The end offsets as the broker says now."""
        return cast(dict[TP, int], await self._thread.ask_ends(tps))

    async def _getmany(self, active_partitions: Any, timeout: float) -> Fetched:
        full = self.listener.full()
        wanted = {tp for tp in active_partitions if tp not in full} if full else active_partitions
        if wanted:
            if self._few:
                await asyncio.sleep(GATHER_SECONDS)
            fetched = cast(Fetched, await super()._getmany(wanted, POLL_SECONDS))
            self._few = sum(map(len, fetched.values())) < FEW
            return fetched
        # An empty set would mean "any" to aiokafka.
        await self.listener.room(POLL_SECONDS)
        nothing = Fetched()
        nothing.standings = {}
        return nothing

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        """The fetched batches as messages; what was fetched before a rebalance is dropped, to be read again."""
        records, _ = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if records is None or self.should_stop:
            return
        if not self.flow_active:
            # Faust would seek to the committed offsets here too, of partitions that are being taken away, and crash.
            # Whoever resumes the flow seeks before.
            return
        batches = self._handed_over(records)
        for tp, batch in batches:
            if not self.flow_active or self.app.consumer_generation_id != generation:
                break
            yield tp, self._message(tp, batch)

    def _handed_over(self, records: dict[TP, Any]) -> list[tuple[TP, Batch]]:
        standings = records.standings if isinstance(records, Fetched) else {}
        batches = []
        for tp, taken in records.items():
            mine = TP(tp.topic, tp.partition)
            position = standings[mine].position if mine in standings else taken[-1].offset + 1
            batches.append((mine, Batch(taken, position, self.listener.hand(mine, position))))
        # After the hands: a partition with records on their way is not at that position yet.
        self.listener.heard(standings)
        return batches

    def _new_offset(self, tp: TP) -> int | None:
        """Everything below the latest acknowledgement is done, for each topic's are given in order (step 6).

        Faust looks for runs instead: it counts the last offset of each gap twice, which ends a run, so that each
        commit would come one batch further, and a busy partition's commits fall behind for ever.
        """
        acked: list[int] = self._acked[tp]
        if not acked:
            return None
        latest = max(acked)
        acked.clear()
        self._acked_index[tp].clear()
        return latest + 1

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """The offsets inside a batch are acknowledged with it."""

    def _message(self, tp: TP, batch: Batch) -> ConsumerMessage:
        message = self._to_message(tp, batch.records[-1])
        message.key, message.value = None, batch
        return message


class BatchTransport(Transport):  # type: ignore[misc]
    """Faust's aiokafka transport with our consumer; `listener` is set by whoever builds the app."""

    Consumer = BatchConsumer
    listener: Listener
