"""The view in Redis: what is written is read, by all that is asked for; whoever lost it writes it anew."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from board.now import FeedNow, Health, OpenClock, Rate, Stage, StandardNow, Written
from board.view import KNOWN_FOR, View
from board.writing import Changes, ViewWriter
from schemas.times import MINUTE

EVERYTHING = {
    "CAD-1/a": OpenClock(
        clock="CAD-1/a", subject="CAD-1", standard="a", borough="Camden", start=10, due=90, breach_at=91
    ),
    "CAD-2/a": OpenClock(
        clock="CAD-2/a", subject="CAD-2", standard="a", borough="Camden", ward="Gospel Oak", grade="I",
        stage="breached", unresourced=True, start=5, due=50, breach_at=51,
    ),
    "CAD-3/b": OpenClock(
        clock="CAD-3/b", subject="CAD-3", standard="b", borough="Barnet", start=20, due=70, breach_at=71
    ),
    "CAD-4/a": OpenClock(
        clock="CAD-4/a", subject="CAD-4", standard="a", borough="Camden", cohort="exercise", start=1, due=40,
        breach_at=41,
    ),
}  # fmt: skip
STANDARDS = {"": [StandardNow(standard="a", title="A", waiting=2, rates={"15m": Rate(met=9, breached=1)})]}


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
async def writer(redis: Redis) -> ViewWriter:
    return ViewWriter(redis, "one")


async def _written(writer: ViewWriter) -> None:
    assert await writer.hold() == "anew"
    assert await writer.write(_changes(clocks=EVERYTHING, standards=STANDARDS), whole=True)


def _changes(at: int = 100, **parts: object) -> Changes:
    return Changes(written=Written(at=at), **parts)  # type: ignore[arg-type]


async def _names(view: View, **asked: object) -> list[str]:
    return [clock.clock for clock in await view.open_clocks(**asked)]  # type: ignore[arg-type]


async def test_clocks_come_by_their_due_and_those_of_exercises_only_when_asked_for(
    redis: Redis, writer: ViewWriter
) -> None:
    await _written(writer)
    view = View(redis)
    assert await _names(view) == ["CAD-2/a", "CAD-3/b", "CAD-1/a"]
    assert await _names(view, cohort="exercise") == ["CAD-4/a"]
    assert await _names(view, cohort=None) == ["CAD-4/a", "CAD-2/a", "CAD-3/b", "CAD-1/a"]
    assert await _names(view, limit=1, offset=1) == ["CAD-3/b"]
    assert await _names(view, limit=2, latest=True) == ["CAD-1/a", "CAD-3/b"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"borough": "Camden"}, ["CAD-2/a", "CAD-1/a"]),
        ({"borough": "Camden", "breached": False}, ["CAD-1/a"]),
        ({"standard": "a", "grade": "I", "ward": "Gospel Oak"}, ["CAD-2/a"]),
        ({"stage": "running"}, ["CAD-3/b", "CAD-1/a"]),
        ({"unresourced": True}, ["CAD-2/a"]),
        ({"coming": True}, ["CAD-3/b", "CAD-1/a"]),
        ({"cohort": None, "borough": "Camden", "coming": True}, ["CAD-4/a", "CAD-1/a"]),
        ({"borough": "Barnet", "standard": "a"}, []),
    ],
)
async def test_clocks_are_found_by_all_that_is_asked_for(
    redis: Redis, writer: ViewWriter, asked: dict[str, object], found: list[str]
) -> None:
    await _written(writer)
    assert await _names(View(redis), **asked) == found
    assert await View(redis).count(**asked) == len(found)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("stage", "due", "first"),
    [
        ("running", 30 * MINUTE - 1, "CAD-2/a"),
        ("running", 30 * MINUTE + 1, "CAD-1/a"),
        ("breached", 10 * MINUTE + 1, "CAD-2/a"),
        ("breached", 10 * MINUTE - 1, "CAD-1/a"),
    ],
)
async def test_each_chasing_call_raises_an_incident_by_five_minutes(
    redis: Redis, writer: ViewWriter, stage: Stage, due: int, first: str
) -> None:
    quiet, chased = (
        OpenClock(
            clock=f"{name}/a", subject=name, standard="a", start=0, due=due, breach_at=due + 1, chased=calls,
            stage=stage,
        )
        for name, due, calls in (("CAD-1", 20 * MINUTE, 0), ("CAD-2", due, 2))
    )  # fmt: skip
    await writer.hold()
    await writer.write(_changes(clocks={quiet.clock: quiet, chased.clock: chased}), whole=True)

    assert (await _names(View(redis), latest=stage == "breached"))[0] == first


async def test_a_clock_that_changed_is_found_by_what_it_is_now_and_one_that_stopped_by_nothing(
    redis: Redis, writer: ViewWriter
) -> None:
    await _written(writer)
    moved = EVERYTHING["CAD-1/a"].model_copy(update={"borough": "Barnet", "due": 60})
    assert await writer.write(_changes(clocks={"CAD-1/a": moved, "CAD-2/a": None}), whole=False)
    view = View(redis)
    assert await _names(view, borough="Camden") == []
    assert await _names(view, borough="Barnet") == ["CAD-1/a", "CAD-3/b"]
    assert await view.open_clock("CAD-1/a") == moved
    assert await view.open_clock("CAD-2/a") is None


async def test_figures_feeds_and_health_are_read_as_they_were_written(
    redis: Redis, writer: ViewWriter
) -> None:
    assert await View(redis).health() == Health()
    assert await View(redis).written() is None
    await _written(writer)
    feed = FeedNow(feed="feed/x/y", source="y", topic="x", silence=1000)
    health = Health(watch="alive", evidence="all well")
    await writer.write(_changes(at=7, feeds=[feed], health=health, standards={"Camden": []}), whole=False)
    view = View(redis)
    assert await view.standards() == STANDARDS[""]
    assert await view.standards("Camden") == []
    assert await view.boroughs() == ["Camden"]
    assert (await view.feeds(), await view.health(), await view.written_at()) == ([feed], health, 7)


async def test_a_story_is_read_with_the_feeds_of_its_own_partition(redis: Redis, writer: ViewWriter) -> None:
    assert await writer.hold() == "anew"
    heard = {"3 feed/x/y": b"three", "13 feed/x/y": b"thirteen"}
    await writer.write(_changes(stories={"CAD-1": b"3 {}", "CAD-2": b"3 {}"}, heard=heard), whole=True)
    found = await View(redis).story_source("CAD-1")
    assert found is not None
    assert (found.record, found.feeds) == (b"{}", {"feed/x/y": b"three"})
    await writer.write(_changes(stories={"CAD-1": None}), whole=False)
    assert await View(redis).story_source("CAD-1") is None


async def test_one_writes_and_another_stands_by_until_it_is_gone(redis: Redis, writer: ViewWriter) -> None:
    await _written(writer)
    other = ViewWriter(redis, "two")
    assert await other.hold() == "another's"
    assert not await other.write(_changes(clocks={"CAD-1/a": None}), whole=False)
    assert await View(redis).open_clock("CAD-1/a") is not None
    await writer.release()
    assert await other.hold() == "anew"
    assert not await writer.write(_changes(), whole=False)


async def test_a_whole_writing_leaves_nothing_of_what_was(redis: Redis, writer: ViewWriter) -> None:
    await _written(writer)
    other = ViewWriter(redis, "two")
    await writer.release()
    await other.hold()
    await other.write(_changes(clocks={"CAD-3/b": EVERYTHING["CAD-3/b"]}), whole=True)
    assert await _names(View(redis), cohort=None) == ["CAD-3/b"]
    assert await _names(View(redis), borough="Camden") == []
    assert await View(redis).standards() == []


async def test_a_flushed_redis_is_noticed_before_anything_is_written(
    redis: Redis, writer: ViewWriter
) -> None:
    await _written(writer)
    await redis.flushall()
    assert not await writer.write(_changes(clocks={"CAD-1/a": None}), whole=False)
    assert await writer.hold() == "anew"


async def test_those_who_watch_are_told_what_differs(redis: Redis, writer: ViewWriter) -> None:
    changes = View(redis).changes()
    first = asyncio.ensure_future(anext(changes))
    while await redis.pubsub_numsub("pledgewatch:view:changed") != [(b"pledgewatch:view:changed", 1)]:
        await asyncio.sleep(0.01)
    await _written(writer)
    told = await asyncio.wait_for(first, 5)
    assert told.parts == {"clocks", "clocks in Camden", "clocks in Barnet", "standards"}
    moved = EVERYTHING["CAD-3/b"].model_copy(update={"borough": "Hackney"})
    quiet = frozenset({"health"})
    await writer.write(_changes(clocks={"CAD-3/b": moved}, health=Health(), quiet=quiet), whole=False)
    told = await asyncio.wait_for(anext(changes), 5)
    assert told.parts == {"clocks", "clocks in Barnet", "clocks in Hackney"}


async def test_who_listens_is_never_told_what_was_before_the_last_writing(
    redis: Redis, writer: ViewWriter
) -> None:
    await _written(writer)
    view = View(redis)
    changes = view.changes()
    first = asyncio.ensure_future(anext(changes))
    while await redis.pubsub_numsub("pledgewatch:view:changed") != [(b"pledgewatch:view:changed", 1)]:
        await asyncio.sleep(0.01)
    for at in range(101, 120):
        await writer.write(_changes(at=at), whole=False)
        await asyncio.wait_for(first, 5)
        assert [await view.written_at() for _ in range(2)] == [at, at]
        first = asyncio.ensure_future(anext(changes))
    await redis.delete("pledgewatch:view:written")  # and once nobody writes any more, it is seen all the same
    await asyncio.sleep(KNOWN_FOR)
    assert await view.written_at() is None
    first.cancel()
