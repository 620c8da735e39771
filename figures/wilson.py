"""Wilson's score interval: between which shares the truth may well lie, given how many were counted."""

from math import sqrt
from typing import NamedTuple

Z95 = 1.959963984540054
"""The two-sided 95 % point of the normal distribution."""


class Interval(NamedTuple):
    """Two shares from 0 to 1."""

    low: float
    high: float


def wilson(kept: int, of: int, z: float = Z95) -> Interval:
    """The interval for `kept` out of `of`, without continuity correction; ValueError where none was counted.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if not 0 <= kept <= of or of == 0:
        raise ValueError(f"{kept} out of {of} is no share")
    share, square = kept / of, z * z
    middle = share + square / (2 * of)
    reach = z * sqrt(share * (1 - share) / of + square / (4 * of * of))
    scale = 1 + square / of
    # All or nothing reaches its own end exactly, and no rounding of a float may leave the share outside.
    low = 0.0 if kept == 0 else min((middle - reach) / scale, share)
    return Interval(low, 1.0 if kept == of else max((middle + reach) / scale, share))
