"""`/metrics`: the shards' tallies and the worker's counters as Prometheus reads them.

A snapshot is taken in the event loop, a lane at a time; it is rendered in the thread of whoever asks.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import NamedTuple

from prometheus_client import disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from clocks.finding import BREACHED, EXCLUDED, MET, UNVERIFIABLE
from clocks.roll import OpenClock
from clocks.settled import Key
from clocks.standard import Pack
from clocks.tallies import WINDOWS, Tallies
from streams.clock import Clock
from streams.counted import counted
from streams.families import counter, gauge
from streams.observed import Observed

BOROUGHS_SHOWN = 64
"""How many boroughs get series of their own; a feed that makes up names must not fill the memory of others."""
OTHER = "other"
VERDICTS = (MET, BREACHED, EXCLUDED, UNVERIFIABLE)

disable_created_metrics()  # type: ignore[no-untyped-call]


class FeedCopy(NamedTuple):
    """A feed, and for how many real seconds it has not been heard; for ever, where it never was (S6)."""

    source: str
    topic: str
    age: float
    silence: float
    outage: bool = False
    """Whether a planned outage has been declared for now."""


class LaneCopy(NamedTuple):
    """One open partition, copied: its tallies, its open clocks, and each topic's time (ms) and lag (records)."""

    partition: int
    tallies: Tallies
    open: tuple[OpenClock, ...]
    times: dict[str, int]
    lags: dict[str, int]
    feeds: tuple[FeedCopy, ...] = ()


class ClockCopy(NamedTuple):
    """The process's clock: its kind, how many seconds pass on it in one of the wall's, how often that was set."""

    kind: str = "wall"
    speed: float = 1.0
    steps: int = 0


class Snapshot(NamedTuple):
    """What is rendered; `now` in ms of the process's clock, `partitions` of the whole installation."""

    now: int
    lanes: list[LaneCopy]
    observed: Observed
    partitions: int = 0
    clock: ClockCopy = ClockCopy()


class LaneSource(NamedTuple):
    """Where a lane's copy comes from."""

    partition: int
    copy: Callable[[], Awaitable[LaneCopy]]


async def take_snapshot(
    lanes: Iterable[LaneSource], observed: Observed, clock: Clock, partitions: int
) -> Snapshot:
    """Copies lane by lane, so that the loop is never held for all of them."""
    copies = []
    for lane in lanes:
        copies.append(await lane.copy())
        await asyncio.sleep(0)
    now = clock.now()
    told = ClockCopy(clock.kind, clock.speed, clock.steps)
    return Snapshot(now, copies, observed.copy(), partitions, told)


