"""What viewers are sent: whoever listens, from whenever, sees the state as it is; it is made once for all of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board import live
from board.live import Live, Question, Regions, State
from tests.board.viewer import Viewer

WALL = Question("wall")
CLOCKS = frozenset({"clocks"})
_parts = st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["1", "2", "é\n<b>"]), max_size=5)
_regions = st.fixed_dictionaries({"next": _parts, "over": _parts})


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "GAP", 0.001)
    monkeypatch.setattr(live, "PULSE", 5.0)


class Shown:
    """Something to look at, and how often it was."""

    def __init__(self, regions: Regions) -> None:
        self.regions, self.looks, self.broken = regions, 0, False

    async def look(self, _question: Question) -> State:
        """As `board.pages.look`."""
        self.looks += 1
        if self.broken:
            raise ConnectionError("Redis is away")
        return State(self.regions, {"written": self.looks})


def _live(shown: Shown) -> Live:
    return Live(shown.look, lambda: {"now": 1, "speed": 1.0}, lambda _question: CLOCKS)


@asynccontextmanager
async def _watching(board: Live, question: Question = WALL) -> AsyncIterator[Viewer]:
    viewer, frames = Viewer(), board.frames(question)

    async def listen() -> None:
        async for frame in frames:
            viewer.hear(frame)

    task = asyncio.create_task(listen())
    yield viewer
    task.cancel()
    await asyncio.wait([task])
    await frames.aclose()  # type: ignore[attr-defined]


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(3):
        while not holds():
            await asyncio.sleep(0.001)


@given(states=st.lists(_regions, min_size=1, max_size=6))
def test_whoever_listens_from_whenever_ends_with_the_state_as_it_is(states: list[Regions]) -> None:
    async def play() -> None:
        shown = Shown(states[0])
        board = _live(shown)
        async with _watching(board) as early:
            for state in states:
                shown.regions = state
                await _looked_at(board, shown)
            async with _watching(board) as late:
                for viewer in (early, late):
                    await _until(lambda viewer=viewer: _ordered(viewer.regions) == _ordered(states[-1]))  # type: ignore[misc]

    asyncio.run(play())


async def _looked_at(board: Live, shown: Shown) -> None:
    before = shown.looks
    board.changed(CLOCKS)
    await _until(lambda: shown.looks > before)


def _ordered(regions: Regions) -> dict[str, list[tuple[str, str]]]:
    return {name: list(parts.items()) for name, parts in regions.items()}


async def test_only_what_differs_is_sent() -> None:
    shown = Shown({"next": {"a": "1", "b": "2"}, "over": {"c": "3"}})
    board = _live(shown)
    async with _watching(board) as viewer:
        await _until(lambda: "next" in viewer.regions)
        shown.regions = {"next": {"b": "2", "a": "9"}, "over": {"c": "3"}}
        board.changed(CLOCKS)
        await _until(lambda: viewer.regions["next"] == {"b": "2", "a": "9"})

    event, told = viewer.frames[-1]
    assert (event, told["whole"]) == ("state", False)
    assert told["regions"] == {"next": {"order": ["b", "a"], "parts": {"a": "9"}}}


async def test_the_first_thing_a_viewer_hears_is_what_time_it_is() -> None:
    async with _watching(_live(Shown({}))) as viewer:
        await _until(lambda: len(viewer.frames) > 1)

    assert viewer.frames[0] == ("clock", {"now": 1, "speed": 1.0})


async def test_two_hundred_viewers_of_one_question_cost_one_look() -> None:
    shown = Shown({"next": {"a": "1"}})
    board = _live(shown)
    watching = [_watching(board) for _ in range(200)]
    viewers = [await each.__aenter__() for each in watching]
    await _until(lambda: all("next" in viewer.regions for viewer in viewers))
    looks = shown.looks
    shown.regions = {"next": {"a": "2"}}
    board.changed(CLOCKS)
    await _until(lambda: all(viewer.regions["next"]["a"] == "2" for viewer in viewers))

    assert board.viewers == 200
    assert shown.looks == looks + 1
    for each in watching:
        await each.__aexit__(None, None, None)
    assert board.viewers == 0


async def test_a_viewer_far_behind_is_sent_the_whole_state_and_no_backlog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "_BEHIND", 3)
    shown = Shown({"next": {"a": "0"}})
    board = _live(shown)
    slow = board.frames(WALL)
    viewer = Viewer()
    viewer.hear(await anext(slow))
    viewer.hear(await anext(slow))
    async with _watching(board) as quick:
        for number in range(1, 10):
            shown.regions = {"next": {"a": str(number), "b": "1"}}
            await _looked_at(board, shown)
        await _until(lambda: quick.regions.get("next", {}).get("a") == "9")
        for _ in range(3):
            if viewer.regions["next"]["a"] != "9":
                viewer.hear(await anext(slow))

    assert viewer.regions == {"next": {"a": "9", "b": "1"}}
    await slow.aclose()  # type: ignore[attr-defined]


async def test_what_cannot_be_looked_at_is_told_and_is_whole_when_it_comes_back() -> None:
    shown = Shown({"next": {"a": "1"}})
    board = _live(shown)
    async with _watching(board) as viewer:
        await _until(lambda: "next" in viewer.regions)
        shown.broken = True
        board.changed(CLOCKS)
        await _until(lambda: viewer.frames[-1][0] == "trouble")
        shown.broken, shown.regions = False, {"next": {"a": "2"}}
        board.changed(CLOCKS)
        await _until(lambda: viewer.frames[-1][0] == "state")

    assert viewer.frames[-1][1]["whole"] is True


async def test_what_grows_old_by_itself_is_looked_at_without_any_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "PULSE", 0.01)
    shown = Shown({})
    async with _watching(_live(shown)):
        await _until(lambda: shown.looks > 2)


async def test_a_question_nobody_asks_any_more_is_looked_at_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PULSE", 0.01)
    shown = Shown({})
    async with _watching(_live(shown)):
        await _until(lambda: shown.looks > 0)
    looks = shown.looks
    await asyncio.sleep(0.05)

    assert shown.looks == looks


async def test_what_a_question_is_not_about_makes_nobody_look() -> None:
    shown = Shown({})
    board = _live(shown)
    async with _watching(board):
        await _until(lambda: shown.looks > 0)
        looks = shown.looks
        board.changed({"feeds", "alerts"})
        await asyncio.sleep(0.05)

    assert shown.looks == looks


async def test_when_nobody_looks_any_more_nothing_is_made_though_a_wait_swallowed_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "PULSE", 0.01)
    shown = Shown({})

    async def stubborn(question: Question) -> State:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.05)
        return await shown.look(question)

    board = Live(stubborn, dict, lambda _question: CLOCKS)
    async with _watching(board):
        await _until(lambda: shown.looks > 1)
        await asyncio.sleep(0.02)  # into the next look
    await asyncio.sleep(0.1)
    looks = shown.looks
    await asyncio.sleep(0.3)
    assert shown.looks == looks
