"""What was fetched when a rebalance began is dropped and read again; until then the consumer touches nothing."""

from types import SimpleNamespace
from typing import Any

from streams.transport import BatchConsumer


class Suspended(BatchConsumer):
    """A consumer whose flow was stopped while it waited for records."""

    should_stop = False
    flow_active = False

    def __init__(self) -> None:
        self.app = SimpleNamespace(consumer_generation_id=3)
        self.sought = 0

    async def _wait_next_records(self, timeout: float) -> Any:
        return {}, None

    async def perform_seek(self) -> None:
        self.sought += 1


async def test_nothing_is_sought_in_partitions_that_are_being_taken_away() -> None:
    # The seek asks partition by partition; one revoked in between crashed a healthy worker.
    consumer = Suspended()
    assert [each async for each in consumer.getmany(1.0)] == []
    assert consumer.sought == 0
