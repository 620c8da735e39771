"""The board's story of a clock is what `pledgewatch explain` tells of the same events."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from redis.asyncio import Redis

from agents.board import BoardAgent, BoardSetup
from board.view import View
from clocks.feeds import Feed
from clocks.replaying import play, play_until
from clocks.shard import Shard
from clocks.standard import Pack
from pledgewatch.cli import OK, run
from pledgewatch.reading import Intake, read_events
from pledgewatch.stories import Stories
from schemas.facts import Event
from schemas.stories import Story
from schemas.times import HOUR, format_time
from standards.loader import load_pack
from standards.promises import promises
from streams.connection import Connection
from streams.following import Batch
from tests.agents.parts import SetClock
from tests.agents.test_board_ledger import saved

NIGHT = str(Path(__file__).parents[2] / "docs" / "examples" / "friday-night.jsonl")
PACK = "met-pledge-2009"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def the_board(
    redis: Redis, shard: Shard, pack: Pack, now: int, feeds: tuple[Feed, ...] = ()
) -> Stories:
    """A board that has read all that a worker wrote."""
    clock, view = SetClock(now), View(redis)
    setup = BoardSetup(
        connection=Connection(bootstrap="nowhere:1"), group="g", pack=pack, clock=clock, feeds=feeds
    )
    board = BoardAgent(setup, redis, "one")

    async def batches() -> AsyncIterator[Batch]:
        yield Batch(saved(shard, 3), {("clock-ledger", 3): 9}, True, "")

    await board.follow(batches())
    await board.write()
    return Stories(view, pack, promises(PACK), feeds, clock.now)


def explained(capsys: pytest.CaptureFixture[str], clock: str, now: int) -> list[Story]:
    asked = ["--at", format_time(now), "--settle", "0s", "--format", "json"]
    assert run(["explain", clock, NIGHT, *asked]) == OK
    return [Story.model_validate_json(line) for line in capsys.readouterr().out.splitlines()]


async def test_the_board_and_explain_tell_the_same_story(
    redis: Redis, capsys: pytest.CaptureFixture[str]
) -> None:
    pack, events, told = load_pack(PACK), a_night(), 0
    begin, end = events[0].fact.recorded, events[-1].fact.recorded
    for quarter in (2, 4, 5):
        now = begin + (end - begin) * quarter // 4
        shard = Shard(pack)
        list(play(shard, (event for event in events if event.fact.recorded <= now)))
        play_until(shard, now)
        stories = await the_board(redis, shard, pack, now)
        for name in await redis.hkeys("pledgewatch:view:stories"):
            found = await stories(name.decode())
            assert found == explained(capsys, name.decode(), now)
            told += len(found)
        await redis.flushall()
    assert told > 10


def a_night() -> list[Event]:
    return sorted(read_events(NIGHT, Intake(NIGHT)), key=lambda event: event.fact.recorded)


async def test_one_clock_is_told_alone_and_of_the_unknown_nothing(redis: Redis) -> None:
    pack, events, shard = load_pack(PACK), a_night(), Shard(load_pack(PACK))
    list(play(shard, events))
    now = events[-1].fact.recorded + HOUR
    play_until(shard, now)
    stories = await the_board(redis, shard, pack, now)
    known = next(view for view in shard.clocks() if view.verdict == "breached")
    assert [story.clock for story in await stories(known.clock)] == [known.clock]
    assert await stories("CAD-nowhere/attend-immediate") == []
