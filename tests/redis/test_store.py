"""The store of alerts on a real Redis: what is added is found, whoever adds it, however often, in whichever order."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from alerting.store import FORMAT, AlertStore, NewerViewError, ViewLostError
from alerting.turns import KEPT
from pledgewatch.redis_server import redis_server
from schemas.times import MINUTE, SECOND
from tests.redis.entries import NOW, acknowledged, act, feed_news, news

pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"


@pytest.fixture
async def store(redis_url: str) -> AsyncIterator[AlertStore]:
    async with Redis.from_url(redis_url) as redis:
        yield AlertStore(redis)


async def ids(store: AlertStore, **filters: object) -> list[str]:
    return [alert.id for alert in await store.alerts(**filters)]


async def test_an_alert_is_what_was_added_of_it(store: AlertStore) -> None:
    changed = await store.add([news(CLOCK), acknowledged(CLOCK, "Insp Ray")])

    alert = await store.alert(CLOCK)
    assert changed == {CLOCK}
    assert (alert.state, alert.assignee, alert.stage) == ("acknowledged", "Insp Ray", "breached")


async def test_adding_it_twice_changes_nothing(store: AlertStore) -> None:
    await store.add([news(CLOCK)])

    assert await store.add([news(CLOCK)]) == set()


async def test_nobody_raised_it(store: AlertStore) -> None:
    await store.add([acknowledged(CLOCK, "Insp Ray")])

    assert await store.alert(CLOCK) is None
    assert await store.count(open_only=False) == 0


async def test_what_was_done_before_it_was_raised_counts_once_it_is(store: AlertStore) -> None:
    await store.add([acknowledged(CLOCK, "Insp Ray")])
    await store.add([news(CLOCK)])

    assert await ids(store, assignee="Insp Ray") == [CLOCK]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"borough": "Camden"}, ["CAD-1/attend-immediate"]),
        ({"borough": "Brent", "standard": "attend-priority"}, ["CAD-2/attend-priority"]),
        ({"borough": "Camden", "standard": "attend-priority"}, []),
        ({"ward": "Kilburn"}, ["CAD-1/attend-immediate"]),
        ({"grade": "S"}, ["CAD-2/attend-priority"]),
        ({"state": "resolved"}, []),
        ({"state": "resolved", "open_only": False}, ["CAD-3/attend-immediate"]),
        ({"assignee": "Insp Ray"}, ["CAD-2/attend-priority"]),
        ({"assignee": "nobody"}, []),
    ],
)
async def test_alerts_are_found_by_what_they_are(
    store: AlertStore, filters: dict[str, object], found: list[str]
) -> None:
    await store.add([news(CLOCK)])
    await store.add([news("CAD-2/attend-priority", borough="Brent", ward="Alperton", grade="S")])
    await store.add([acknowledged("CAD-2/attend-priority", "Insp Ray")])
    await store.add(
        [
            news("CAD-3/attend-immediate", borough="Ealing", ward="Acton"),
            news("CAD-3/attend-immediate", "clock.stopped", NOW + MINUTE, 2, borough="Ealing", ward="Acton"),
        ]
    )

    assert await ids(store, **filters) == found
    assert await store.count(**filters) == len(found)


async def test_an_alert_that_moves_is_no_longer_found_where_it_was(store: AlertStore) -> None:
    await store.add([news(CLOCK, borough="Camden")])
    await store.add([news(CLOCK, "clock.stopped", NOW + MINUTE, 2, borough="Brent")])

    assert await ids(store, borough="Camden", open_only=False) == []
    assert await ids(store, borough="Brent", open_only=False) == [CLOCK]
    assert await ids(store) == []


async def test_a_feed_is_found_under_each_of_its_boroughs(store: AlertStore) -> None:
    await store.add([feed_news()])

    assert (
        await ids(store, borough="Camden")
        == await ids(store, borough="Brent")
        == ["feed/dispatch/cad/camden"]
    )


async def test_a_situation_has_its_members(store: AlertStore) -> None:
    storm = "storm/attend-immediate/Camden/1"
    opening = {
        "kind": "storm",
        "words": "a storm",
        "policy": "p",
        "standard": "attend-immediate",
        "borough": "Camden",
    }
    await store.add([act(storm, "situation.opened", "o", **opening)])
    await store.add([news(CLOCK), act(CLOCK, "situation.joined", "j", situation=storm)])

    assert await ids(store, situation=storm) == [CLOCK]
    assert set(await ids(store, borough="Camden")) == {CLOCK, storm}


async def test_the_most_urgent_comes_first(store: AlertStore) -> None:
    await store.add([news("CAD-1/attend-immediate", "clock.at_risk", NOW + 5)])
    await store.add([news("CAD-2/attend-immediate", at=NOW)])
    await store.add([news("CAD-3/attend-immediate", at=NOW + 1)])
    await store.add(
        [news("CAD-4/attend-immediate", at=NOW + 9), acknowledged("CAD-4/attend-immediate", "Insp Ray")]
    )
    await store.add(
        [news("CAD-5/attend-immediate", at=NOW), news("CAD-5/attend-immediate", "clock.met", NOW + MINUTE, 2)]
    )

    ordered = [f"CAD-{number}/attend-immediate" for number in (3, 2, 1, 4, 5)]
    assert await ids(store, open_only=False) == ordered
    assert await ids(store, limit=2, offset=1) == ordered[1:3]


async def test_recent_ones_are_those_that_may_page_somebody(store: AlertStore) -> None:
    await store.add([news("CAD-1/attend-immediate", at=NOW - 1)])
    await store.add([news("CAD-2/attend-immediate", at=NOW)])
    await store.add([news("CAD-3/attend-immediate", at=NOW + 1)])
    await store.add([news("CAD-4/attend-immediate", at=NOW + 1, cohort="exercise")])
    await store.add([news("CAD-5/attend-immediate", at=NOW + 1, late=True)])
    await store.add([news("CAD-6/attend-immediate", at=NOW + 1, borough="Brent")])

    found = await store.recent("attend-immediate", "Camden", NOW)
    assert found == [("CAD-2/attend-immediate", NOW), ("CAD-3/attend-immediate", NOW + 1)]


async def test_a_closed_alert_is_forgotten_after_seventy_days_and_an_open_one_is_not(
    store: AlertStore,
) -> None:
    await store.positions()
    await store.add([news("CAD-1/attend-immediate"), news("CAD-2/attend-immediate")])
    await store.add([news("CAD-2/attend-immediate", "clock.stopped", NOW + MINUTE, 2)])

    assert await store.forget(NOW + MINUTE + KEPT - 1) == 0
    assert await store.forget(NOW + MINUTE + KEPT) == 1
    assert await ids(store, open_only=False) == ["CAD-1/attend-immediate"]
    assert await store.alert("CAD-2/attend-immediate") is None
    assert await store.recent("attend-immediate", "Camden", 0) == [("CAD-1/attend-immediate", NOW)]
    assert await store.due(NOW) == ["CAD-1/attend-immediate"]


# ---- the view and where it was read to --------------------------------------------------------------------------


async def test_positions_are_kept_with_the_view_and_lost_with_it(store: AlertStore) -> None:
    assert await store.positions() == {}
    await store.add([news(CLOCK)], {("breach-alerts", 0): 7})
    assert await store.positions() == {("breach-alerts", 0): 7}

    await store._redis.flushall()
    assert not await store.intact()
    with pytest.raises(ViewLostError):
        await store.add([news(CLOCK)], {("breach-alerts", 0): 8})
    assert await store.positions() == {}


async def test_positions_never_go_back(store: AlertStore) -> None:
    await store.positions()
    await store.add([], {("breach-alerts", 0): 7, ("alert-actions", 1): 2})
    await store.add([], {("breach-alerts", 0): 5, ("alert-actions", 1): 10})

    assert await store.positions() == {("breach-alerts", 0): 7, ("alert-actions", 1): 10}


async def test_a_view_is_built_once_it_says_so_until_it_is_lost(store: AlertStore) -> None:
    await store.positions()
    assert not await store.built()
    await store.set_built()
    assert await store.built()

    await store.clear()
    assert not await store.built()
    assert await store.count(open_only=False) == 0
    with pytest.raises(ViewLostError):
        await store.set_built()


async def test_an_older_view_is_forgotten_and_a_newer_one_is_left_alone(store: AlertStore) -> None:
    await store.positions()
    await store.add([news(CLOCK)], {("breach-alerts", 0): 7})
    await store._redis.hset("pledgewatch:alerts:view", "format", int(FORMAT) + 1)
    with pytest.raises(NewerViewError):
        await store.positions()
    assert await ids(store) == [CLOCK]

    await store._redis.hset("pledgewatch:alerts:view", "format", int(FORMAT) - 1)
    assert await store.positions() == {}
    assert await ids(store) == []


async def test_clearing_forgets_the_alerts_and_leaves_other_keys(store: AlertStore) -> None:
    await store.positions()
    await store.add([news(CLOCK)])
    await store._redis.set("pledgewatch:board", "theirs")

    await store.clear()

    assert sorted(await store._redis.keys()) == [b"pledgewatch:alerts:view", b"pledgewatch:board"]


# ---- turns ------------------------------------------------------------------------------------------------------


async def test_what_was_added_to_is_due_at_once(store: AlertStore) -> None:
    await store.add([news(CLOCK)])
    assert await store.next_moment() == 0
    assert await store.due(NOW) == [CLOCK]

    await store.set_next(CLOCK, NOW + 5)
    assert await store.due(NOW + 4) == []
    assert await store.next_moment() == NOW + 5
    assert await store.due(NOW + 5) == [CLOCK]

    await store.set_next(CLOCK, None)
    assert await store.next_moment() is None


async def test_an_alert_added_to_while_it_was_looked_at_stays_due(store: AlertStore) -> None:
    await store.add([news(CLOCK)])
    seen = await store.alert(CLOCK)
    await store.add([acknowledged(CLOCK, "Insp Ray")])
    await store.set_next(CLOCK, None, seen)
    assert await store.due(NOW) == [CLOCK]

    await store.set_next(CLOCK, None, await store.alert(CLOCK))
    assert await store.due(NOW) == []


async def test_one_of_many_claims_a_step(store: AlertStore) -> None:
    await store.positions()
    await store.set_built()
    got = await asyncio.gather(*(store.claim("step", f"desk-{number}", 10_000) for number in range(20)))
    assert sum(got) == 1

    holder = f"desk-{got.index(True)}"
    await store.release("step", "somebody else")
    assert not await store.claim("step", "desk-99", 10_000)
    await store.release("step", holder)
    assert await store.claim("step", "desk-99", 10_000)


async def test_a_claim_runs_out(store: AlertStore) -> None:
    await store.positions()
    await store.set_built()
    assert await store.claim("step", "desk-1", 50)
    await asyncio.sleep(0.08)
    assert await store.claim("step", "desk-2", 50)


async def test_a_claim_is_renewed_by_whoever_has_it(store: AlertStore) -> None:
    await store.positions()
    await store.set_built()
    await store.claim("step", "desk-1", 80)
    assert not await store.renew("step", "desk-2", 10_000)
    assert await store.renew("step", "desk-1", 10_000)
    await asyncio.sleep(0.1)
    assert not await store.claim("step", "desk-2", 50)


async def test_alerts_with_a_parked_notification_are_found_until_it_is_tried_again(store: AlertStore) -> None:
    told = {"step": "s1", "channel": "sms", "to": "Insp Ray", "about": "n1", "stage": "breached"}
    await store.add([news(CLOCK), act(CLOCK, "alert.parked", "p1", **told, problem="no such number")])
    await store.add([news("CAD-2/attend-priority"), news(CLOCK, "clock.stopped", NOW + MINUTE, 2)])

    assert await ids(store, open_only=False, parked=True) == [CLOCK]
    assert await ids(store, parked=True) == []

    await store.add([act(CLOCK, "alert.retried", "r1", NOW + MINUTE, by="Insp Ray", step="s1")])

    assert await ids(store, open_only=False, parked=True) == []


async def test_nobody_claims_before_the_view_is_built(store: AlertStore) -> None:
    await store.positions()
    assert not await store.claim("step", "desk-1", 10_000)
    await store.set_built()
    assert await store.claim("step", "desk-1", 10_000)


async def test_nobody_claims_while_a_claim_that_was_lost_may_be_at_work(store: AlertStore) -> None:
    await store.positions()
    await store.set_built(hold_ms=100)
    assert not await store.claim("step", "desk-1", 10_000)
    await asyncio.sleep(0.15)
    assert await store.claim("step", "desk-1", 10_000)


async def test_a_rebuild_that_loses_no_claim_holds_nobody_up(store: AlertStore) -> None:
    await store.positions()
    await store.set_built()
    assert await store.claim("step", "desk-1", 10_000)
    await store.clear()
    await store.positions()
    await store.set_built(hold_ms=10_000)
    assert not await store.claim("step", "desk-2", 10_000)
    assert await store.claim("another step", "desk-2", 10_000)


async def test_attempts_are_counted(store: AlertStore) -> None:
    assert await store.attempts("step") == (0, 0)
    await store.set_attempt("step", 3, NOW + 30 * SECOND)
    assert await store.attempts("step") == (3, NOW + 30 * SECOND)


async def test_changes_are_heard_of(store: AlertStore) -> None:
    heard = store.changes()
    assert await anext(heard) == set()
    await store.add([news(CLOCK), news("CAD-2/attend-immediate")])
    assert await asyncio.wait_for(anext(heard), 2) == {CLOCK, "CAD-2/attend-immediate"}
    await store.clear()
    assert await asyncio.wait_for(anext(heard), 2) == set()
    await heard.aclose()


async def test_after_redis_was_away_anything_may_have_changed() -> None:
    with redis_server() as url:
        async with Redis.from_url(url) as redis:
            store = AlertStore(redis)
            heard = store.changes()
            assert await anext(heard) == set()
            await redis.shutdown(nosave=True)
            waiting = asyncio.ensure_future(anext(heard))
            with redis_server(int(url.rpartition(":")[2].partition("/")[0])):
                assert await asyncio.wait_for(waiting, 10) == set()
                await store.add([news(CLOCK)])
                assert await asyncio.wait_for(anext(heard), 2) == {CLOCK}
            await heard.aclose()
