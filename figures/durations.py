"""How long clocks really ran: percentiles that are durations of real clocks, never averages of percentiles (N4)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Durations(NamedTuple):
    """How many clocks stopped, and how long they ran, in ms; None where none did."""

    stopped: int = 0
    mean: int | None = None
    median: int | None = None
    p90: int | None = None
    p95: int | None = None
    longest: int | None = None


def durations_of(ran: Iterable[int]) -> Durations:
    """The figures of these durations (ms); the mean is rounded down to a whole ms."""
    ordered = sorted(ran)
    if not ordered:
        return Durations()
    return Durations(
        len(ordered),
        sum(ordered) // len(ordered),
        percentile(ordered, 50),
        percentile(ordered, 90),
        percentile(ordered, 95),
        ordered[-1],
    )


def percentile(ordered: Sequence[int], percent: int) -> int:
    """The nearest rank: the shortest of the ordered durations within which `percent` % of them lie.

    It is the duration of one of the clocks, so it can be shown which (Hyndman and Fan 1996, definition 1).
    ValueError where there is none, or for a percent that is not from 1 to 100.
    """
    if not ordered or not 1 <= percent <= 100:
        raise ValueError(f"no {percent}th percentile of {len(ordered)} durations")
    return ordered[-(-percent * len(ordered) // 100) - 1]
