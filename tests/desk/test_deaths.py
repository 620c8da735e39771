"""Desks that die between any two steps: everybody is told, and nobody twice but where one died having just sent."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from alerting.outbox import Office
from alerting.plan import due, rising
from alerting.store import AlertStore
from schemas.actions import Escalated, Notified
from tests.alerting.entries import CLOCK, news
from tests.desk.offices import Room, room

pytestmark = pytest.mark.redis
BREACH = news("clock.breached", "+12m", 1)


class Died(BaseException):
    """As nothing catches a kill, nothing catches this."""


class Life:
    """What a desk calls, until it dies: at its `last` call, before or after that was done. Dead, it calls nothing."""

    def __init__(self, last: int | None = None, before: bool = False) -> None:
        self.last, self.before = last, before
        self.calls = 0
        self.dead = False
        self.trace: list[str] = []

    def of(self, name: str, call: Any) -> Any:
        async def mortal(*args: Any, **options: Any) -> Any:
            if self.dead:
                raise Died
            self.calls += 1
            if self.calls == self.last and self.before:
                self._die()
            answer = await call(*args, **options)
            self.trace.append(name)
            if self.calls == self.last:
                self._die()
            return answer

        return mortal

    def _die(self) -> None:
        self.dead = True
        raise Died

    def wrap(self, office: Office) -> Office:
        return replace(
            office,
            store=_Through(office.store, self),
            channels={name: _Through(each, self) for name, each in office.channels.items()},
            record=self.of("record", office.record),
            read_up=self.of("read_up", office.read_up),
        )

    @property
    def died_having_sent(self) -> bool:
        """Whether it died between step 4 and step 5."""
        sent = [name for name in self.trace if name in ("send", "record")]
        return self.dead and sent[-1:] == ["send"]


class _Through:
    """An object all of whose methods go through a life."""

    def __init__(self, whole: Any, life: Life) -> None:
        self._whole, self._life = whole, life

    def __getattr__(self, name: str) -> Any:
        return self._life.of(name, getattr(self._whole, name))


async def work(desk: Room, who: str, life: Life) -> None:
    """One desk does all that is due, until it dies."""
    outbox = desk.outbox(who, life.wrap)
    try:
        while True:
            found = await outbox.look(CLOCK)
            assert found is not None
            alert, plan = found
            now = desk.time.now()
            steps, ups = due(plan, alert, now), rising(plan, alert, now)
            if not steps and not ups:
                return
            for up in ups:
                await outbox.escalate(CLOCK, up.id)
            for step in steps:
                await outbox.deliver(CLOCK, step.id)
    except Died:
        return


async def claims_run_out(redis: Redis) -> None:
    for key in await redis.keys("*claim:*"):
        await redis.delete(key)
    for key in await redis.keys("*attempt:*"):
        await redis.delete(key)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    async with Redis.from_url(redis_url) as client:
        yield client


async def a_room(redis: Redis) -> Room:
    await redis.flushall()
    return await room(
        AlertStore(redis), BREACH, moment="+17m"
    )  # the inspector's and the chief's moment have come


async def check(desk: Room, lives: list[Life]) -> None:
    sent_again = sum(life.died_having_sent for life in lives)
    assert set(desk.sent) == {("sms", "Insp Shah"), ("sms", "CI Chief")}
    assert len(desk.sent) == 2 + sent_again
    recorded = Counter(action.id for action in desk.kafka.done(Notified, Escalated))
    assert set(recorded.values()) == {1}
    assert len(recorded) == 3  # two tellings, one escalation


async def calls_of_a_whole_life(redis: Redis) -> int:
    desk, life = await a_room(redis), Life()
    await work(desk, "desk-1", life)
    await check(desk, [life])
    return life.calls


async def test_dead_before_and_after_each_call_there_is(redis: Redis) -> None:
    calls, again = await calls_of_a_whole_life(redis), 0
    for last in range(1, calls + 1):
        for before in (True, False):
            desk, lives = await a_room(redis), [Life(last, before), Life()]
            for number, life in enumerate(lives):
                await work(desk, f"desk-{number}", life)
                await claims_run_out(redis)
            await check(desk, lives)
            again += lives[0].died_having_sent
    # Once for each of the two tellings: after the channel had it, and before Kafka did (which is two places each).
    assert again == 4


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deaths=st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=6), at_once=st.booleans())
def test_any_desks_dying_anywhere_side_by_side_or_in_turn(
    redis_url: str, deaths: list[tuple[int, bool]], at_once: bool
) -> None:
    async def law() -> None:
        async with Redis.from_url(redis_url) as redis:
            desk = await a_room(redis)
            lives = [Life(last, before) for last, before in deaths]
            working = [work(desk, f"desk-{number}", life) for number, life in enumerate(lives)]
            if at_once:
                await asyncio.gather(*working)
                await claims_run_out(redis)
            for each in [] if at_once else working:
                await each
                await claims_run_out(redis)
            await work(desk, "the last", Life())
            await check(desk, lives)

    asyncio.run(law())
