"""The parts of a run begin in order, end in the opposite order, and are named when they fail."""

import asyncio
import sys

import pytest

from pledgewatch.demo.child import Child
from pledgewatch.demo.parts import Part, PartError, Parts
from schemas.errors import PledgeWatchError


class Log(list):
    """What was begun and ended, in order; parts that write into it."""

    def part(self, name, begins=None, ends=None, fails=None) -> Part:
        async def begin():
            self.append(f"+{name}")
            if begins:
                raise begins

        async def end():
            self.append(f"-{name}")
            if ends:
                raise ends

        return Part(name, begin, end, lambda: fails)


async def test_they_end_in_the_opposite_order_and_once() -> None:
    log, parts = Log(), Parts()
    for name in ("one", "two", "three"):
        await parts.begin(log.part(name))
    assert await parts.end_all() == []
    assert await parts.end_all() == []
    assert log == ["+one", "+two", "+three", "-three", "-two", "-one"]


async def test_one_that_was_ended_by_itself_is_not_ended_again() -> None:
    log, parts = Log(), Parts()
    one, two = log.part("one"), log.part("two")
    await parts.begin(one)
    await parts.begin(two)
    await parts.end(one)
    await parts.end_all()
    assert log == ["+one", "+two", "-one", "-two"]


async def test_one_that_cannot_begin_is_named_and_what_it_began_is_ended() -> None:
    log, parts = Log(), Parts()
    await parts.begin(log.part("one"))
    with pytest.raises(PartError, match=r"^the board: the port is taken$"):
        await parts.begin(log.part("the board", begins=PledgeWatchError("the port is taken")))
    await parts.end_all()
    assert log == ["+one", "+the board", "-the board", "-one"]


async def test_a_fault_is_named_with_its_kind() -> None:
    with pytest.raises(PartError, match=r"^the board: KeyError: 'x'$"):
        await Parts().begin(Log().part("the board", begins=KeyError("x")))


async def test_one_that_cannot_end_is_named_and_the_others_are_ended() -> None:
    log, parts = Log(), Parts()
    await parts.begin(log.part("one"))
    await parts.begin(log.part("two", ends=OSError("gone")))
    assert [str(problem) for problem in await parts.end_all()] == ["two: OSError: gone"]
    assert log[-1] == "-one"


async def test_one_that_fails_while_it_runs_is_named() -> None:
    parts = Parts()
    await parts.begin(Log().part("one"))
    parts.check()
    await parts.begin(Log().part("two", fails=PledgeWatchError("stopped")))
    with pytest.raises(PartError, match=r"^two: stopped$"):
        parts.check()


# ---- a part that is a process ------------------------------------------------------------------------------


def child(code: str, heard: list[str] | None = None) -> Child:
    said = heard if heard is not None else []
    return Child([sys.executable, "-u", "-c", code], heard=said.append)


async def until_failed(process: Child) -> str:
    async with asyncio.timeout(20):
        while process.failure() is None:
            await asyncio.sleep(0.02)
    return str(process.failure())


async def test_a_process_is_heard_line_by_line_and_ends_when_asked() -> None:
    heard: list[str] = []
    process = child("import time; print('one'); print('two'); time.sleep(60)", heard)
    await process.start()
    async with asyncio.timeout(20):
        while len(heard) < 2:
            await asyncio.sleep(0.02)
    assert process.failure() is None
    await process.stop()
    assert (heard, process.failure()) == (["one", "two"], None)


async def test_a_process_that_ends_by_itself_has_failed_and_its_last_complaint_is_told() -> None:
    process = child("import sys; print('here'); sys.exit('pledgewatch: no Kafka')")
    await process.start()
    assert await until_failed(process) == "ended by itself with code 1: pledgewatch: no Kafka"
    await process.stop()


async def test_a_process_that_does_not_end_is_killed_and_that_is_told() -> None:
    heard: list[str] = []
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    process = Child([sys.executable, "-u", "-c", deaf], heard=heard.append, patience=0.3)
    await process.start()
    async with asyncio.timeout(20):
        while not heard:
            await asyncio.sleep(0.02)
    with pytest.raises(PledgeWatchError, match=r"did not end within 0.3 s"):
        await process.stop()


async def test_a_process_that_never_began_needs_no_end() -> None:
    await child("pass").stop()
