"""Situations on a real Redis: opened once, joined, closed; and a rate that nobody knows is said, not told."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import pytest
from redis.asyncio import Redis

from alerting.alert import Alert
from alerting.gathering import Gathering
from alerting.situations import STALE, Figure
from alerting.store import AlertStore
from schemas.actions import SituationClosed, SituationJoined, SituationOpened
from schemas.times import MINUTE
from tests.alerting.entries import news
from tests.desk.offices import Room, room

pytestmark = pytest.mark.redis
STORMS = {
    "storms": [{"name": "many", "more_than": 3, "within": "5m", "over_after": "10m", "ladder": "full"}],
    "rates": [
        {"name": "calls", "standard": "call-999", "under": 90, "at_least": 20, "ladder": "full"},
    ],
}
CLOCKS = [f"CAD-{number}/attend-immediate" for number in range(6)]


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


class Board:
    """The board's figures, as they are set."""

    def __init__(self, *figures: Figure) -> None:
        self.figures: Sequence[Figure] = figures

    async def ask(self) -> Sequence[Figure]:
        return self.figures


def gathering(desk: Room, board: Board | None = None) -> Gathering:
    return Gathering(desk.policy, desk.store, desk.kafka.record, (board or Board()).ask)


async def take_all(desk: Room, *clocks: str) -> None:
    for clock in clocks:
        await gathering(desk).take(await found(desk, clock))


async def found(desk: Room, alert_id: str) -> Alert:
    alert = await desk.store.alert(alert_id)
    assert alert is not None
    return alert


async def the_storm(desk: Room) -> Alert:
    (storm,) = await desk.store.alerts(kind="storm", open_only=False)
    return storm


async def test_a_storm_is_opened_once_whoever_looks(store: AlertStore) -> None:
    desk = await room(store, *(news("clock.breached", "+12m", 1, clock) for clock in CLOCKS), **STORMS)

    alerts = [await found(desk, clock) for clock in CLOCKS]
    await asyncio.gather(*(gathering(desk).take(alert) for alert in alerts))

    opened = {action.id for action in desk.kafka.done(SituationOpened)}
    joined = {action.subject for action in desk.kafka.done(SituationJoined)}
    assert len(opened) == 1
    assert joined == set(CLOCKS)
    assert {each.id for each in await store.alerts(situation=(await the_storm(desk)).id)} == set(CLOCKS)


async def test_who_looks_again_writes_nothing(store: AlertStore) -> None:
    desk = await room(store, *(news("clock.breached", "+12m", 1, clock) for clock in CLOCKS), **STORMS)
    await take_all(desk, *CLOCKS)
    written = len(desk.kafka.entries)

    await take_all(desk, *CLOCKS)

    assert len(desk.kafka.entries) == written


async def test_one_that_comes_later_joins_the_storm_that_goes_on(store: AlertStore) -> None:
    desk = await room(store, *(news("clock.breached", "+12m", 1, clock) for clock in CLOCKS), **STORMS)
    await take_all(desk, *CLOCKS)
    await desk.happen(news("clock.breached", "+20m", 1, "CAD-late/attend-immediate"))

    await take_all(desk, "CAD-late/attend-immediate")

    assert (await found(desk, "CAD-late/attend-immediate")).situation == (await the_storm(desk)).id


async def test_a_storm_is_closed_when_it_has_been_quiet_for_so_long(store: AlertStore) -> None:
    desk = await room(store, *(news("clock.breached", "+12m", 1, clock) for clock in CLOCKS), **STORMS)
    await take_all(desk, *CLOCKS)
    storm, end = await the_storm(desk), desk.time.now() + 10 * MINUTE

    assert await gathering(desk).wind_up(storm, end - 1) == end
    assert desk.kafka.done(SituationClosed) == []

    assert await gathering(desk).wind_up(storm, end) is None
    assert not (await the_storm(desk)).open
    assert len(desk.kafka.done(SituationClosed)) == 1


async def test_a_rate_opens_a_situation_once_however_many_desks_look(store: AlertStore) -> None:
    desk = await room(store, **STORMS)
    now = desk.time.now()
    board = Board(Figure(standard="call-999", over="15m", met=10, breached=15, at=now))

    await asyncio.gather(*(gathering(desk, board).rate(now, f"desk-{number}") for number in range(5)))
    await gathering(desk, board).rate(now, "desk-1")

    assert len(desk.kafka.done(SituationOpened)) == 1
    (situation,) = await store.alerts(kind="rate")
    assert "10 of 25 in time" in situation.opening.data.words


async def test_a_stale_figure_tells_nobody_and_that_is_said_once(
    store: AlertStore, caplog: pytest.LogCaptureFixture
) -> None:
    desk = await room(store, **STORMS)
    now = desk.time.now()
    rates = gathering(
        desk, Board(Figure(standard="call-999", over="15m", met=0, breached=50, at=now - STALE - 1))
    )

    with caplog.at_level(logging.WARNING):
        await rates.rate(now, "desk-1")
        await rates.rate(now, "desk-1")

    assert desk.kafka.entries == []
    assert len(rates.unknown) == 1
    assert [record.message for record in caplog.records] == [
        "nobody is told by the rate of calls: no figure newer than 1m; is `pledgewatch board` running?"
    ]
