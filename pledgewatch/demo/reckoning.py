"""How each standard is kept, from the shards' tallies: counts first, the rate beside them (N2, N3)."""

from collections import Counter
from collections.abc import Iterable
from heapq import nsmallest
from typing import NamedTuple

from clocks.finding import BREACHED, EXCLUDED, MET, UNVERIFIABLE
from clocks.roll import OpenClock
from clocks.shard import Shard
from figures.rate import FEW
from figures.wilson import wilson
from schemas.times import DAY


class Kept(NamedTuple):
    """One standard over the last 24 hours, live clocks only."""

    standard: str
    met: int
    breached: int
    excluded: int
    unverifiable: int
    open: int

    @property
    def counted(self) -> int:
        """How many are in the rate: neither running nor excluded nor unverifiable."""
        return self.met + self.breached


class Nearest(NamedTuple):
    """An open clock and when it is due (ms)."""

    clock: str
    due: int
    open: OpenClock


def kept(standards: Iterable[str], shards: list[Shard], now: int) -> list[Kept]:
    """Each standard's counts at `now` (ms)."""
    counts: Counter[tuple[str, str]] = Counter()
    opened: Counter[str] = Counter()
    for shard in shards:
        for key, number in shard.roll.tallies.window(DAY, now).items():
            if key.cohort == "live":
                counts[key.standard, key.verdict] += number
        opened.update(clock.standard for _, clock in shard.roll.open())
    return [
        Kept(
            standard=standard,
            met=counts[standard, MET],
            breached=counts[standard, BREACHED],
            excluded=counts[standard, EXCLUDED],
            unverifiable=counts[standard, UNVERIFIABLE],
            open=opened[standard],
        )
        for standard in standards
    ]


def nearest(shards: list[Shard], number: int) -> list[Nearest]:
    """The clocks that are due next."""
    running = (
        Nearest(name, clock.due, clock)
        for shard in shards
        for name, clock in shard.roll.open()
        if clock.stage != BREACHED
    )
    return nsmallest(number, running, key=lambda each: each.due)


def rate_in_words(standard: Kept) -> str:
    """`92.3 %`; of few clocks the counts and how far the rate may be off (Wilson, 95 %)."""
    if not standard.counted:
        return "-"
    if standard.counted >= FEW:
        return f"{100 * standard.met / standard.counted:.1f} %"
    low, high = wilson(standard.met, standard.counted)
    return f"{standard.met} of {standard.counted} ({100 * low:.0f}-{100 * high:.0f} %)"
