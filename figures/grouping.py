"""By what figures may be split, and what a clock is under each."""

from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from figures.clock import Clock
from figures.periods import PERIODS, period_of

UNKNOWN = "not known"
ATTRIBUTES = {
    **{name: name for name in ("borough", "ward", "area", "grade", "category", "line", "team", "channel")},
    "first-grade": "first_grade",
}
"""The attributes figures may be split by. `grade` is the final one (I12, N2)."""
GROUPINGS = (*ATTRIBUTES, *PERIODS)
"""All that figures may be split by."""


class Group(NamedTuple):
    """One value of a grouping: where it stands among the others, and its name."""

    order: tuple[int, str]
    name: str


def group_of(clock: Clock, by: str, zone: ZoneInfo) -> Group:
    """The group of a clock: a local period of its due (N1), or what it says of itself; unknown ones last."""
    if by in PERIODS:
        start, name = period_of(clock.due, by, zone)
        return Group((start, name), name)
    value: Any = clock.attributes.get(ATTRIBUTES[by])
    return Group((1, UNKNOWN), UNKNOWN) if value is None else Group((0, str(value)), str(value))
