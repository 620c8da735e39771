"""The heartbeat out: as long as the desk is able to work, and at no other time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from alerting.watchdog import Watchdog, WatchdogSettings
from tests.alerting.channels.receiver import Receiver


async def heard(
    receiver: Receiver, problem: Callable[[], Awaitable[str | None]], count: int, url: str | None = None
) -> list[tuple[str, bytes]]:
    """What the receiver heard until there were `count` calls, or a second was over."""
    settings = WatchdogSettings.model_validate(
        {"url": url or f"{receiver.url}/ping/7f3a", "every": "50ms", "timeout": "200ms"}
    )
    watchdog = Watchdog(settings, problem, lambda: 0)
    task = asyncio.create_task(watchdog.run())
    for _ in range(20):
        await asyncio.sleep(0.05)
        if len(receiver.requests) >= count:
            break
    task.cancel()
    await watchdog.close()
    return [(request.path, request.body) for request in receiver.requests][:count]


async def well() -> str | None:
    return None


async def test_it_says_that_it_began_and_then_that_all_is_well(receiver: Receiver) -> None:
    calls = await heard(receiver, well, 3)
    assert calls == [("/ping/7f3a/start", b""), ("/ping/7f3a", b""), ("/ping/7f3a", b"")]


async def test_a_desk_that_is_not_yet_well_when_it_begins_alarms_nobody(receiver: Receiver) -> None:
    began = asyncio.get_running_loop().time()

    async def problem() -> str | None:
        return "the desk has not begun" if asyncio.get_running_loop().time() < began + 0.03 else None

    assert [path for path, _ in await heard(receiver, problem, 2)] == ["/ping/7f3a/start", "/ping/7f3a"]


async def test_it_says_what_is_wrong_and_that_it_is_over(receiver: Receiver) -> None:
    answers: list[str | None] = ["Redis cannot be reached", None]

    async def problem() -> str | None:
        return answers.pop(0) if answers else None

    calls = await heard(receiver, problem, 3)
    assert calls[1:] == [("/ping/7f3a/fail", b"Redis cannot be reached"), ("/ping/7f3a", b"")]


async def test_a_desk_that_cannot_tell_how_it_is_is_not_well(receiver: Receiver) -> None:
    async def raises() -> str | None:
        raise ConnectionError("no broker")

    async def hangs() -> str | None:
        await asyncio.sleep(60)
        return None

    assert (await heard(receiver, raises, 2))[1] == ("/ping/7f3a/fail", b"it cannot be found out: no broker")
    receiver.requests.clear()
    assert (await heard(receiver, hangs, 2))[1] == (
        "/ping/7f3a/fail",
        b"it cannot be found out: TimeoutError",
    )


async def test_an_address_that_is_away_is_told_of_once_and_tried_again(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers = [(200, {}), (500, {}), (500, {}), (500, {})]
    with caplog.at_level(logging.WARNING):
        calls = await heard(receiver, well, 6)
    assert len(calls) == 6
    assert caplog.text.count("cannot be reached") == 1
