"""A rebalance in the middle of a fetch loses nothing: what the fetch took of the new assignment is given back."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer
from scene import Scene, event, now, until

pytestmark = pytest.mark.kafka
REBALANCES = 12
CALLS = 250
"""Presented through each of them, within half a second."""


async def present(producer: AIOKafkaProducer, first: int) -> None:
    for number in range(first, first + CALLS):
        value = event("call.presented", f"CALL-{number}", now(), line="999")
        await producer.send("call-answer", value, key=f"CALL-{number}".encode())
        if number % 10 == 0:
            await asyncio.sleep(0.02)


async def test_whatever_the_group_does_while_records_come_every_one_arrives(scene: Scene) -> None:
    async with scene.worker() as worker, scene.producer() as producer:
        before = worker.app.consumer_generation_id
        for number in range(REBALANCES):
            worker.app.consumer._thread._consumer._coordinator.request_rejoin()
            await present(producer, number * CALLS)
        await producer.flush()
        assert worker.app.consumer_generation_id - before > REBALANCES // 2
        lanes = worker.assignment.lanes
        await until(lambda: sum(len(lane.work.shard) for lane in lanes.values()) == REBALANCES * CALLS)
