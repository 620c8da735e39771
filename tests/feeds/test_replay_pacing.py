"""Pacing: nothing is sent before its time, whatever the clock's speed, and nobody sleeps too long."""

import pytest

from feeds.replay.pacing import IDLE_SECONDS, paced


class HandClock:
    """A scaled clock whose wall only moves when somebody sleeps."""

    def __init__(self, now: int, speed: float) -> None:
        self.speed = speed
        self.time = float(now)
        self.slept: list[float] = []

    def now(self) -> int:
        return int(self.time)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds * 1000 * self.speed


@pytest.mark.parametrize("speed", [1.0, 60.0, 3600.0])
def test_each_item_comes_at_its_instant_and_not_before(speed: float) -> None:
    clock = HandClock(1_000, speed)
    items = [(1_000 + int(ms * speed), name) for ms, name in ((0, "a"), (0, "b"), (700, "c"), (701, "d"))]
    came = [(item, clock.now()) for item in paced(items, clock, clock.sleep) if item is not None]
    assert [item for item, _ in came] == ["a", "b", "c", "d"]
    assert all(due <= at <= due + speed for (due, _), (_, at) in zip(items, came, strict=True))
    assert sum(clock.slept) == pytest.approx(0.701, abs=0.005)


def test_there_is_word_before_every_sleep_and_none_is_long() -> None:
    clock = HandClock(0, 1.0)
    came = list(paced([(1_000, "a")], clock, clock.sleep))
    assert came == [None] * len(clock.slept) + ["a"]
    assert max(clock.slept) <= IDLE_SECONDS


def test_what_is_overdue_comes_at_once() -> None:
    clock = HandClock(10_000, 1.0)
    assert list(paced([(1, "a"), (2, "b"), (10_000, "c")], clock, clock.sleep)) == ["a", "b", "c"]
    assert not clock.slept
