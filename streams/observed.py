"""What a worker saw and did, counted as it goes; /metrics reads a copy."""

from bisect import bisect_left
from collections import Counter

from clocks.announcing import delay
from clocks.saying import STOPPED, VERDICT, Said
from clocks.standard import Pack
from streams.clock import Clock

DURATION_EDGES = (
    5,
    10,
    20,
    30,
    60,
    120,
    300,
    540,
    720,
    900,
    1200,
    1800,
    2700,
    3600,
    7200,
    14_400,
    43_200,
    86_400,
    172_800,
    604_800,
    1_209_600,
    1_814_400,
    2_678_400,
    5_356_800,
)
"""Seconds: the limits of the standards, the longest of one month or ten working days, and steps between them."""
DELAY_EDGES = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900)
"""Seconds of real time from due and settle."""


class Histogram:
    """Counts by upper edge, in seconds; the last is beyond all edges."""

    def __init__(self, edges: tuple[float, ...]) -> None:
        self.edges = edges
        self.counts = [0] * (len(edges) + 1)
        self.sum = 0.0

    def observe(self, seconds: float) -> None:
        """Counts one value."""
        self.counts[bisect_left(self.edges, seconds)] += 1
        self.sum += seconds

    def copy(self) -> "Histogram":
        """A copy another thread may read."""
        twin = Histogram(self.edges)
        twin.counts, twin.sum = list(self.counts), self.sum
        return twin


class Observed:
    """Counters of one worker, of live work only: what was restored is not counted again."""

    def __init__(self) -> None:
        self.events = 0
        self.groups = 0
        self.records = 0
        self.hand_overs = 0
        self.hand_over_seconds = 0.0
        self.dead_letters: Counter[tuple[str, str]] = Counter()
        self.dropped_fields: Counter[str] = Counter()
        self.corrections: Counter[str] = Counter()
        self.news: Counter[str] = Counter()
        self.durations: dict[str, Histogram] = {}
        self.delays: dict[str, Histogram] = {}

    def copy(self) -> "Observed":
        """A copy another thread may read."""
        twin = Observed()
        twin.events, twin.groups, twin.records = self.events, self.groups, self.records
        twin.hand_overs, twin.hand_over_seconds = self.hand_overs, self.hand_over_seconds
        twin.dead_letters, twin.corrections = Counter(self.dead_letters), Counter(self.corrections)
        twin.dropped_fields, twin.news = Counter(self.dropped_fields), Counter(self.news)
        twin.durations = {key: each.copy() for key, each in self.durations.items()}
        twin.delays = {key: each.copy() for key, each in self.delays.items()}
        return twin

    def announced(self, said: Said, pack: Pack, clock: Clock) -> None:
        """An announcement was made."""
        self.news[said.news or said.kind] += 1
        if said.corrects is not None:
            self.corrections[said.standard] += 1
        waited = delay(said, pack.settle)
        if waited is not None:
            histogram = self.delays.setdefault(said.kind, Histogram(DELAY_EDGES))
            histogram.observe(max(0, clock.to_wall(waited)) / 1000)

    def stopped(self, said: Said) -> None:
        """A clock stopped: how long it ran."""
        if said.elapsed is not None and said.kind in (VERDICT, STOPPED):
            histogram = self.durations.setdefault(said.standard, Histogram(DURATION_EDGES))
            histogram.observe(said.elapsed / 1000)

    def taken_over(self, seconds: float) -> None:
        """A partition was read from the ledger, which took so long."""
        self.hand_overs += 1
        self.hand_over_seconds += seconds

    def committed(self, records: int) -> None:
        """A group was committed."""
        self.groups += 1
        self.records += records
