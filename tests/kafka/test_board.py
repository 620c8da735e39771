"""The board's view beside real workers: it counts as they do, and shows when nobody judges."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import pytest
from redis.asyncio import Redis
from scene import PACK, Scene, event, feed_live, now, until

from agents.board import BoardAgent, BoardSetup
from agents.watch import PartitionWatch
from agents.worker import Worker, paced
from board.now import Health
from board.view import View
from standards.loader import load_pack
from streams.clock import WallClock
from tests.agents.test_board_ledger import check_equal

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


@asynccontextmanager
async def board(scene: Scene, redis: Redis, who: str = "one") -> AsyncIterator[BoardAgent]:
    clock = WallClock()
    pack = paced(load_pack(str(PACK)), clock)
    setup = BoardSetup(connection=scene.connection, group=scene.app_id, pack=pack, clock=clock)
    agent = BoardAgent(setup, redis, who)
    running = asyncio.create_task(agent.run())
    try:
        yield agent
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until_it_counts_as(worker: Worker, agent: BoardAgent) -> None:
    """Both go on, so it is asked until it holds."""
    shards = [cast(PartitionWatch, lane.work).shard for lane in worker.assignment.lanes.values()]
    end = asyncio.get_running_loop().time() + 20
    while True:
        try:
            return check_equal(agent.ledger, shards, now())
        except AssertionError:
            if asyncio.get_running_loop().time() > end:
                raise
        await asyncio.sleep(0.1)


async def test_after_a_live_run_the_board_counts_as_the_worker_and_a_late_one_does_too(
    scene: Scene, redis: Redis
) -> None:
    async with scene.worker() as worker, board(scene, redis) as early:
        await feed_live(scene, 4, 40)
        await until_it_counts_as(worker, early)
        async with board(scene, redis, "two") as late:
            await until_it_counts_as(worker, late)
        shown = {row.standard: row for row in await View(redis).standards()}
        breached = sum(row.breached_open for row in shown.values())
        assert breached > 0
        assert shown["call-999"].rates["15m"].counted > 20
        assert await View(redis).count() == sum(row.waiting for row in shown.values()) >= breached


async def test_a_killed_worker_is_shown_and_so_is_the_one_that_takes_over(
    scene: Scene, redis: Redis, tmp_path: Path
) -> None:
    async def health() -> Health:
        return await View(redis).health()

    async def watch_is(state: str) -> bool:
        return (await health()).watch == state

    async with board(scene, redis):
        with scene.process(tmp_path / "worker.log") as process:
            await until(lambda: watch_is("alive"))
            assert (await health()).workers == 1
            call = event("call.presented", "CALL-1", now(), line="999")
            await scene.send(("call-answer", "CALL-1", call))
            await until(lambda: _is_open(redis, "breached"))
            process.kill()
            await until(lambda: watch_is("dead"))
            assert (await health()).evidence.startswith("no worker is running")
        with scene.process(tmp_path / "worker.log"):
            await until(lambda: watch_is("alive"))


async def _is_open(redis: Redis, stage: str) -> bool:
    return [clock.stage for clock in await View(redis).open_clocks()] == [stage]


async def test_redis_is_flushed_and_the_view_is_back_within_two_seconds(scene: Scene, redis: Redis) -> None:
    async with scene.worker(), board(scene, redis):
        call = event("call.presented", "CALL-1", now(), line="999")
        await scene.send(("call-answer", "CALL-1", call))
        await until(lambda: _is_open(redis, "breached"))
        await redis.flushall()
        await until(lambda: _is_open(redis, "breached"), seconds=2)
