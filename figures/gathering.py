"""Clocks gathered by standard and group, and each gathering as a figure."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from figures.calls import Way, five_ways
from figures.clock import Clock
from figures.counts import Counts, Kind, counts_of
from figures.durations import Durations, durations_of
from figures.grouping import Group, group_of
from figures.rate import Rate


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that stands beside a share.

    `called_off` of the durations ended without what was promised; `early` of the met are not yet due.
    """

    counts: Counts
    durations: Durations = Durations()
    called_off: int = 0
    early: int = 0

    @property
    def rate(self) -> Rate:
        """The share in time."""
        return self.counts.rate

    @property
    def without_stop(self) -> int:
        """How many clocks of the rate have no duration, because they have not stopped (N4)."""
        return self.rate.of - self.durations.stopped

    @property
    def ways(self) -> tuple[Way, ...]:
        """For calls the five ways of counting (C3), else none."""
        return five_ways(self.counts.calls) if self.counts.calls else ()


class Gathering:
    """Clocks counted by kind, and how long each of those in the rate ran: 8 bytes a clock."""

    def __init__(self) -> None:
        self.kinds: Counter[Kind] = Counter()
        self.ran = array("q")
        self.called_off = 0
        self.early = 0

    def add(self, clock: Clock) -> None:
        """Count a clock in."""
        self.kinds[clock.kind] += 1
        self.early += clock.early
        if clock.ran is not None:
            self.ran.append(clock.ran)
            self.called_off += clock.called_off

    def merge(self, other: "Gathering") -> None:
        """Take in another's clocks: counts are added, durations pooled (N2, N4)."""
        self.kinds.update(other.kinds)
        self.ran.extend(other.ran)
        self.called_off += other.called_off
        self.early += other.early

    def figure(self) -> Figure:
        """What it comes to."""
        return Figure(
            counts=counts_of(self.kinds),
            durations=durations_of(self.ran),
            called_off=self.called_off,
            early=self.early,
        )


class Place(NamedTuple):
    """Where a clock is gathered: its standard and its groups."""

    standard: str
    groups: tuple[Group, ...]


Gatherings = dict[Place, Gathering]


def gather(clocks: Iterable[Clock], by: Sequence[str], zone: ZoneInfo) -> Gatherings:
    """Clocks gathered by standard and by each grouping of `by`, periods local to `zone`."""
    found: Gatherings = {}
    for clock in clocks:
        place = Place(clock.standard, tuple(group_of(clock, name, zone) for name in by))
        gathering = found.get(place)
        if gathering is None:
            gathering = found[place] = Gathering()
        gathering.add(clock)
    return found


def total(gatherings: Iterable[Gathering]) -> Gathering:
    """All of them as one."""
    whole = Gathering()
    for gathering in gatherings:
        whole.merge(gathering)
    return whole
