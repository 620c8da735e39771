"""The figures of the board: every standard as it stands now, in each borough and everywhere."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from board.now import EVERYWHERE, OpenClock, Rate, StandardNow
from clocks.finding import BREACHED, EXCLUDED, MET, UNVERIFIABLE
from clocks.roll import Roll
from clocks.standard import Pack
from figures import rate as figured
from schemas.times import DAY, MINUTE

LIVE = "live"
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


class Waiting:
    """The open clocks of one place."""

    def __init__(self) -> None:
        self.apart = 0
        self.stages: Counter[str] = Counter()
        self.unresourced = 0
        self.oldest: int | None = None
        self.next: int | None = None

    def add(self, clock: OpenClock) -> None:
        """Take in one of them."""
        if clock.cohort != LIVE:
            self.apart += 1
            return
        self.stages[clock.stage] += 1
        self.unresourced += clock.unresourced
        if self.oldest is None or clock.start < self.oldest:
            self.oldest = clock.start
        if clock.stage != BREACHED and (self.next is None or clock.due < self.next):
            self.next = clock.due


def waiting(clocks: Iterable[OpenClock]) -> Mapping[Place, Waiting]:
    """The open clocks by place."""
    found: defaultdict[Place, Waiting] = defaultdict(Waiting)
    for clock in clocks:
        for place in _places(clock.borough, clock.standard):
            found[place].add(clock)
    return found


def standards_now(
    titles: Titles, clocks: Iterable[OpenClock], counted: Mapping[str, Verdicts]
) -> dict[str, list[StandardNow]]:
    """By borough, and everywhere, all standards; `counted` are the verdicts by window."""
    opened = waiting(clocks)
    known = {place for places in (opened, *counted.values()) for place in places}
    boroughs = {EVERYWHERE} | {borough for borough, _ in known}
    order = titles.order({standard for _, standard in known})
    return {
        borough: [_standard(titles, (borough, standard), opened, counted) for standard in order]
        for borough in boroughs
    }


def _standard(
    titles: Titles, place: Place, opened: Mapping[Place, Waiting], counted: Mapping[str, Verdicts]
) -> StandardNow:
    borough, name = place
    standard = titles.pack.standards.get(name)
    target = standard.target_percent if standard is not None else None
    held = opened.get(place) or Waiting()
    return StandardNow(
        standard=name,
        title=titles.names.get(name, name),
        borough=borough,
        target_percent=target,
        waiting=held.stages.total(),
        oldest_start=held.oldest,
        next_due=held.next,
        at_risk=held.stages["at-risk"],
        breached_open=held.stages[BREACHED],
        unresourced=held.unresourced,
        apart=held.apart,
        rates={window: rate_of(found.get(place, Counter()), target) for window, found in counted.items()},
    )


def rate_of(verdicts: Mapping[str, int], target: int | None) -> Rate:
    """Judged clocks as a rate; met out of met and breached (N1, C2)."""
    met, breached = verdicts.get(MET, 0), verdicts.get(BREACHED, 0)
    rate = figured.Rate(met, met + breached)
    interval = rate.interval
    return Rate(
        met=met,
        breached=breached,
        excluded=verdicts.get(EXCLUDED, 0),
        unverifiable=verdicts.get(UNVERIFIABLE, 0),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        words=figured.rate_text(rate),
        against=rate.against(target),
    )


def _places(borough: str, standard: str) -> Iterator[Place]:
    yield EVERYWHERE, standard
    if borough:
        yield borough, standard
