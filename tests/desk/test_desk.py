"""The desk's loop on a real Redis: it tells when it is time, and nothing that fails holds up the rest."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from alerting.channels import ChannelError, Message
from alerting.delivered import Delivered
from alerting.desk import Desk
from alerting.gathering import Gathering
from alerting.outbox import BACK_OFF, Outbox
from alerting.plan import plan
from alerting.store import AlertStore
from schemas.actions import Escalated
from schemas.times import MINUTE
from streams.connection import UnreachableError
from tests.alerting.entries import CLOCK, act, news
from tests.desk.offices import Recorder, Room, room
from tests.kafka.scene import until

pytestmark = pytest.mark.redis
BREACH = news("clock.breached", "+12m", 1)


@pytest.fixture
async def store(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AlertStore]:
    for name in ("IDLE", "AGAIN_AFTER"):
        monkeypatch.setattr(f"alerting.desk.{name}", 0.02)
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


@asynccontextmanager
async def working(made: Room, **changes: object) -> AsyncIterator[Desk]:
    async def no_figures() -> list[object]:
        return []

    office = replace(made.office(), **changes)
    gathering = Gathering(made.policy, made.store, made.kafka.record, no_figures)
    desk = Desk(office, Outbox(office, Delivered()), gathering)
    task = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await desk.finish(1)


async def quiet() -> None:
    """Whatever should not happen has had the time to."""
    await asyncio.sleep(0.3)


async def test_the_ladder_is_climbed_as_time_goes_on_until_somebody_acknowledges(store: AlertStore) -> None:
    made = await room(store)
    async with working(made):
        await made.happen(BREACH)
        await until(lambda: made.kafka.told == ["Insp Shah"], 5)
        await quiet()
        assert made.kafka.told == ["Insp Shah"]

        made.time.set += 5 * MINUTE
        await until(lambda: made.kafka.told == ["Insp Shah", "CI Chief"], 5)
        assert len(made.kafka.done(Escalated)) == 1

        await made.happen(act("alert.acknowledged", "+18m", by="CI Chief"))
        made.time.set += 30 * MINUTE
        await quiet()
    assert made.sent == [("sms", "Insp Shah"), ("sms", "CI Chief")]


async def test_what_failed_is_tried_again_when_its_time_has_come(store: AlertStore) -> None:
    made = await room(store)
    made.channels["sms"] = Recorder(ChannelError("busy", permanent=False))
    async with working(made) as desk:
        await made.happen(BREACH)
        await until(lambda: not made.channels["sms"].fails, 5)
        await quiet()
        assert made.sent == []
        assert desk.oldest_unsent == made.time.now()

        made.time.set += BACK_OFF[0]
        await until(lambda: made.sent == [("sms", "Insp Shah")], 5)
        await until(lambda: desk.oldest_unsent is None, 5)


async def test_a_slow_channel_holds_up_no_other(store: AlertStore) -> None:
    ladders = {"full": [{"tell": "inspector", "by": ["sms", "room"]}]}
    made = await room(store, ladders=ladders)
    sms = made.channels["sms"]

    class Stuck(Recorder):
        async def send(self, message: Message) -> None:
            await asyncio.sleep(3_600)

    made.channels["sms"] = Stuck()
    clocks = [f"CAD-{number}/attend-immediate" for number in range(30)]
    async with working(made):
        await made.happen(*(news("clock.breached", "+12m", 1, clock) for clock in clocks))
        await until(lambda: len(made.channels["room"].sent) == 30, 10)
    assert sms.sent == []


@pytest.mark.parametrize("failure", [ZeroDivisionError("a bug"), UnreachableError("no Kafka")])
async def test_an_alert_that_cannot_be_looked_at_holds_up_no_other(
    store: AlertStore, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    made = await room(store)

    def sometimes(alert, situation):
        if alert.id == "CAD-0/attend-immediate":
            raise failure
        return plan(alert, made.policy, situation)

    async with working(made, plan=sometimes):
        await made.happen(news("clock.breached", "+12m", 1, "CAD-0/attend-immediate"), BREACH)
        await until(lambda: made.kafka.told == ["Insp Shah"], 5)
    assert made.channels["sms"].sent[0].alert.id == CLOCK
    assert "CAD-0/attend-immediate cannot be looked at" in caplog.text


async def test_while_redis_is_filled_nobody_is_told_and_the_desk_says_why(
    store: AlertStore, redis_url: str
) -> None:
    made = await room(store)
    async with working(made) as desk:
        await until(lambda: not desk.problem, 5)
        async with Redis.from_url(redis_url) as redis:
            await redis.flushall()
        await made.store.positions()
        await made.happen(BREACH)
        await quiet()
        assert made.sent == []
        assert desk.problem == "Redis is being filled from Kafka"

        await made.store.set_built()
        await until(lambda: made.sent == [("sms", "Insp Shah")], 5)
        await until(lambda: not desk.problem, 5)


async def test_what_kafka_could_not_answer_for_is_told_when_it_does(store: AlertStore) -> None:
    made = await room(store)
    made.kafka.away = True
    async with working(made):
        made.kafka.entries.append(BREACH)
        await store.add([BREACH])
        await quiet()
        assert made.sent == []

        made.kafka.away = False
        await until(lambda: made.sent == [("sms", "Insp Shah")], 5)
    assert made.kafka.told == ["Insp Shah"]


async def test_many_desks_tell_each_once(store: AlertStore) -> None:
    made = await room(store)
    clocks = [f"CAD-{number}/attend-immediate" for number in range(20)]
    async with working(made, who="desk-1"), working(made, who="desk-2"), working(made, who="desk-3"):
        await made.happen(*(news("clock.breached", "+12m", 1, clock) for clock in clocks))
        await until(lambda: len(made.kafka.told) >= 20, 10)
        await quiet()
    assert sorted(message.alert.id for message in made.channels["sms"].sent) == sorted(clocks)
    assert len(made.kafka.told) == 20


async def test_a_desk_ends_whenever_it_is_told_to(store: AlertStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Python 3.11 the Redis client may swallow a cancellation that comes as it sends."""
    monkeypatch.setattr("alerting.desk.IDLE", 0.0)
    made = await room(store, BREACH)

    async def no_figures() -> list[object]:
        return []

    gathering = Gathering(made.policy, made.store, made.kafka.record, no_figures)
    for number in range(150):
        desk = Desk(made.office(), Outbox(made.office(), Delivered()), gathering)
        task = asyncio.create_task(desk.run())
        await asyncio.sleep(number * 0.0001)
        task.cancel()
        assert (await asyncio.wait({task}, timeout=2))[0] == {task}, f"still going at the {number}th"
