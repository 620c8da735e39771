"""Calls: presented, then answered or given up, then concluded; some open an incident (C1, C2)."""

from functools import lru_cache
from math import ceil
from typing import NamedTuple

from feeds.simulation.chance import around, spread_for, waiting
from feeds.simulation.city import City, Happening, Tell, telling
from feeds.simulation.rates import CallRates
from schemas.times import SECOND


class Call(NamedTuple):
    """A call and what became of it; `answered` in ms, None where nobody spoke to the caller."""

    subject: str
    line: str
    answered: int | None
    exercise: bool


class Line(NamedTuple):
    """The rates of one line, ready to draw from."""

    number: str
    answer_median: float
    answer_spread: float
    abandoned: float
    patience_median: float


@lru_cache
def lines(rates: CallRates) -> dict[str, Line]:
    """The two lines: their spreads follow from the share answered within the limit."""
    spread_999 = spread_for(rates.answer_999_median, 10.0, rates.answered_999_in_10s)
    spread_101 = spread_for(rates.answer_101_median, 30.0, rates.answered_101_in_30s)
    return {
        "999": Line(
            "999", rates.answer_999_median, spread_999, rates.abandoned_999, rates.patience_999_median
        ),
        "101": Line(
            "101", rates.answer_101_median, spread_101, rates.abandoned_101, rates.patience_101_median
        ),
    }


def call(city: City, at: int, line: Line, borough: str, story: list[Happening]) -> Call:
    """One call from its presentation on, added to `story`."""
    random, subject = city.random, city.subject("CALL")
    tell = telling(subject, story)
    data = {"line": line.number, "borough": borough, "caller": f"c{random.getrandbits(32):08x}"}
    exercise = city.is_exercise()
    tell(at, "call.presented", **(data | {"exercise": True} if exercise else data))
    if random.random() < line.abandoned:
        _give_up(city, at, line, tell)
        return Call(subject, line.number, None, exercise)
    answered = int(at + SECOND * around(random, line.answer_median, line.answer_spread))
    if random.random() >= city.rates.calls.answer_never_recorded:
        _answer(city, answered, tell)
    return Call(subject, line.number, answered, exercise)


def conclude(city: City, of: Call, story: list[Happening], eta_minutes: int | None = None) -> None:
    """The end of an answered call's conversation, in which the caller may hear when somebody will come."""
    if of.answered is None:
        return
    random, rates = city.random, city.rates.calls
    told = random.random() < rates.told_next_step
    data: dict[str, object] = {"told_next_step": told}
    if told and eta_minutes is not None:
        data["eta_minutes"] = eta_minutes
    at = of.answered + SECOND * around(random, rates.talk_median, rates.talk_spread)
    telling(of.subject, story)(at, "call.concluded", **data)


def opens_incident(city: City, of: Call) -> int | None:
    """When an answered call opens an incident (ms), None if it does not."""
    rates = city.rates.calls
    share = rates.incident_of_999 if of.line == "999" else rates.incident_of_101
    if of.answered is None or city.random.random() >= share:
        return None
    return of.answered + ceil(SECOND * (8.0 + waiting(city.random, rates.opened_after - 8.0)))


def _give_up(city: City, at: int, line: Line, tell: Tell) -> None:
    rates = city.rates.calls
    patience = SECOND * around(city.random, line.patience_median, rates.patience_spread)
    tell(at + patience, "call.abandoned")
    if city.random.random() < rates.answered_though_abandoned:
        _answer(city, int(at + patience + SECOND * waiting(city.random, 6.0)), tell)


def _answer(city: City, at: int, tell: Tell) -> None:
    tell(at, "call.answered", handler=f"h{int(city.random.random() * 420):03}")
