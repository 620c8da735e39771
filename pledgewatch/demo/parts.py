"""The parts of a run: begun in order, watched while they run, ended in the opposite order, each failure named."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from schemas.errors import PledgeWatchError


class PartError(PledgeWatchError):
    """A part of the demo failed; the message names it.

    Operator action: mend what it says; without Redis, desk and board: `--no-board`.
    """

    def __init__(self, name: str, reason: BaseException) -> None:
        told = str(reason) if isinstance(reason, PledgeWatchError) else f"{type(reason).__name__}: {reason}"
        super().__init__(f"{name}: {told}")


class Part(NamedTuple):
    """`failure` is what made it stop by itself; None while it runs, and when it was ended."""

    name: str
    start: Callable[[], Awaitable[Any]]
    stop: Callable[[], Awaitable[Any]]
    failure: Callable[[], BaseException | None] = lambda: None


class Parts:
    """Those that were begun and not ended yet."""

    def __init__(self) -> None:
        self._begun: list[Part] = []

    async def begin(self, part: Part) -> None:
        """Begins one; PartError where it cannot. What it began by then is ended with the others."""
        self._begun.append(part)
        try:
            await part.start()
        except Exception as failed:
            raise PartError(part.name, failed) from failed

    def check(self) -> None:
        """PartError where one has stopped by itself."""
        for part in self._begun:
            if (failed := part.failure()) is not None:
                raise PartError(part.name, failed) from failed

    async def end(self, part: Part) -> None:
        """Ends one before its turn; PartError where it cannot, or failed by then."""
        self._begun.remove(part)
        try:
            await part.stop()
        except Exception as failed:
            raise PartError(part.name, failed) from failed
        if (failure := part.failure()) is not None:
            raise PartError(part.name, failure) from failure

    async def end_all(self) -> list[PartError]:
        """Ends the others, the last begun first, whatever becomes of each; those that could not."""
        problems: list[PartError] = []
        while self._begun:
            try:
                await self.end(self._begun[-1])
            except PartError as problem:
                problems.append(problem)
        return problems


def in_thread(call: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    """A call that takes its time, made in a thread of its own."""
    return lambda: asyncio.to_thread(call)
