"""What viewers are sent: the state whole at first, then what changed; made once for all who ask the same.

A region of a page is an ordered list of parts, each with a key. A part is sent when it differs from what was sent
before, so a list of sixty clocks in which one moved costs one row and the new order.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from redis.exceptions import RedisError

log = logging.getLogger(__name__)
Regions = dict[str, dict[str, str]]
"""By region, the HTML of its parts by key, in order."""
GAP = 0.15
"""The least time in seconds between two looks at the same question."""
AT_ONCE = 4
"""How many questions are looked at together: all of them at once would all be answered last."""
PULSE = 2.0
"""The longest: what grows old without anything happening must be seen to."""
_BEHIND = 32
"""How many updates a viewer may be behind before it is sent the whole state instead."""


class Question(NamedTuple):
    """What a viewer looks at: a screen, and what it was asked, by name."""

    screen: str
    asked: tuple[tuple[str, str], ...] = ()


class State(NamedTuple):
    """How it stands: the regions, and what every update tells beside them."""

    regions: Regions
    told: dict[str, object]


@dataclass
class _Audience:
    """Those who ask one question; `changed` is set when it should be looked at again."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)
    viewers: "set[asyncio.Queue[bytes]]" = field(default_factory=set)
    state: State | None = None
    whole: bytes | None = None
    looking: "asyncio.Task[None] | None" = None


class Live:
    """Answers questions as they change.

    `look` makes a state, and may raise: viewers are told, and it is tried again. `clock` says what time it is, to
    each viewer as it comes: pages tick by themselves. `heeds` names the parts of what is known that it is about.
    """

    def __init__(
        self,
        look: Callable[[Question], Awaitable[State]],
        clock: Callable[[], dict[str, object]],
        heeds: Callable[[Question], frozenset[str]],
    ) -> None:
        self._look, self._clock, self._heeds = look, clock, heeds
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._audiences: dict[Question, _Audience] = {}

    @property
    def viewers(self) -> int:
        """How many there are."""
        return sum(len(audience.viewers) for audience in self._audiences.values())

    def changed(self, parts: Collection[str]) -> None:
        """Parts of what is known differ: every question about one of them is looked at again, soon."""
        for question, audience in self._audiences.items():
            if not self._heeds(question).isdisjoint(parts):
                audience.changed.set()

    async def frames(self, question: Question) -> AsyncIterator[bytes]:
        """Server-sent events for one viewer, for as long as it listens."""
        async with self._place(question) as queue:
            yield frame("clock", self._clock())
            while True:
                yield await queue.get()

    @asynccontextmanager
    async def _place(self, question: Question) -> "AsyncIterator[asyncio.Queue[bytes]]":
        audience = self._audiences.setdefault(question, _Audience())
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        if audience.whole is not None:
            queue.put_nowait(audience.whole)
        audience.viewers.add(queue)
        if audience.looking is None:
            audience.looking = asyncio.create_task(self._keep_looking(question, audience))
        try:
            yield queue
        finally:
            self._leave(question, audience, queue)

    def _leave(self, question: Question, audience: _Audience, queue: "asyncio.Queue[bytes]") -> None:
        audience.viewers.discard(queue)
        if not audience.viewers and audience.looking is not None:
            audience.looking.cancel()
            if self._audiences.get(question) is audience:
                del self._audiences[question]

    async def _keep_looking(self, question: Question, audience: _Audience) -> None:
        # Not by being cancelled alone: what it waits for may swallow that (alerting/ending.py).
        while audience.viewers:
            audience.changed.clear()
            try:
                async with self._turns:
                    state = await self._look(question)
                _send(audience, state)
            except Exception as problem:
                ours = not isinstance(problem, RedisError | OSError)
                log.warning("the board cannot look at %s: %s", question.screen, problem, exc_info=ours)
                _send_trouble(audience)
            await asyncio.sleep(GAP)
            with suppress(TimeoutError):
                async with asyncio.timeout(PULSE):
                    await audience.changed.wait()


def _send(audience: _Audience, state: State) -> None:
    before, audience.state = audience.state, state
    audience.whole = frame("state", _message(None, state))
    update = audience.whole if before is None else frame("state", _message(before, state))
    for queue in audience.viewers:
        if queue.qsize() < _BEHIND:
            queue.put_nowait(update)
        else:
            _begin_again(queue, audience.whole)


def _send_trouble(audience: _Audience) -> None:
    """The state is forgotten: what comes next is whole, whatever was missed."""
    audience.state, audience.whole = None, None
    for queue in audience.viewers:
        _begin_again(queue, frame("trouble", {}))


def _begin_again(queue: "asyncio.Queue[bytes]", frame: bytes) -> None:
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(frame)


def _message(before: State | None, state: State) -> dict[str, object]:
    held = before.regions if before else {}
    changed = {
        name: {"order": list(parts), "parts": _differing(held.get(name, {}), parts)}
        for name, parts in state.regions.items()
        if before is None or list(held.get(name, {}).items()) != list(parts.items())
    }
    return {**state.told, "whole": before is None, "regions": changed}


def _differing(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {key: html for key, html in after.items() if before.get(key) != html}


def frame(event: str, message: dict[str, object]) -> bytes:
    """One server-sent event."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event}\ndata: {text}\n\n".encode()
