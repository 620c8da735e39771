"""The outbox on a real Redis: who is told once, who is not, and what becomes of what fails."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from alerting.channels import ChannelError
from alerting.outbox import BACK_OFF
from alerting.parked import parked_now
from alerting.plan import due, rising
from alerting.store import AlertStore
from schemas.actions import Escalated, Notified, Parked
from schemas.times import MINUTE, SECOND
from tests.alerting.entries import CLOCK, act, news
from tests.desk.offices import Recorder, Room, room

pytestmark = pytest.mark.redis
BREACH = news("clock.breached", "+12m", 1)
STOPPED = news("clock.stopped", "+13m", 2, stop="2009-10-24T19:13:00Z", elapsed_ms=13 * MINUTE)


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


async def steps_due(office: Room) -> list[str]:
    found = await office.outbox().look(CLOCK)
    assert found is not None
    return [step.id for step in due(found[1], found[0], office.time.now())]


async def only_step(office: Room) -> str:
    (step,) = await steps_due(office)
    return step


async def test_somebody_is_told_and_it_is_recorded(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    step = await only_step(desk)

    assert await desk.outbox().deliver(CLOCK, step)

    assert desk.sent == [("sms", "Insp Shah")]
    (told,) = desk.kafka.done()
    assert (told.subject, told.data.step, told.data.channel, told.data.about) == (
        CLOCK,
        step,
        "sms",
        BREACH.id,
    )
    assert await steps_due(desk) == []


async def test_of_many_outboxes_at_once_one_tells(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    step = await only_step(desk)

    await asyncio.gather(*(desk.outbox(f"desk-{number}").deliver(CLOCK, step) for number in range(20)))

    assert desk.sent == [("sms", "Insp Shah")]
    assert desk.kafka.told == ["Insp Shah"]


async def test_step_3_a_clock_that_stopped_since_is_not_told_of(store: AlertStore) -> None:
    desk = await room(store, BREACH, moment="+17m")
    step = (await steps_due(desk))[-1]
    await desk.happen(STOPPED)

    await desk.outbox().deliver(CLOCK, step)

    assert desk.sent == []
    assert desk.kafka.done() == []


async def test_step_3_an_acknowledgement_counts_that_only_kafka_has(store: AlertStore) -> None:
    desk = await room(store, BREACH, moment="+17m")
    outbox = desk.outbox()
    first, chief = await steps_due(desk)
    await outbox.deliver(CLOCK, first)
    desk.kafka.entries.append(act("alert.acknowledged", "+16m", by="Insp Shah"))

    await outbox.deliver(CLOCK, chief)

    assert desk.sent == [("sms", "Insp Shah")]


async def test_what_fails_for_now_is_tried_again_when_the_back_off_is_over(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    desk.channels["sms"] = Recorder(ChannelError("gateway busy", permanent=False))
    outbox, step = desk.outbox(), await only_step(desk)

    await outbox.deliver(CLOCK, step)
    await outbox.deliver(CLOCK, step)
    assert desk.sent == []

    desk.time.set += BACK_OFF[0]
    await outbox.deliver(CLOCK, step)

    assert desk.sent == [("sms", "Insp Shah")]
    (told,) = desk.kafka.done()
    assert told.data.attempts == 2


async def test_a_receiver_may_ask_to_be_left_alone_for_longer(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    desk.channels["sms"] = Recorder(ChannelError("slow down", permanent=False, retry_after=MINUTE))
    outbox, step = desk.outbox(), await only_step(desk)

    await outbox.deliver(CLOCK, step)
    desk.time.set += MINUTE - 1
    await outbox.deliver(CLOCK, step)
    assert desk.sent == []

    desk.time.set += 1
    await outbox.deliver(CLOCK, step)
    assert desk.sent == [("sms", "Insp Shah")]


async def test_after_the_last_attempt_it_is_parked_and_shown(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    busy = [ChannelError("gateway busy", permanent=False) for _ in range(len(BACK_OFF) + 1)]
    desk.channels["sms"] = Recorder(*busy)
    outbox, step = desk.outbox(), await only_step(desk)

    for wait in (*BACK_OFF, 0):
        assert desk.kafka.done() == []
        await outbox.deliver(CLOCK, step)
        desk.time.set += wait

    (parked,) = desk.kafka.done()
    assert isinstance(parked, Parked)
    assert (parked.data.problem, parked.data.attempts) == ("gateway busy", len(BACK_OFF) + 1)
    alert = await store.alert(CLOCK)
    assert parked_now(alert) == [parked]


async def test_a_permanent_error_is_parked_at_once_and_tried_again_when_a_person_says_so(
    store: AlertStore,
) -> None:
    desk = await room(store, BREACH)
    desk.channels["sms"] = Recorder(ChannelError("no such number", permanent=True))
    outbox, step = desk.outbox(), await only_step(desk)

    await outbox.deliver(CLOCK, step)
    assert await steps_due(desk) == []
    await desk.happen(act("alert.retried", "+13m", by="Sgt Ode", step=step))
    assert await only_step(desk) == step
    await outbox.deliver(CLOCK, step)

    assert desk.sent == [("sms", "Insp Shah")]
    assert [type(each) for each in desk.kafka.done()] == [Parked, Notified]
    assert parked_now(await store.alert(CLOCK)) == []


async def test_parked_twice_is_two_entries(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    refused = [ChannelError("no such number", permanent=True) for _ in range(2)]
    desk.channels["sms"] = Recorder(*refused)
    outbox, step = desk.outbox(), await only_step(desk)

    await outbox.deliver(CLOCK, step)
    desk.time.set += SECOND
    await desk.happen(act("alert.retried", "+12m", by="Sgt Ode", step=step))
    await outbox.deliver(CLOCK, step)

    first, second = desk.kafka.done(Parked)
    assert first.id != second.id
    assert parked_now(await store.alert(CLOCK)) == [second]


async def test_a_channel_with_a_fault_of_its_own_is_a_failure_like_another(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    desk.channels["sms"] = Recorder(ZeroDivisionError("a bug"))
    step = await only_step(desk)

    await desk.outbox().deliver(CLOCK, step)

    assert desk.kafka.done() == []
    assert (await store.attempts(step)).tries == 1


async def test_step_5_what_cannot_be_recorded_yet_is_recorded_later_and_told_by_nobody_else(
    store: AlertStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alerting.outbox.RECORD_AGAIN", 0.01)
    desk = await room(store, BREACH)
    step = await only_step(desk)
    sms = desk.channels["sms"]

    class Away(Recorder):
        async def send(self, message):
            await sms.send(message)
            desk.kafka.away = True

    desk.channels["sms"] = Away()
    telling = asyncio.create_task(desk.outbox("desk-1").deliver(CLOCK, step))
    while not sms.sent:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert not await desk.outbox("desk-2").deliver(CLOCK, step)
    desk.kafka.away = False
    await telling
    await desk.outbox("desk-2").deliver(CLOCK, step)

    assert len(sms.sent) == 1
    assert desk.kafka.told == ["Insp Shah"]


async def test_nothing_is_sent_while_kafka_does_not_answer(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    step = await only_step(desk)
    desk.kafka.away = True

    with pytest.raises(Exception, match="no Kafka"):
        await desk.outbox().deliver(CLOCK, step)
    assert desk.sent == []

    desk.kafka.away = False
    await desk.outbox("desk-2").deliver(CLOCK, step)
    assert desk.sent == [("sms", "Insp Shah")]


async def test_nothing_is_sent_by_an_outbox_whose_claim_ran_out(store: AlertStore) -> None:
    desk = await room(store, BREACH)
    step = await only_step(desk)

    async def stand_still(alert_id: str) -> None:
        await store.release(step, "desk-1")  # as if its time were up

    outbox = desk.outbox("desk-1", lambda office: replace(office, read_up=stand_still))
    with pytest.raises(Exception, match="ran out"):
        await outbox.deliver(CLOCK, step)

    assert desk.sent == []


async def test_an_escalation_is_recorded_once(store: AlertStore) -> None:
    desk = await room(store, BREACH, moment="+17m")
    found = await desk.outbox().look(CLOCK)
    (escalation,) = rising(found[1], found[0], desk.time.now())

    await asyncio.gather(
        *(desk.outbox(f"desk-{number}").escalate(CLOCK, escalation.id) for number in range(5))
    )

    (done,) = desk.kafka.done()
    assert isinstance(done, Escalated)
    assert (done.data.rung, done.data.role, done.data.to) == (1, "chief", ("CI Chief",))
    assert (await store.alert(CLOCK)).state == "escalated"


async def test_an_acknowledged_alert_does_not_go_up(store: AlertStore) -> None:
    desk = await room(store, BREACH, moment="+17m")
    found = await desk.outbox().look(CLOCK)
    (escalation,) = rising(found[1], found[0], desk.time.now())
    desk.kafka.entries.append(act("alert.acknowledged", "+16m", by="Insp Shah"))

    await desk.outbox().escalate(CLOCK, escalation.id)

    assert desk.kafka.done() == []
