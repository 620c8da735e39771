"""What was asked for: by what to split figures, and which clocks to keep."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import click

from figures.clock import Clock
from figures.grouping import GROUPINGS, group_of

COHORTS = ("live", "probe", "exercise")
_OWN: dict[str, Callable[[Clock], str]] = {
    "clock": lambda clock: clock.name,
    "standard": lambda clock: clock.standard,
    "verdict": lambda clock: clock.kind.verdict,
    "reason": lambda clock: clock.kind.reason,
    "outcome": lambda clock: clock.kind.outcome,
}
"""What a clock can be kept by beside its groups."""


class Condition(NamedTuple):
    """A clock is kept if it has this value under this name."""

    name: str
    value: str


class Groupings(click.ParamType):
    """Names of groupings, separated by commas."""

    name = "NAME,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The names, as they were asked for."""
        if isinstance(value, tuple):
            return value
        names = tuple(part.strip() for part in value.split(","))
        for name in names:
            if name not in GROUPINGS:
                self.fail(f"{name!r} is not one of {', '.join(GROUPINGS)}", param, ctx)
        return names


class Where(click.ParamType):
    """NAME=VALUE: a grouping, or what a clock is and became."""

    name = "NAME=VALUE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The condition."""
        name, equals, wanted = value.partition("=")
        if not equals or name not in (*_OWN, *GROUPINGS):
            self.fail(f"{value!r} is not NAME=VALUE with NAME one of {', '.join((*_OWN, *GROUPINGS))}")
        return Condition(name, wanted)


def meets(clock: Clock, conditions: Sequence[Condition], zone: ZoneInfo) -> bool:
    """Whether a clock meets every condition."""
    return all(_value(clock, name, zone) == value for name, value in conditions)


def _value(clock: Clock, name: str, zone: ZoneInfo) -> str:
    own = _OWN.get(name)
    return own(clock) if own else group_of(clock, name, zone).name
