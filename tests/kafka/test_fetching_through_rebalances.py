"""A rebalance in the middle of a fetch loses nothing: what the fetch took of the new assignment is given back."""

import asyncio

import pytest
from scene import Scene, event, now, until

pytestmark = pytest.mark.kafka
REBALANCES, EACH, AT_ONCE = 12, 25, 10


async def test_whatever_the_group_does_while_records_come_every_one_arrives(scene: Scene) -> None:
    sent = 0
    async with scene.worker() as worker, scene.producer() as producer:
        before = worker.app.consumer_generation_id
        for _ in range(REBALANCES):
            worker.app.consumer._thread._consumer._coordinator.request_rejoin()
            for sent in range(sent + AT_ONCE, sent + AT_ONCE * EACH + 1, AT_ONCE):
                calls = [f"CALL-{sent - number}" for number in range(AT_ONCE)]
                for call in calls:
                    value = event("call.presented", call, now(), line="999")
                    await producer.send("call-answer", value, key=call.encode())
                await asyncio.sleep(0.02)
        await producer.flush()
        assert worker.app.consumer_generation_id - before > REBALANCES // 2
        lanes = worker.assignment.lanes
        await until(lambda: sum(len(lane.work.shard) for lane in lanes.values()) == sent)
