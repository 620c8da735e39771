"""The fixture itself: a broker that starts quickly and holds what the monitor needs."""

import pytest
from aiokafka import AIOKafkaProducer
from kafka import KafkaAdminClient

pytestmark = pytest.mark.kafka


async def test_the_broker_commits_a_transaction(bootstrap: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics({"fixture": {"num_partitions": 1, "replication_factor": 1}})
    admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="fixture-0")
    await producer.start()
    async with producer.transaction():
        sent = await producer.send_and_wait("fixture", b"value")
    await producer.stop()
    assert sent.offset == 0