class WorkerCollector(Collector):
    """The metrics of one snapshot; made for one scrape, thrown away after it."""

    def __init__(self, snapshot: Snapshot, pack: Pack, boroughs: "Boroughs") -> None:
        self._snapshot, self._pack, self._boroughs = snapshot, pack, boroughs

    def collect(self) -> Iterator[Metric]:
        """Every family, each once."""
        yield from self._judged()
        yield from self._open()
        yield from self._moving()
        yield from self._timed()
        yield from self._feeds()
        yield from counted(self._snapshot.observed, self._pack.standards)
        yield self._targets()

    def _judged(self) -> Iterator[Metric]:
        labels = ["standard", "borough", "verdict", "reason", "cohort", "window", "partition"]
        clocks = GaugeMetricFamily(
            "pledge_clocks", "Judged clocks that fell due in the window.", labels=labels
        )
        calls = GaugeMetricFamily(
            "pledge_calls",
            "Calls that fell due in the window.",
            labels=["line", "outcome", "window", "partition"],
        )
        weeks = GaugeMetricFamily(
            "pledge_week_clocks",
            "Judged clocks by the ISO week of their due.",
            labels=["standard", "verdict", "cohort", "week", "partition"],
        )
        for index, lane in enumerate(self._snapshot.lanes):
            partition = str(lane.partition)
            for window, length in WINDOWS.items():
                counts = lane.tallies.window(length, self._snapshot.now)
                for key, number in self._by_labels(counts, zeros=index == 0).items():
                    clocks.add_metric([*key, window, partition], number)
                for (line, outcome), number in _by_line(counts).items():
                    calls.add_metric([line, outcome, window, partition], number)
            for week, counts in lane.tallies.weeks(self._snapshot.now).items():
                for (standard, verdict, cohort), number in _by_week(counts).items():
                    weeks.add_metric([standard, verdict, cohort, week, partition], number)
        yield from (clocks, calls, weeks)

    def _by_labels(self, counts: dict[Key, int], zeros: bool) -> Counter[tuple[str, ...]]:
        total: Counter[tuple[str, ...]] = Counter()
        if zeros:  # one zero a standard and verdict, so that a rate exists before the first breach
            for standard in self._pack.standards:
                total.update({(standard, OTHER, verdict, "", "live"): 0 for verdict in VERDICTS})
        for key, number in counts.items():
            borough = self._boroughs.label(key.borough)
            total[key.standard, borough, key.verdict, key.reason, key.cohort] += number
        return total

    def _open(self) -> Iterator[Metric]:
        by_stage: Counter[tuple[str, str, str, str]] = Counter()
        oldest: dict[tuple[str, str], int] = {}
        unresourced: Counter[tuple[str, str, str]] = Counter()
        for lane in self._snapshot.lanes:
            for clock in lane.open:
                borough = self._boroughs.label(clock.borough)
                by_stage[clock.standard, borough, clock.stage, str(lane.partition)] += 1
                place = (clock.standard, borough)
                oldest[place] = min(clock.start, oldest.get(place, clock.start))
                unresourced[borough, clock.grade, str(lane.partition)] += clock.unresourced
        yield gauge(
            "pledge_open_clocks",
            "Clocks that wait for their stop.",
            "standard borough stage partition",
            by_stage,
        )
        ages = {place: max(0, self._snapshot.now - start) / 1000 for place, start in oldest.items()}
        yield gauge("pledge_oldest_open_seconds", "Age of the oldest open clock.", "standard borough", ages)
        lacking = {place: number for place, number in unresourced.items() if number}
        yield gauge(
            "pledge_unresourced",
            "Incidents without a unit that should have one.",
            "borough grade partition",
            lacking,
        )

    def _moving(self) -> Iterator[Metric]:
        times = {
            (str(lane.partition), topic): time / 1000
            for lane in self._snapshot.lanes
            for topic, time in lane.times.items()
        }
        lags = {
            (topic, str(lane.partition)): lag
            for lane in self._snapshot.lanes
            for topic, lag in lane.lags.items()
        }
        yield gauge(
            "pledge_partition_time_seconds",
            "How far a partition's time has come (T5), as Unix time.",
            "partition topic",
            times,
        )
        yield gauge("pledge_partition_lag_events", "Records known to be unread.", "topic partition", lags)

    def _timed(self) -> Iterator[Metric]:
        snapshot = self._snapshot
        clock = snapshot.clock
        yield gauge("pledge_partitions", "Partitions of the installation.", "", {(): snapshot.partitions})
        yield gauge(
            "pledge_time_seconds",
            "The time by the worker's clock, as Unix time.",
            "clock",
            {(clock.kind,): snapshot.now / 1000},
        )
        yield gauge(
            "pledge_clock_speed",
            "Seconds that pass on the worker's clock in one of the wall's.",
            "",
            {(): clock.speed},
        )
        yield counter("pledge_clock_steps", "Times the machine's clock was set.", "", {(): clock.steps})

    def _feeds(self) -> Iterator[Metric]:
        heard = [(feed, str(lane.partition)) for lane in self._snapshot.lanes for feed in lane.feeds]
        yield gauge(
            "pledge_feed_age_seconds",
            "Real time since a feed was heard; +Inf where it never was.",
            "feed topic partition",
            {(feed.source, feed.topic, partition): feed.age for feed, partition in heard},
        )
        yield gauge(
            "pledge_feed_silence_seconds",
            "How long a feed may be silent, as it is named.",
            "feed topic",
            {(feed.source, feed.topic): feed.silence for feed, _ in heard},
        )
        yield gauge(
            "pledge_feed_outage",
            "1 while a planned outage of a feed has been declared, else 0.",
            "feed topic partition",
            {(feed.source, feed.topic, partition): feed.outage for feed, partition in heard},
        )

    def _targets(self) -> Metric:
        targets = {
            (standard.id,): standard.target_percent / 100
            for standard in self._pack.for_start(self._snapshot.now).standards.values()
            if standard.target_percent is not None
        }
        return gauge("pledge_targets", "The share that the pack promises.", "standard", targets)


class Boroughs:
    """Names of boroughs as labels: the first so many as they are, the rest and the unknown as `other`."""

    def __init__(self, shown: int = BOROUGHS_SHOWN) -> None:
        self._shown = shown
        self._names: set[str] = set()

    def label(self, borough: str) -> str:
        """The label of a borough."""
        if borough in self._names:
            return borough
        if not borough or len(self._names) >= self._shown:
            return OTHER
        self._names.add(borough)
        return borough


def registry_of(snapshot: Snapshot, pack: Pack, boroughs: Boroughs) -> CollectorRegistry:
    """A registry with the metrics of one snapshot."""
    registry = CollectorRegistry()
    registry.register(WorkerCollector(snapshot, pack, boroughs))
    return registry


def _by_line(counts: dict[Key, int]) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for key, number in counts.items():
        if key.outcome and key.cohort == "live":
            total["999" if key.standard == "call-999" else OTHER, key.outcome] += number
    return total


def _by_week(counts: dict[Key, int]) -> Counter[tuple[str, str, str]]:
    total: Counter[tuple[str, str, str]] = Counter()
    for key, number in counts.items():
        total[key.standard, key.verdict, key.cohort] += number
    return total
