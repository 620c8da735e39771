"""The board agent on a real Redis: written as the ledger comes, whole after a loss, by one of several."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis

from agents.board import BoardAgent, BoardSetup
from board.now import Following
from board.view import View
from board.writing import ViewWriter
from clocks.feeds import Feed
from clocks.shard import Shard
from schemas.facts import Event, Fact
from schemas.times import HOUR, MINUTE, SECOND
from streams.connection import Connection
from streams.following import Batch
from streams.topic_reading import Record
from tests.agents.parts import T0, SetClock
from tests.agents.test_board_ledger import saved
from tests.clocks.histories import PACK

FEED = Feed(source="cad", topic="dispatch", silence=HOUR)


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


class Scene:
    """A worker's shard, the ledger it writes, and boards that follow it."""

    def __init__(self, redis: Redis) -> None:
        self.redis, self.clock, self.shard = redis, SetClock(), Shard(PACK, [FEED])
        self.ledger: list[Record] = []

    def board(self, who: str = "one") -> BoardAgent:
        nowhere = Connection(bootstrap="nowhere:1")
        setup = BoardSetup(connection=nowhere, group="g", pack=PACK, clock=self.clock, feeds=(FEED,))
        return BoardAgent(setup, self.redis, who)

    def incident(self, number: int, at: int = 0) -> None:
        start = Fact(
            "cad", f"e{number}", "incident.created", T0 + at, T0 + at, {"grade": "I", "borough": "Camden"}
        )
        self.shard.fold([Event(f"CAD-{number}", "dispatch", start)])

    def pass_to(self, now: int) -> None:
        self.clock.set = T0 + now
        self.shard.advance_all(T0 + now - PACK.settle)

    async def hand(
        self, board: BoardAgent, *, all_of_it: bool = False, ledger: Following = "following"
    ) -> None:
        new = saved(self.shard, 0)
        self.ledger += new
        records = self.ledger if all_of_it else new
        away = "gone" if ledger == "away" else ""
        batch = Batch(records, {("clock-ledger", 0): len(self.ledger)}, ledger == "following", away)
        await board.follow(_only(batch))


async def _only(batch: Batch) -> AsyncIterator[Batch]:
    yield batch


@pytest.fixture
def scene(redis: Redis) -> Scene:
    return Scene(redis)


async def shown(view: View) -> list[str]:
    return [clock.clock.partition("/")[0] for clock in await view.open_clocks()]


