"""What is known of a feed: when it spoke, how long it was silent, what it promised (S6).

A feed is one source on one topic. All that is known of it is a function of the set of its records: told in any
order, or twice, they give the same gaps.
"""

from bisect import bisect_left

import msgspec

RECORD_VERSION = 1
MOST_GAPS = 200
"""Gaps kept of one feed; beyond, the oldest are forgotten. What `through` made good is not kept at all."""
FAR = 1 << 62
FEED = "feed/"
"""The keys of feeds begin so, in the ledger and on `breach-alerts`."""


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """A feed as the settings name it; `silence` and `skew` in ms, `boroughs` empty where it has none of its own."""

    source: str
    topic: str
    silence: int
    boroughs: tuple[str, ...] = ()
    skew: int | None = None

    @property
    def key(self) -> str:
        """What it is called in the ledger and on `breach-alerts`."""
        return f"{FEED}{self.topic}/{self.source}"


class Span(msgspec.Struct, frozen=True, gc=False):
    """The dues (ms) after `low` and before `high`."""

    low: int
    high: int

    def __contains__(self, due: int) -> bool:
        return self.low < due < self.high


class Heard(msgspec.Struct, omit_defaults=True):
    """What was heard of a feed, as the ledger keeps it; all times in ms UTC.

    `gaps`: the last record before each silence and the first after it. `through`: all recorded up to then has been
    sent. `outages`: of each declaration its versions, as (recorded, from, until). `silent`: the alert that stands
    was raised; `said`: how many there were.
    """

    v: int = RECORD_VERSION
    first: int | None = None
    last: int | None = None
    through: int = 0
    gaps: list[tuple[int, int]] = []
    outages: dict[str, list[tuple[int, int, int]]] = {}
    silent: bool = False
    said: int = 0

    def hear(self, recorded: int, silence: int) -> Span | None:
        """Take in a record; the silence it ended, shortened or made known, if any."""
        if self.first is None or self.last is None:
            self.first = self.last = recorded
            return None
        if recorded > self.last:
            gap = (self.last, recorded)
            self.last = recorded
        elif recorded < self.first:
            gap = (recorded, self.first)
            self.first = recorded
        else:
            return self._split(recorded, silence)
        return Span(*gap) if self._keep(gap, silence) else None

    def promise(self, through: int, recorded: int) -> Span | None:
        """All recorded up to `through` has been sent; nobody can promise beyond the record that says so."""
        through = min(through, recorded)
        if through <= self.through:
            return None
        known = Span(self.through, through + 1)
        self.through = through
        self.gaps = [gap for gap in self.gaps if gap[1] > through + 1]
        return known

    def declare(self, name: str, recorded: int, begin: int, until: int) -> bool:
        """Take in a declared outage, or another version of it; whether it is new."""
        versions, version = self.outages.get(name, []), (recorded, begin, until)
        if version in versions:
            return False
        self.outages = {**self.outages, name: sorted([*versions, version])}
        return True

    def join(self, other: "Heard", silence: int) -> None:
        """Take in what was heard of the same feed in other records."""
        for name, versions in other.outages.items():
            for version in versions:
                self.declare(name, *version)
        spells = sorted([*self._spells(), *other._spells()])
        self.through, self.gaps = max(self.through, other.through), []
        for number, (begin, end) in enumerate(spells):
            if number == 0 or self.last is None:
                self.first, self.last = begin, end
                continue
            self._keep((self.last, begin), silence)
            self.last = max(self.last, end)

    def silenced(self, due: int, now: int, silence: int) -> int | None:
        """From when (ms) it is known at `now` that what fell due at `due` cannot be judged; None: it can."""
        if due <= self.through:
            return None
        if self.outage(due) is not None:
            return due
        last = self._last_before(due)
        if last is None or (last == self.last and now - last <= silence):
            return None
        return max(due, last + silence + 1)

    def outage(self, moment: int) -> int | None:
        """Until when `moment` lies in an outage that had been declared by then; None: it lies in none."""
        ends = [until for versions in self.outages.values() for until in _covering(versions, moment)]
        return max(ends, default=None)

    def alert_at(self, silence: int) -> int | None:
        """When its silence is to be announced (ms) if it goes on: not in an outage, but once that is overrun."""
        if self.last is None:
            return None
        moment = self.last + silence + 1
        while (until := self.outage(moment)) is not None:
            moment = until + silence + 1
        return moment

    def _last_before(self, due: int) -> int | None:
        """The record before the silence around `due`."""
        place = bisect_left(self.gaps, (due,)) - 1
        if place >= 0 and due < self.gaps[place][1]:
            return self.gaps[place][0]
        return self.last if self.last is not None and due > self.last else None

    def _spells(self) -> list[tuple[int, int]]:
        """From when until when it was never silent for too long."""
        if self.first is None or self.last is None:
            return []
        edges = [self.first, *(edge for gap in self.gaps for edge in gap), self.last]
        return list(zip(edges[::2], edges[1::2], strict=True))

    def _split(self, recorded: int, silence: int) -> Span | None:
        place = bisect_left(self.gaps, (recorded,)) - 1
        if place < 0 or not self.gaps[place][0] < recorded < self.gaps[place][1]:
            return None
        before, after = self.gaps[place]
        self.gaps = self.gaps[:place] + self.gaps[place + 1 :]
        self._keep((before, recorded), silence)
        self._keep((recorded, after), silence)
        return Span(before, after)

    def _keep(self, gap: tuple[int, int], silence: int) -> bool:
        """Keep a gap that hides something; whether it does."""
        if gap[1] - gap[0] <= silence or gap[1] <= self.through + 1:
            return False
        self.gaps = sorted([*self.gaps, gap])[-MOST_GAPS:]
        return True


def _covering(versions: list[tuple[int, int, int]], moment: int) -> list[int]:
    """Until when the version that stood at `moment` covers it; a later one hides nothing that had fallen due."""
    stood = [version for version in versions if version[0] <= moment]
    changed = versions[len(stood)][0] if len(stood) < len(versions) else FAR
    return [min(until, changed) for _, begin, until in stood[-1:] if begin <= moment < until]
