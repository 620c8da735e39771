"""Step 6: what is acknowledged is committed at the next chance, however many batches it came in."""

from collections import defaultdict

from faust.types import TP
from intervaltree import IntervalTree

from streams.transport import BatchConsumer

CALLS = TP("call-answer", 0)


class Committing(BatchConsumer):
    """The consumer's book-keeping of offsets alone."""

    def __init__(self, committed: int) -> None:
        self._gap, self._acked, self._acked_index = (
            defaultdict(IntervalTree),
            defaultdict(list),
            defaultdict(set),
        )
        self._committed_offset = {CALLS: committed}
        self.read = committed

    async def acknowledges(self, *last_offsets: int) -> None:
        """Batches that end at these offsets, as Faust takes them in one by one."""
        for last in last_offsets:
            if last - self.read > 1:
                await self._add_gap(CALLS, self.read + 1, last)
            self.read = last
            self._acked[CALLS].append(last)
            self._acked_index[CALLS].add(last)


async def test_one_commit_takes_every_batch_acknowledged_since_the_last() -> None:
    consumer = Committing(committed=100)
    await consumer.acknowledges(150, 190, 260)
    assert consumer._new_offset(CALLS) == 261
    assert consumer._new_offset(CALLS) is None


async def test_what_is_committed_is_not_kept() -> None:
    consumer = Committing(committed=100)
    for last in range(110, 200, 10):
        await consumer.acknowledges(last)
        consumer._new_offset(CALLS)
    assert not consumer._acked[CALLS] and not consumer._acked_index[CALLS] and not consumer._gap[CALLS]


async def test_an_acknowledgement_from_before_a_rebalance_holds_nothing_up() -> None:
    # A batch finished while its partition was being taken away is read again, and lies in the middle of a new one.
    consumer = Committing(committed=100)
    consumer._acked[CALLS].append(120)
    await consumer.acknowledges(150)
    assert consumer._new_offset(CALLS) == 151
