"""The annotate agent on the embedded broker: what is announced is in Grafana moments later, and only once."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from confluent_kafka import Producer
from prometheus_client import CollectorRegistry

from agents import annotate
from agents.annotate import Annotate
from grafana.annotating import Annotations
from grafana.breaches import Breaches
from grafana.server import Grafana
from schemas.announcements import News
from schemas.times import format_time
from streams.connection import Connection
from streams.embedded import embedded_broker
from streams.topics import ALERTS
from tests.alerting.entries import feed_news, news
from tests.cli.events import at
from tests.grafana.documented import TOKEN, Documented, documented

BREACHED = news("clock.breached", "+12m", 1)
STOPPED = news("clock.stopped", "+14m", 2, stop=format_time(at("+14m")))


@pytest.fixture
def connection() -> Iterator[Connection]:
    with embedded_broker() as bootstrap:
        yield Connection(bootstrap=bootstrap, check_crcs=False)


@pytest.fixture
def grafana() -> Iterator[Documented]:
    with documented("12.1.0") as stub:
        yield stub
    assert not stub.faults


def announce(connection: Connection, *told: News | bytes) -> None:
    producer = Producer({"bootstrap.servers": connection.bootstrap})
    for each in told:
        value = each if isinstance(each, bytes) else each.model_dump_json(exclude_none=True).encode()
        producer.produce(ALERTS, value, partition=0)
    assert producer.flush(10) == 0


@contextlib.asynccontextmanager
async def working(connection: Connection, grafana: Documented) -> AsyncIterator[Annotate]:
    breaches = Breaches(lambda each: each.type, 0)
    agent = Annotate(connection, Annotations(Grafana(grafana.url, TOKEN)), breaches, lambda: at("+1h"))
    task = asyncio.create_task(agent.run())
    try:
        yield agent
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def other(number: int) -> News:
    return news(
        "clock.breached", "+12m", 1, clock=f"CAD-{number}/attend-immediate", borough=f"Borough {number}"
    )


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.02)


def texts(grafana: Documented) -> list[str]:
    return [each["text"] for each in grafana.annotations.values()]


async def test_a_breach_and_its_stop_are_marked_as_they_are_said(
    connection: Connection, grafana: Documented
) -> None:
    announce(connection, feed_news("feed.silent", "+1m", 1), BREACHED)
    async with working(connection, grafana) as agent:
        await until(lambda: texts(grafana) == ["clock.breached"])
        announce(connection, STOPPED)
        await until(lambda: texts(grafana) == ["clock.stopped"])
        await until(lambda: not agent.problem)
        assert (await agent.readiness()).ready


async def test_a_restart_writes_nothing_twice(connection: Connection, grafana: Documented) -> None:
    announce(connection, BREACHED, STOPPED)
    for _ in range(2):
        async with working(connection, grafana) as agent:
            await until(lambda agent=agent: not agent.problem)
    assert grafana.written == ["POST /api/annotations"]
    assert agent.done == {"unchanged": 1}


async def test_two_that_run_beside_one_another_come_to_the_same(
    connection: Connection, grafana: Documented
) -> None:
    announce(connection, BREACHED)
    async with working(connection, grafana) as one, working(connection, grafana) as other:
        await until(lambda: not one.problem and not other.problem)
        announce(connection, STOPPED)
        await until(lambda: sum(one.done.values()) + sum(other.done.values()) == 4)
    assert set(texts(grafana)) == {"clock.stopped"}


async def test_what_cannot_be_written_waits_until_grafana_is_back(
    connection: Connection, grafana: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(annotate, "AGAIN_AFTER", 0.1)
    grafana.fails = [503, 502]
    announce(connection, BREACHED)
    async with working(connection, grafana) as agent:
        await until(lambda: "503: not just now" in agent.problem)
        assert not (await agent.readiness()).ready
        await until(lambda: not agent.problem)
    assert texts(grafana) == ["clock.breached"]


async def test_one_that_grafana_will_never_take_holds_up_no_other(
    connection: Connection, grafana: Documented
) -> None:
    grafana.fails = [400]
    announce(connection, BREACHED, other(2))
    async with working(connection, grafana) as agent:
        await until(lambda: not agent.problem)
    assert agent.done == {"refused": 1, "added": 1}


async def test_what_is_no_announcement_holds_up_no_other(connection: Connection, grafana: Documented) -> None:
    announce(connection, b"no JSON", b'{"type": "clock.breached"}', BREACHED)
    async with working(connection, grafana):
        await until(lambda: texts(grafana) == ["clock.breached"])


async def test_told_to_end_it_finishes_the_annotation_in_hand_and_begins_no_other(
    connection: Connection, grafana: Documented, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Annotations.write

    def slowly(*args: Any) -> str:
        time.sleep(0.3)
        return write(*args)

    monkeypatch.setattr(Annotations, "write", slowly)
    announce(connection, *(other(number) for number in range(9)))
    async with working(connection, grafana) as agent:
        await until(lambda: grafana.annotations)
    await asyncio.sleep(0.7)
    assert len(agent.waiting) + len(grafana.annotations) == 9
    assert len(grafana.annotations) <= 2


async def test_it_tells_what_it_did(connection: Connection, grafana: Documented) -> None:
    announce(connection, BREACHED)
    async with working(connection, grafana) as agent:
        await until(lambda: not agent.problem)
        registry: CollectorRegistry = await agent.metrics()
        assert registry.get_sample_value("pledge_annotations_total", {"outcome": "added"}) == 1
        assert registry.get_sample_value("pledge_annotations_waiting") == 0
