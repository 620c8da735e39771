"""London's 32 boroughs and 630 wards.

Boroughs and their numbers of wards are those of 2009 (624, and six town-centre wards with a team of
their own); the wards' names are made up, for a simulated breach must not be laid at a real ward's door.
"""

from bisect import bisect
from itertools import accumulate
from random import Random
from typing import NamedTuple


class Borough(NamedTuple):
    """`busy`: its wards' work against an average ward's; `travel`: how long its roads take, 1 is usual."""

    name: str
    wards: int
    busy: float = 1.0
    travel: float = 1.0


class Place(NamedTuple):
    """Where something happens."""

    borough: str
    ward: str
    area: str
    travel: float


BOROUGHS = (
    Borough("Barking and Dagenham", 17, 1.1),
    Borough("Barnet", 21, 0.9, 1.15),
    Borough("Bexley", 21, 0.6, 1.1),
    Borough("Brent", 21, 1.2),
    Borough("Bromley", 22, 0.7, 1.25),
    Borough("Camden", 19, 1.3, 0.9),
    Borough("Croydon", 25, 1.1, 1.1),
    Borough("Ealing", 23, 1.1),
    Borough("Enfield", 21, 1.0, 1.15),
    Borough("Greenwich", 17, 1.1),
    Borough("Hackney", 19, 1.3, 0.9),
    Borough("Hammersmith and Fulham", 16, 1.1, 0.9),
    Borough("Haringey", 19, 1.2, 0.95),
    Borough("Harrow", 21, 0.6, 1.05),
    Borough("Havering", 18, 0.8, 1.25),
    Borough("Hillingdon", 23, 0.9, 1.15),
    Borough("Hounslow", 20, 1.0, 1.05),
    Borough("Islington", 16, 1.4, 0.85),
    Borough("Kensington and Chelsea", 18, 0.8, 0.85),
    Borough("Kingston upon Thames", 16, 0.6),
    Borough("Lambeth", 21, 1.4, 0.9),
    Borough("Lewisham", 18, 1.3, 0.95),
    Borough("Merton", 20, 0.7),
    Borough("Newham", 21, 1.3, 0.95),
    Borough("Redbridge", 21, 0.9, 1.05),
    Borough("Richmond upon Thames", 18, 0.5, 1.05),
    Borough("Southwark", 21, 1.3, 0.9),
    Borough("Sutton", 18, 0.6, 1.05),
    Borough("Tower Hamlets", 18, 1.4, 0.9),
    Borough("Waltham Forest", 20, 1.1),
    Borough("Wandsworth", 20, 0.9, 0.95),
    Borough("Westminster", 21, 2.0, 0.85),
)
RURAL_WARDS = {"Bromley": 3, "Havering": 2, "Hillingdon": 2, "Enfield": 1, "Barnet": 1}
"""How many wards on the city's edge are country, taken from the end of the borough's list."""


def wards_of(borough: Borough) -> list[Place]:
    """The wards of a borough, each with its area."""
    first_rural = borough.wards - RURAL_WARDS.get(borough.name, 0)
    return [
        Place(
            borough.name,
            f"{borough.name} {number + 1:02}",
            "rural" if number >= first_rural else "urban",
            borough.travel * (1.4 if number >= first_rural else 1.0),
        )
        for number in range(borough.wards)
    ]


WARDS: tuple[Place, ...] = tuple(ward for borough in BOROUGHS for ward in wards_of(borough))
_edges = list(accumulate(borough.busy for borough in BOROUGHS for _ in range(borough.wards)))


def somewhere(random: Random) -> Place:
    """A ward drawn by how busy its borough is."""
    return WARDS[bisect(_edges, random.random() * _edges[-1])]


def share_of_work(borough: Borough) -> float:
    """The borough's share of London's work, and so of its units; long roads ask for more."""
    return _work(borough) / sum(map(_work, BOROUGHS))


def _work(borough: Borough) -> float:
    return borough.wards * borough.busy * borough.travel
