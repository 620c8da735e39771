"""When subjects begin: chance arrivals that follow London's hours and weekdays."""

import heapq
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from feeds.simulation.chance import waiting
from feeds.simulation.parameters import Profile, Rhythm
from feeds.simulation.rhythm import hour_of, weekday_of
from schemas.times import DAY

POLICE = ("calls_999", "calls_101", "on_view", "other_incidents")
OFFICE = ("messages", "appointments", "comments", "collisions", "crimes")
"""What begins, by whose hours; the names are those of the profile's volumes."""


class _Weights(NamedTuple):
    """How busy an hour is, 1 being the week's average."""

    hours: list[float]
    weekdays: list[float]

    def at(self, instant: int) -> float:
        return self.hours[hour_of(instant)] * self.weekdays[weekday_of(instant)]


def beginnings(
    random: Random, profile: Profile, since: int, start: int, end: int, rate: float
) -> Iterator[tuple[int, str]]:
    """(instant in ms, volume's name) of all that begins up to `end`, in order.

    What occupies call-takers and units begins at `since`, so that they are busy at `start`; the rest at `start`.
    """
    police, office = _weights(profile.rhythm, "police"), _weights(profile.rhythm, "office")
    streams = [_stream(random, name, _a_day(profile, name, rate), since, end, police) for name in POLICE]
    streams += [_stream(random, name, _a_day(profile, name, rate), start, end, office) for name in OFFICE]
    storms = rate * profile.storms.a_week / 7
    return heapq.merge(*streams, _stream(random, "storms", storms, since, end, police))


def _a_day(profile: Profile, name: str, rate: float) -> float:
    a_day: float = getattr(profile.volumes, name)
    return rate * a_day


def _weights(rhythm: Rhythm, whose: str) -> _Weights:
    return _Weights(*(_even(getattr(rhythm, f"{whose}_{part}")) for part in ("hours", "weekdays")))


def _even(weights: list[float]) -> list[float]:
    mean = sum(weights) / len(weights) or 1.0
    return [each / mean for each in weights]


def _stream(
    random: Random, name: str, a_day: float, start: int, end: int, weights: _Weights
) -> Iterator[tuple[int, str]]:
    """Draw at the busiest hour's pace and keep of each hour what its share is (thinning)."""
    busiest = max(weights.hours) * max(weights.weekdays)
    if a_day <= 0 or busiest <= 0:
        return
    gap, at = DAY / a_day / busiest, float(start)
    while (at := at + waiting(random, gap)) < end:
        if random.random() * busiest < weights.at(int(at)):
            yield int(at), name
