"""Many who act on one alert at once, in one process and in several: nobody's deed is lost."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from alerting.store import AlertStore
from tests.redis.entries import NOW, acknowledged, news

pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"
TASKS = 50
EACH = 60
PROCESS = """
import asyncio, sys
from redis.asyncio import Redis
from alerting.store import AlertStore
from tests.redis.entries import NOW, acknowledged

async def run(url, name, number):
    async with Redis.from_url(url) as redis:
        store = AlertStore(redis)
        print("ready", flush=True)
        sys.stdin.readline()
        for each in range(number):
            await store.add([acknowledged(sys.argv[4], f"{name} {each}", NOW + each)])

asyncio.run(run(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


async def test_fifty_acknowledge_at_once_and_all_are_in_the_story(store: AlertStore) -> None:
    await store.add([news(CLOCK)])
    people = [f"Insp {number:02}" for number in range(TASKS)]
    changed = await asyncio.gather(
        *(store.add([acknowledged(CLOCK, name, NOW + at)]) for at, name in enumerate(people))
    )

    alert = await store.alert(CLOCK)
    assert changed == [{CLOCK}] * TASKS
    assert [action.data.by for action in alert.actions] == people
    assert (alert.acknowledged.data.by, alert.assignee, alert.state) == ("Insp 00", "Insp 00", "acknowledged")
    assert [each.id for each in await store.alerts(assignee="Insp 00")] == [CLOCK]
    assert await store._redis.keys("*by/assignee*") == [b"pledgewatch:alerts:by/assignee/Insp 00"]


async def test_two_processes_lose_nothing_of_each_other(store: AlertStore, redis_url: str) -> None:
    await store.add([news(CLOCK)])
    command = [sys.executable, "-c", PROCESS, redis_url]
    both = [
        subprocess.Popen(
            [*command, name, str(EACH), CLOCK], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in ("Insp Ray", "Insp Khan")
    ]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:  # both are let go at once, so that they do meet
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0

    alert = await store.alert(CLOCK)
    names = {f"{name} {number}" for name in ("Insp Ray", "Insp Khan") for number in range(EACH)}
    assert {action.data.by for action in alert.actions} == names


async def test_a_batch_meets_single_deeds(store: AlertStore) -> None:
    clocks = [f"CAD-{number}/attend-immediate" for number in range(150)]

    async def deeds() -> None:
        for clock in clocks[::3]:
            await store.add([acknowledged(clock, "Insp Ray")])

    await asyncio.gather(store.add(list(map(news, clocks))), deeds(), store.add(list(map(news, clocks))))

    assert await store.count() == 150
    assert await store.count(assignee="Insp Ray") == 50
