"""Step 1 against the broker: the private names that are overridden still mean what they meant."""

import asyncio

import pytest
from scene import Scene, event, now, until

from schemas.events import INPUT_TOPICS
from streams.connection import Connection
from streams.embedded import embedded_broker
from streams.transport import FETCH_WAIT_MS, uptime_ms

pytestmark = pytest.mark.kafka


async def test_the_fetcher_reads_committed_records_and_waits_as_told(scene: Scene) -> None:
    async with scene.worker() as worker:
        fetcher = worker.app.consumer._thread._consumer._fetcher
        assert fetcher._isolation_level == 1  # read_committed in Kafka's protocol
        assert fetcher._fetch_max_wait_ms == FETCH_WAIT_MS


async def test_every_topic_is_read_to_its_end_also_behind_a_transactions_marker(scene: Scene) -> None:
    async with scene.worker() as worker, scene.producer(transactional_id="feed-2") as producer:
        async with producer.transaction():
            value = event("call.presented", "CALL-1", now(), line="999")
            await producer.send_and_wait("call-answer", value, key=b"CALL-1")
        await until(lambda: worker.setup.observed.events == 1)

        def all_at_end() -> bool:
            topics = [
                lane.work.time.topics[name]
                for lane in worker.assignment.lanes.values()
                for name in INPUT_TOPICS
            ]
            return all(topic.at_end(uptime_ms()) for topic in topics)

        await until(all_at_end)
        await asyncio.sleep(3)  # longer than an answer holds: fetches go on answering
        assert all_at_end()


async def test_a_fetched_batch_is_one_message(scene: Scene) -> None:
    async with scene.producer(linger_ms=50) as producer:
        for number in range(500):
            value = event("call.presented", f"CALL-{number}", now(), line="999")
            await producer.send("call-answer", value, key=b"CALL-1", partition=0)
        await producer.flush()
    async with scene.worker() as worker:
        await until(lambda: worker.setup.observed.events == 500)
        assert worker.setup.observed.groups < 20  # not one for each record
    assert await scene.committed("call-answer") == 500


async def test_the_embedded_broker_carries_a_worker() -> None:
    with embedded_broker() as address:
        scene = Scene(address, "embedded")
        scene.connection = Connection(bootstrap=address, check_crcs=False)
        async with scene.worker(session=10) as worker:  # its group takes three seconds to form
            await scene.send(("call-answer", "CALL-1", event("call.presented", "CALL-1", now(), line="999")))
            await until(lambda: worker.setup.observed.news["clock.breached"] == 1)
            await until(lambda: not any(lane.work.pending() for lane in worker.assignment.lanes.values()))
