"""Sending each event when its time has come, by the clock of the installation."""

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

IDLE_SECONDS = 0.25
"""The longest sleep at a stretch, so that deliveries are noticed and Ctrl-C is prompt."""

T = TypeVar("T")


class Clock(Protocol):
    """The process's clock: now in ms, and how many of its seconds pass in one on the wall."""

    @property
    def speed(self) -> float:
        """1 for the wall clock."""
        ...

    def now(self) -> int:
        """The instant it is, in ms."""
        ...


def paced(
    items: Iterable[tuple[int, T]], clock: Clock, sleep: Callable[[float], object]
) -> Iterator[T | None]:
    """Each item once the clock has reached its instant (ms); None before every sleep until then."""
    for instant, item in items:
        while (ahead := instant - clock.now()) > 0:
            yield None
            sleep(min(ahead / 1000 / clock.speed, IDLE_SECONDS))
        yield item
