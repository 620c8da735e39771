"""The few shapes of chance a day is drawn from; all of them from the one generator handed in."""

from collections.abc import Mapping
from math import exp, log
from random import Random
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")


def spread_for(median: float, limit: float, share: float) -> float:
    """The spread (sigma) at which `share` of a lognormal with that median lies at or under `limit`."""
    return log(limit / median) / NormalDist().inv_cdf(share)


def around(random: Random, median: float, spread: float) -> float:
    """A skewed duration about its median: lognormal, so never negative and now and then very long."""
    return median * exp(spread * random.gauss(0.0, 1.0))


def waiting(random: Random, mean: float) -> float:
    """A memoryless wait with that mean."""
    return -mean * log(1.0 - random.random())


def between(random: Random, low: float, high: float) -> float:
    """Anything from low to high alike."""
    return low + (high - low) * random.random()


def pick(random: Random, shares: Mapping[T, float]) -> T:
    """One of the keys by its share; what the shares lack to 1 falls to the last key."""
    draw = random.random()
    for key, share in shares.items():
        draw -= share
        if draw < 0.0:
            return key
    return list(shares)[-1]


def one_of(random: Random, choices: tuple[T, ...]) -> T:
    """Any of them alike."""
    return choices[int(random.random() * len(choices))]