async def test_what_the_ledger_says_is_on_the_board(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    await board.write()
    assert await shown(view) == ["CAD-1"]
    (row,) = [row for row in await view.standards("Camden") if row.standard == "attend-immediate"]
    assert (row.waiting, row.breached_open) == (1, 0)
    scene.pass_to(13 * MINUTE)
    await scene.hand(board)
    await board.write()
    (row,) = [row for row in await view.standards() if row.standard == "attend-immediate"]
    assert (row.waiting, row.breached_open, row.rates["15m"].breached) == (1, 1, 1)


async def test_nothing_is_shown_before_the_ledger_was_read_to_its_end(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board, ledger="catching-up")
    await board.write()
    assert await view.written() is None
    assert await shown(view) == []
    assert (await view.health()).ledger == "catching-up"


async def test_a_flushed_redis_has_everything_again_at_the_next_writing(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    scene.incident(2)
    await scene.hand(board)
    await board.write()
    before = await _everything(view)
    await redis.flushall()
    await board.write()
    assert await _everything(view) == before
    assert await shown(view) == ["CAD-1", "CAD-2"]


async def _everything(view: View) -> list[object]:
    found = [
        await view.open_clocks(cohort=None),
        await view.standards(),
        await view.feeds(),
        await view.boroughs(),
    ]
    return [*found, await view.story_source("CAD-1"), await view.health(), await view.written()]


async def test_a_board_started_late_takes_over_with_what_the_other_showed(scene: Scene, redis: Redis) -> None:
    one, view = scene.board("one"), View(redis)
    scene.incident(1)
    await scene.hand(one)
    await one.write()
    other = scene.board("two")
    scene.incident(2, at=SECOND)
    await scene.hand(other, all_of_it=True)
    await other.write()
    assert await shown(view) == ["CAD-1"]
    await redis.delete("pledgewatch:view:writer")  # as when the first is killed and its time runs out
    await other.write()
    assert await shown(view) == ["CAD-1", "CAD-2"]
    await one.write()
    assert await shown(view) == ["CAD-1", "CAD-2"]


async def test_while_kafka_is_away_the_view_grows_old_and_says_so(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    scene.clock.set = T0 + 9 * SECOND
    await scene.hand(board, ledger="away")
    await board.write()
    written, health = await view.written(), await view.health()
    assert written is not None
    assert written.age(scene.clock.now()) == 9.0
    assert (health.ledger, health.watch, health.read_at) == ("away", "unknown", T0)


async def test_clocks_that_fall_due_and_are_not_judged_show_that_the_watch_is_late(
    scene: Scene, redis: Redis
) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    due = T0 + 12 * MINUTE + 1 + PACK.settle
    scene.clock.set = due + 4_999
    await scene.hand(board)
    await board.write()
    assert (await view.health()).watch == "unknown"  # these brokers say nothing of workers
    scene.clock.set = due + 12_000
    await scene.hand(board)
    await board.write()
    health = await view.health()
    assert (health.watch, health.overdue, health.since) == ("late", 1, due + 12_000)
    assert health.evidence == "1 clock that fell due has not been judged, the first for 12s"


async def test_a_feed_that_is_heard_no_more_is_silent_without_another_record(
    scene: Scene, redis: Redis
) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    await board.write()
    (feed,) = await view.feeds()
    assert (feed.silent, feed.last_heard) == (False, T0)
    scene.clock.set = T0 + HOUR + 1
    await board.write()
    (feed,) = await view.feeds()
    assert feed.silent
    assert feed.words.startswith("silent, last heard")


async def test_a_borough_of_which_nothing_is_left_to_tell_is_gone(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    await board.write()
    assert await view.boroughs() == ["Camden"]
    gone = Record("clock-ledger", 0, 9, 0, b"CAD-1", None, {})
    await board.follow(_only(Batch([gone], {("clock-ledger", 0): 10}, True, "")))
    await board.write()
    assert await view.boroughs() == []
    assert await shown(view) == []
    assert await view.story_source("CAD-1") is None


async def test_what_changes_at_once_is_told_four_times_a_second_at_most(scene: Scene, redis: Redis) -> None:
    board, told = scene.board(), 0
    scene.incident(1)
    await scene.hand(board)
    writing = asyncio.create_task(board._keep_writing())
    changes = View(redis).changes()
    first = await asyncio.wait_for(anext(changes), 5)
    assert {"clocks", "clocks in Camden"} <= first.parts
    until = asyncio.get_running_loop().time() + 1.0
    counting = asyncio.create_task(_count(changes, until))
    for number in range(2, 40):
        scene.incident(number)
        await scene.hand(board)
        await asyncio.sleep(0.025)
    told = await counting
    writing.cancel()
    assert 2 <= told <= 5
    assert len(await View(redis).open_clocks()) >= 30


async def _count(changes: AsyncIterator[object], until: float) -> int:
    loop, told = asyncio.get_running_loop(), 0
    while (left := until - loop.time()) > 0:
        try:
            await asyncio.wait_for(anext(changes), left)
        except TimeoutError:
            break
        told += 1
    return told


async def test_what_only_grew_older_is_written_and_is_no_news(scene: Scene, redis: Redis) -> None:
    board, view = scene.board(), View(redis)
    for number in (1, 2):  # a record that came before our eyes tells that somebody writes
        scene.incident(number)
        await scene.hand(board)
        await board.write()
    changes = view.changes()
    told = asyncio.ensure_future(anext(changes))
    while await redis.pubsub_numsub("pledgewatch:view:changed") != [(b"pledgewatch:view:changed", 1)]:
        await asyncio.sleep(0.01)
    scene.clock.set = T0 + SECOND
    scene.shard.fold([Event("CAD-1", "dispatch", Fact("cad", "e1", "source.heartbeat", T0 + 5, T0 + 5, {}))])
    await scene.hand(board)
    await board.write()
    assert (await asyncio.wait_for(told, 5)).parts == frozenset()
    assert (await view.health()).read_at == T0 + SECOND
    assert [feed.last_heard for feed in await view.feeds()] == [T0 + 5]


async def test_while_redis_is_away_it_waits_and_then_writes_all_of_it(
    scene: Scene, redis: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("agents.board.AT_LEAST_EVERY", 0.01)
    board, view = scene.board(), View(redis)
    scene.incident(1)
    await scene.hand(board)
    await board._write_or_tell()
    held, board._writer = board._writer, ViewWriter(Redis(host="127.0.0.1", port=1), "one")
    scene.incident(2)
    await scene.hand(board)
    for _ in range(3):
        await board._write_or_tell()
    assert caplog.text.count("Redis does not take the view") == 1
    board._writer = held
    await board._write_or_tell()
    assert await shown(view) == ["CAD-1", "CAD-2"]
