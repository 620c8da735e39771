"""Laws of the store on a real Redis: in any order, however often, by however many, the same is found alike."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from alerting.alert import Entry, fold
from alerting.entries import merged, read_entry, written
from alerting.indexing import indexed
from alerting.store import AlertStore
from schemas.actions import ACTION_TYPES
from schemas.times import MINUTE
from tests.redis.entries import NOW, VERDICTS, act, feed_news, news

pytestmark = pytest.mark.redis
PEOPLE = ("Insp Ray", "Insp Khan")
SITUATION = "storm/attend-immediate/Camden/1"
CLOCKS = ("CAD-1/attend-immediate", "CAD-2/attend-priority")
DONE: dict[str, dict[str, Any]] = {
    "alert.acknowledged": {"by": "Insp Ray"},
    "alert.assigned": {"by": "Insp Ray", "to": "Insp Khan"},
    "alert.snoozed": {"by": "Insp Ray", "until": "2009-10-24T11:00:00Z"},
    "alert.commented": {"by": "Insp Ray", "note": "a word"},
    "alert.handed_over": {"by": "Insp Ray", "to": "PS Lee", "handover": "h"},
    "alert.closed": {"by": "Insp Khan"},
    "alert.retried": {"by": "Insp Ray", "step": "s"},
    "alert.escalated": {"rung": 1, "role": "chief", "because": "nobody had it"},
    "alert.notified": {"step": "s", "channel": "c", "to": "Insp Ray", "about": "a", "stage": "breached"},
    "alert.parked": {
        "step": "s",
        "channel": "c",
        "to": "x",
        "about": "a",
        "stage": "breached",
        "problem": "no",
    },
    "situation.joined": {"situation": SITUATION},
    "situation.closed": {"because": "quiet"},
    "situation.opened": {
        "kind": "storm",
        "words": "a storm",
        "policy": "p",
        "standard": "attend-immediate",
        "borough": "Camden",
    },
}

moments = st.integers(0, 12).map(lambda minutes: NOW + minutes * MINUTE)
of_clocks = st.builds(
    lambda clock, kind, revision, at, borough, late: news(
        clock, kind, at, revision, borough=borough, late=late
    ),
    st.sampled_from(CLOCKS),
    st.sampled_from(sorted(VERDICTS)),
    st.integers(1, 4),
    moments,
    st.sampled_from(("Camden", "Brent", None)),
    st.booleans(),
)
of_feeds = st.builds(
    lambda kind, revision, at: feed_news("cad/camden", kind, at, revision),
    st.sampled_from(("feed.silent", "feed.back")),
    st.integers(1, 3),
    moments,
)
# The same id with another moment is the same deed, done by two at once.
deeds = st.builds(
    lambda alert, kind, name, at: act(alert, kind, f"{alert}-{kind}-{name}", at, **DONE[kind]),
    st.sampled_from((*CLOCKS, SITUATION)),
    st.sampled_from(sorted(DONE)),
    st.integers(1, 3),
    moments,
)
entries = st.lists(of_clocks | of_feeds | deeds, max_size=14)


def test_every_kind_of_action_is_among_them() -> None:
    assert set(DONE) == set(ACTION_TYPES)


async def view(redis: Redis) -> dict[bytes, Any]:
    """All that is kept of the alerts, but for how far Kafka was read."""
    found: dict[bytes, Any] = {}
    for key in await redis.keys("pledgewatch:alerts:*"):
        if key in (b"pledgewatch:alerts:view", b"pledgewatch:alerts:positions"):
            continue
        kind = await redis.type(key)
        if kind == b"hash":
            found[key] = await redis.hgetall(key), await redis.ttl(key) >= 0
        elif kind == b"zset":
            found[key] = await redis.zrange(key, 0, -1, withscores=True)
        else:
            found[key] = await redis.smembers(key)
    return found


def on_redis(url: str, work: Callable[[Redis], Awaitable[Any]]) -> Any:
    """What `work` gives on an empty Redis."""

    async def run() -> Any:
        async with Redis.from_url(url) as redis:
            await redis.flushall()
            return await work(redis)

    return asyncio.run(run())


def after(url: str, *batches: Sequence[Entry]) -> dict[bytes, Any]:
    """The view after these batches, one after the other."""

    async def work(redis: Redis) -> dict[bytes, Any]:
        store = AlertStore(redis)
        for batch in batches:
            await store.add(batch)
        return await view(redis)

    found: dict[bytes, Any] = on_redis(url, work)
    return found


@given(given_=entries, data=st.data())
@settings(max_examples=60)
def test_order_and_repetition_change_nothing(
    redis_address: str, given_: list[Entry], data: st.DataObject
) -> None:
    whole = after(redis_address, given_)
    shuffled = data.draw(st.permutations(given_ + given_[::2]))
    one_by_one = after(redis_address, *([entry] for entry in shuffled))
    assert one_by_one == whole


@given(given_=entries, cut=st.integers(0, 14))
@settings(max_examples=60)
def test_the_store_is_what_folding_says(redis_address: str, given_: list[Entry], cut: int) -> None:
    async def work(redis: Redis) -> None:
        store = AlertStore(redis)
        await store.add(given_[:cut])
        await store.add(given_[cut:])
        alerts = [alert for name in {each.subject for each in given_} if (alert := await store.alert(name))]
        for alert in alerts:
            known = merged({}, [entry for entry in given_ if entry.subject == alert.id])
            assert alert == fold(map(read_entry, known.values()))
            assert len(alert.news) + len(alert.actions) == len(known)
        by_rank = sorted(alerts, key=lambda alert: (indexed(alert).rank, alert.id.encode()), reverse=True)
        assert await store.alerts(open_only=False) == by_rank
        assert await store.alerts() == [alert for alert in by_rank if alert.open]
        for person in PEOPLE:
            theirs = [alert for alert in by_rank if alert.assignee == person]
            assert await store.alerts(open_only=False, assignee=person) == theirs
        for borough in ("Camden", "Brent"):
            here = [
                alert for alert in by_rank if ("borough", borough) in indexed(alert).facets and alert.open
            ]
            assert await store.alerts(borough=borough) == here
            assert await store.count(borough=borough) == len(here)

    on_redis(redis_address, work)


@given(given_=entries, data=st.data())
@settings(max_examples=40)
def test_writers_at_once_leave_what_one_would(
    redis_address: str, given_: list[Entry], data: st.DataObject
) -> None:
    alone = after(redis_address, given_)
    shares = [data.draw(st.permutations(given_)) for _ in range(3)]

    async def work(redis: Redis) -> dict[bytes, Any]:
        async def write(share: Sequence[Entry]) -> None:
            store = AlertStore(redis)
            for start in range(0, len(share), 3):
                await store.add(share[start : start + 3])

        await asyncio.gather(*map(write, shares))
        return await view(redis)

    assert on_redis(redis_address, work) == alone


@given(before=entries, later=entries)
@settings(max_examples=30)
def test_what_changed_is_said_and_nothing_else(
    redis_address: str, before: list[Entry], later: list[Entry]
) -> None:
    async def work(redis: Redis) -> None:
        store = AlertStore(redis)
        await store.add(before)
        names = {each.subject for each in before + later}
        old = {name: await redis.hgetall(store.key("alert", name)) for name in names}
        changed = await store.add(later)
        new = {name: await redis.hgetall(store.key("alert", name)) for name in names}
        assert changed == {name for name in names if old[name] != new[name]}

    on_redis(redis_address, work)


@given(given_=entries)
def test_an_entry_is_written_and_read_as_itself(given_: list[Entry]) -> None:
    for entry in given_:
        assert read_entry(written(entry)) == entry
        assert written(read_entry(written(entry))) == written(entry)
