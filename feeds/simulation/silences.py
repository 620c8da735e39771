"""Feeds that fall silent for a while, and the heartbeats that tell how far each has been heard (S6)."""

from bisect import bisect_right
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from feeds.simulation import parameters
from feeds.simulation.chance import around, waiting
from feeds.simulation.sources import SOURCES
from feeds.simulation.writing import Line, written
from schemas.events import HEARTBEAT
from schemas.times import DAY, MINUTE, format_time


class Gap(NamedTuple):
    """A feed is silent from `begin` up to `end`, and has caught up at `caught_up` (ms)."""

    begin: int
    end: int
    caught_up: int


class Silences:
    """The gaps of every feed between `start` and `end`, drawn beforehand."""

    def __init__(self, random: Random, rates: parameters.Silences, start: int, end: int) -> None:
        self._random = random
        self._gaps = {topic: list(_gaps(random, rates, start, end)) for topic in SOURCES}
        self._begins = {topic: [gap.begin for gap in gaps] for topic, gaps in self._gaps.items()}

    def gap(self, topic: str, at: int) -> Gap | None:
        """The gap the topic's feed is in, or catches up after, at `at` (ms)."""
        place = bisect_right(self._begins[topic], at) - 1
        gap = self._gaps[topic][place] if place >= 0 else None
        return gap if gap and at < gap.caught_up else None

    def recorded(self, topic: str, at: int) -> int:
        """When something is recorded that would have been at `at` (ms): in a gap, while the feed catches up."""
        gap = self.gap(topic, at)
        if gap is None or at >= gap.end:
            return at
        return gap.end + int(self._random.random() * (gap.caught_up - gap.end))


def heartbeats(silences: Silences, start: int, end: int, every: int, label: str) -> Iterator[Line]:
    """Every feed's sign of life each `every` ms, but for its silences: how far all it recorded has been sent.

    While it catches up that is where its silence began.
    """
    for number, at in enumerate(range(start, end, every)):
        for topic, source in SOURCES.items():
            gap = silences.gap(topic, at)
            if gap and at < gap.end:
                continue
            data = {"through": format_time(gap.begin - 1 if gap else at - 1)}
            id_ = f"{source[:3]}-{label}-beat-{number:05}"
            value = written(id_, source, HEARTBEAT, source, at, at, data)
            yield Line(at, -1, topic, source, value, everywhere=True)


def _gaps(random: Random, rates: parameters.Silences, start: int, end: int) -> Iterator[Gap]:
    at = float(start)
    while rates.a_week > 0 and (at := at + waiting(random, 7 * DAY / rates.a_week)) < end:
        begin = int(at)
        at += MINUTE * around(random, rates.minutes_median, rates.minutes_spread)
        caught_up = int(at + MINUTE * rates.catch_up_minutes)
        yield Gap(begin, int(at), caught_up)
        at = caught_up
