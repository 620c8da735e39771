"""A share as it may be shown: with its counts, its interval, and never as a bare percentage of few (N3)."""

from typing import NamedTuple

from figures.wilson import Interval, wilson

FEW = 30
"""Fewer clocks than this have no bare percentage (N3)."""
ABOVE, BELOW, UNDECIDED, TOO_FEW = "above", "below", "too close to call", "too few to say"
"""How a share stands to its target: as the whole of its interval does, where there are enough clocks."""


class Rate(NamedTuple):
    """How many of how many; never stored as a percentage (N2)."""

    kept: int
    of: int

    def __add__(self, other: object) -> "Rate":
        """Shares are added as counts are, never averaged (N2)."""
        if not isinstance(other, Rate):
            return NotImplemented
        return Rate(self.kept + other.kept, self.of + other.of)

    @property
    def few(self) -> bool:
        """Whether there are too few for a percentage (N3)."""
        return self.of < FEW

    @property
    def interval(self) -> Interval | None:
        """Wilson's 95 % interval; None where nothing was counted."""
        return wilson(self.kept, self.of) if self.of else None

    @property
    def tenths(self) -> int | None:
        """Tenths of a percent, halves rounded up; None where there are too few for a percentage (N3).

        999 in 1,000 never rounds to all, nor 1 in 10,000 to none: only all is 100 %, only none is 0 %.
        """
        if self.few:
            return None
        rounded = (2_000 * self.kept + self.of) // (2 * self.of)
        return min(max(rounded, int(self.kept > 0)), 1_000 - int(self.kept < self.of))

    def against(self, target_percent: int | None) -> str | None:
        """Above or below its target, too close to call, too few to say; None where there is no target or no clock.

        Above: also the low end of the interval reaches the target. Below: not even its high end does.
        """
        interval = self.interval
        if target_percent is None or interval is None:
            return None
        if self.few:
            return TOO_FEW
        target = target_percent / 100
        if interval.low >= target:
            return ABOVE
        return BELOW if interval.high < target else UNDECIDED


def rate_text(rate: Rate) -> str:
    """`70.1 %`, or for few clocks their counts: `7 of 12` (N3)."""
    tenths = rate.tenths
    if tenths is not None:
        return percent_text(tenths)
    return f"{rate.kept} of {rate.of}" if rate.of else "none"


def interval_text(rate: Rate) -> str:
    """The interval in percent, such as `65.3–74.5 %`; a dash where nothing was counted."""
    interval = rate.interval
    return f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %" if interval else "–"


def percent_text(tenths: int) -> str:
    """Tenths of a percent as `70.1 %`."""
    return f"{tenths // 10}.{tenths % 10} %"
