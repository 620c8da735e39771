"""The figures of the board: every standard as it stands now, in each borough and everywhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from board.now import EVERYWHERE, OpenClock, Rate, StandardNow
from clocks.finding import BREACHED, EXCLUDED, MET, UNVERIFIABLE
from clocks.roll import Roll
from clocks.standard import Pack
from figures import rate as figured
from schemas.times import DAY, MINUTE

LIVE = "live"
FAR = 1 << 62
VERDICTS = (MET, BREACHED, EXCLUDED, UNVERIFIABLE)
Place = tuple[str, str]
"""A borough, or everywhere, and a standard."""
Verdicts = Mapping[Place, Counter[str]]


class Titles(NamedTuple):
    """The standards in the order of the pack, and what they are called."""

    pack: Pack
    names: Mapping[str, str]

    def order(self, among: Iterable[str]) -> list[str]:
        """The pack's, and after them those of packs before it of which there is something to tell."""
        return list(dict.fromkeys([*self.pack.standards, *sorted(among)]))


def lengths(now: int, zone: ZoneInfo) -> dict[str, int]:
    """How long (ms) the windows up to `now` (ms) are; today begins at midnight in `zone`."""
    midnight = datetime.fromtimestamp(now / 1000, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    # A window takes in whole minutes, and not the one in which it begins.
    today = now - int(midnight.timestamp() * 1000) + 1
    return {"15m": 15 * MINUTE, "today": today, "7d": 7 * DAY}


def verdicts(rolls: Sequence[Roll], length: int, now: int) -> Verdicts:
    """How many clocks of the cohort `live` fell due in the `length` ms up to `now`, by place and verdict."""
    found: defaultdict[Place, Counter[str]] = defaultdict(Counter)
    for roll in rolls:
        for key, number in roll.tallies.window(length, now).items():
            if key.cohort == LIVE:
                for place in _places(key.borough, key.standard):
                    found[place][key.verdict] += number
    return found


@dataclass
class Waiting:
    """The open clocks of one place; times in ms."""

    apart: int = 0
    stages: Counter[str] = field(default_factory=Counter)
    unresourced: int = 0
    oldest: int = FAR
    next_due: int = FAR
    next_breach: int = FAR

    def add(self, clock: OpenClock) -> None:
        """Take in one of them."""
        if clock.stage != BREACHED and clock.breach_at < self.next_breach:
            self.next_breach = clock.breach_at
        if clock.cohort != LIVE:
            self.apart += 1
            return
        self.stages[clock.stage] += 1
        self.unresourced += clock.unresourced
        self.oldest = min(self.oldest, clock.start)
        if clock.stage != BREACHED:
            self.next_due = min(self.next_due, clock.due)

    def join(self, other: "Waiting") -> None:
        """Take in those of another place."""
        self.apart += other.apart
        self.stages.update(other.stages)
        self.unresourced += other.unresourced
        self.oldest = min(self.oldest, other.oldest)
        self.next_due = min(self.next_due, other.next_due)
        self.next_breach = min(self.next_breach, other.next_breach)


class Figures:
    """All of them, kept: what did not change is not counted again."""

    def __init__(self, titles: Titles) -> None:
        self._titles = titles
        self._where: dict[str, Place] = {}
        self._clocks: defaultdict[Place, dict[str, OpenClock]] = defaultdict(dict)
        self._waiting: dict[Place, Waiting] = {}
        self._stale: set[Place] = set()
        self._counted: Mapping[str, Verdicts] = {}
        self._as_of: tuple[int, ...] = ()

    def see(self, clocks: Mapping[str, OpenClock | None]) -> None:
        """Take in clocks that changed; None: it is no longer open."""
        for name, clock in clocks.items():
            before = self._where.pop(name, None)
            if before is not None:
                del self._clocks[before][name]
                self._stale.add(before)
            if clock is not None:
                place = self._where[name] = clock.borough, clock.standard
                self._clocks[place][name] = clock
                self._stale.add(place)

    def count(self, rolls: Sequence[Roll], now: int) -> None:
        """Take in how clocks were judged, as of `now` (ms): windows move by the minute."""
        as_of = (now // MINUTE, *(roll.recounted for roll in rolls))
        if as_of != self._as_of:
            windows = lengths(now, self._titles.pack.zone)
            self._counted = {name: verdicts(rolls, length, now) for name, length in windows.items()}
            self._as_of = as_of

    def overdue(self, before: int) -> list[int]:
        """Of the open clocks that should be breached by `before` (ms) and are not, from when."""
        late = [place for place, waiting in self._fresh().items() if waiting.next_breach <= before]
        clocks = (clock for place in late for clock in self._clocks[place].values())
        return [clock.breach_at for clock in clocks if clock.stage != BREACHED and clock.breach_at <= before]

    def rows(self) -> dict[str, list[StandardNow]]:
        """By borough, and everywhere, all standards."""
        waiting = _with_sums(self._fresh())
        known = {place for places in (waiting, *self._counted.values()) for place in places}
        order = self._titles.order({standard for _, standard in known})
        boroughs = {EVERYWHERE} | {borough for borough, _ in known}
        return {borough: [self._row((borough, name), waiting) for name in order] for borough in boroughs}

    def _fresh(self) -> dict[Place, Waiting]:
        for place in self._stale:
            self._waiting.pop(place, None)
            clocks = self._clocks.get(place)
            if clocks:
                waiting = self._waiting[place] = Waiting()
                for clock in clocks.values():
                    waiting.add(clock)
        self._stale.clear()
        return self._waiting

    def _row(self, place: Place, waiting: Mapping[Place, Waiting]) -> StandardNow:
        borough, name = place
        standard = self._titles.pack.standards.get(name)
        target = standard.target_percent if standard is not None else None
        held = waiting.get(place, _NOBODY)
        return StandardNow(
            standard=name,
            title=self._titles.names.get(name, name),
            borough=borough,
            target_percent=target,
            waiting=held.stages.total(),
            oldest_start=_known(held.oldest),
            next_due=_known(held.next_due),
            at_risk=held.stages["at-risk"],
            breached_open=held.stages[BREACHED],
            unresourced=held.unresourced,
            apart=held.apart,
            rates={window: _rate(found.get(place), target) for window, found in self._counted.items()},
        )


_NOBODY = Waiting()


def _with_sums(waiting: Mapping[Place, Waiting]) -> dict[Place, Waiting]:
    """With each standard everywhere; what is in no known borough is told of there alone."""
    found = {place: each for place, each in waiting.items() if place[0] != EVERYWHERE}
    for (_, standard), each in waiting.items():
        found.setdefault((EVERYWHERE, standard), Waiting()).join(each)
    return found


def _known(moment: int) -> int | None:
    return None if moment == FAR else moment


def _rate(verdicts: Mapping[str, int] | None, target: int | None) -> Rate:
    found = verdicts or {}
    return rate_of(*(found.get(verdict, 0) for verdict in VERDICTS), target)


@lru_cache(maxsize=4096)
def rate_of(met: int, breached: int, excluded: int, unverifiable: int, target: int | None) -> Rate:
    """Judged clocks as a rate; met out of met and breached (N1, C2)."""
    rate = figured.Rate(met, met + breached)
    interval = rate.interval
    return Rate(
        met=met,
        breached=breached,
        excluded=excluded,
        unverifiable=unverifiable,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        words=figured.rate_text(rate),
        against=rate.against(target),
    )


def _places(borough: str, standard: str) -> Iterator[Place]:
    yield EVERYWHERE, standard
    if borough:
        yield borough, standard
