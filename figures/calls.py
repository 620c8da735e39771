"""The five ways in which call centres count the same calls (C3)."""

from collections.abc import Mapping
from typing import NamedTuple

from figures.rate import Rate


class Calls(NamedTuple):
    """How calls ended; `abandoned_in` are those in time but after the first 5 s."""

    answered_in: int = 0
    answered_late: int = 0
    abandoned_5s: int = 0
    abandoned_in: int = 0
    abandoned_late: int = 0

    @property
    def answered(self) -> int:
        """All that were answered; one still waiting past its due counts among them, as late (N1)."""
        return self.answered_in + self.answered_late

    @property
    def abandoned(self) -> int:
        """All whose caller gave up first."""
        return self.abandoned_5s + self.abandoned_in + self.abandoned_late


def calls_of(outcomes: Mapping[str, int]) -> Calls:
    """Calls from counts by outcome, named as the tallies and `pledge_calls` name them."""
    return Calls(
        outcomes.get("in", 0),
        outcomes.get("late", 0),
        outcomes.get("abandoned_5s", 0),
        outcomes.get("abandoned_in", 0),
        outcomes.get("abandoned_late", 0),
    )


class Way(NamedTuple):
    """One way of counting: its number in ICMI's list of 2002, what it does, its formula, and what it gives."""

    number: int
    name: str
    formula: str
    rate: Rate


DEFAULT_WAY = 4
"""The way the rate is counted by everywhere else (C2)."""


def five_ways(calls: Calls) -> tuple[Way, ...]:
    """All five, in the order of ICMI's list."""
    offered = calls.answered + calls.abandoned
    left_in_time = calls.abandoned_5s + calls.abandoned_in
    rates = (
        Rate(calls.answered_in + left_in_time, offered),
        Rate(calls.answered_in, calls.answered),
        Rate(calls.answered_in, offered),
        Rate(calls.answered_in, calls.answered + calls.abandoned_late),
        Rate(calls.answered_in + calls.abandoned_5s, offered),
    )
    return tuple(
        Way(number, *words, rate) for number, (words, rate) in enumerate(zip(_WORDS, rates, strict=True), 1)
    )


_WORDS = (
    (
        "giving up in time counts as kept",
        "(answered in time + abandoned in time) / (answered + abandoned)",
    ),
    (
        "answered calls alone",
        "answered in time / answered",
    ),
    (
        "every abandoned call counts against",
        "answered in time / (answered + abandoned)",
    ),
    (
        "giving up in time is left out",
        "answered in time / (answered + abandoned late)",
    ),
    (
        "giving up within 5 s counts as kept",
        "(answered in time + abandoned within 5 s) / (answered + abandoned)",
    ),
)
