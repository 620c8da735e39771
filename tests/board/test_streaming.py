"""The live stream over a real connection: what changes in Redis is on the pages that show it, soon."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn

from board.app import build
from schemas.times import MINUTE
from tests.board.scene import EVENING, LONDON, Desk, busy, health
from tests.board.viewer import Viewer
from tests.redis.entries import act

SOON = 3.0


@pytest.fixture
async def address(desk: Desk) -> AsyncIterator[str]:
    """A board that is really served."""
    app = build(desk.view, desk.store, desk.act, desk.stories, None, lambda: desk.now, LONDON)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
        task = asyncio.create_task(server.serve(sockets=[taken]))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
        server.should_exit = True
        await task


async def _frames(answer: httpx.Response) -> AsyncIterator[bytes]:
    held = b""
    async for some in answer.aiter_bytes():
        held += some
        *whole, held = held.split(b"\n\n")
        for frame in whole:
            yield frame + b"\n\n"


async def _heard(frames: AsyncIterator[bytes], viewer: Viewer, region: str, words: str) -> None:
    async with asyncio.timeout(SOON):
        while words not in "".join(viewer.regions.get(region, {}).values()):
            viewer.hear(await anext(frames))


async def test_a_late_viewer_sees_all_of_it_and_then_each_change(desk: Desk, address: str) -> None:
    clocks = await busy(desk)
    breached = next(name for name, clock in clocks.items() if clock.stage == "breached")
    async with httpx.AsyncClient(base_url=address) as client:
        async with client.stream("GET", "/live", params={"screen": "alert", "id": breached}) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            frames, viewer = _frames(answer), Viewer()
            await _heard(frames, viewer, "alert", "Breached")
            taken = act(breached, "alert.acknowledged", "x", EVENING + MINUTE, by="Insp Baker")
            await desk.store.add([taken])
            await _heard(frames, viewer, "alert", "Acknowledged by Insp Baker")
        async with client.stream("GET", "/live?screen=wall") as answer:
            frames, viewer = _frames(answer), Viewer()
            await _heard(frames, viewer, "health", "Watch alive")
            assert set(viewer.regions) >= {"first", "tiles", "standards", "next", "over", "units", "feeds"}
            await desk.write(health=health(watch="dead", evidence="nobody judges"))
            await _heard(frames, viewer, "warnings", "Nobody judges.")


async def test_figures_that_grow_old_are_said_to_be_although_nothing_happens(
    desk: Desk, address: str
) -> None:
    await busy(desk)
    async with (
        httpx.AsyncClient(base_url=address) as client,
        client.stream("GET", "/live?screen=wall") as answer,
    ):
        frames, viewer = _frames(answer), Viewer()
        await _heard(frames, viewer, "health", "Watch alive")
        desk.now += MINUTE
        await _heard(frames, viewer, "warnings", "The figures are old")


async def test_what_is_sent_does_not_change_with_every_second(desk: Desk, address: str) -> None:
    await busy(desk)
    async with (
        httpx.AsyncClient(base_url=address) as client,
        client.stream("GET", "/live?screen=wall") as answer,
    ):
        frames, viewer = _frames(answer), Viewer()
        await _heard(frames, viewer, "health", "Watch alive")
        desk.now += 1_000
        await desk.write()
        async with asyncio.timeout(SOON):
            while viewer.frames[-1][1].get("written") != desk.now:
                viewer.hear(await anext(frames))

    assert viewer.frames[-1][1]["regions"] == {}


async def test_a_screen_that_is_not_there_is_refused(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as client:
        assert (await client.get("/live?screen=cinema")).status_code == 404
