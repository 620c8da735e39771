"""When subjects begin: chance arrivals that follow London's hours."""

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from zoneinfo import ZoneInfo

from feeds.simulation.chance import waiting
from feeds.simulation.rates import Volumes
from schemas.times import DAY, HOUR

LONDON = ZoneInfo("Europe/London")
POLICE_HOURS = (
    *(0.95, 0.75, 0.60, 0.48, 0.40, 0.38, 0.48, 0.68),
    *(0.90, 1.00, 1.05, 1.08, 1.10, 1.10, 1.12, 1.22),
    *(1.30, 1.36, 1.40, 1.42, 1.40, 1.36, 1.30, 1.17),
)
"""How busy each local hour is for the police, 1 being the day's average."""
OFFICE_HOURS = (*(0.2,) * 7, 0.7, *(1.9,) * 9, 1.6, 1.3, 1.2, 1.0, 0.9, 0.7, 0.4)
"""The same for messages."""

HOURS_OF = {
    "calls_999": POLICE_HOURS,
    "calls_101": POLICE_HOURS,
    "on_view": POLICE_HOURS,
    "other_incidents": POLICE_HOURS,
    "messages": OFFICE_HOURS,
}


def beginnings(
    random: Random, volumes: Volumes, start: int, hours: float, factor: float
) -> Iterator[tuple[int, str]]:
    """(instant in ms, volume's name) of every subject that begins within `hours` of `start`; in order."""
    first_hour = _local_hour(start)
    streams = [
        _stream(random, name, factor * getattr(volumes, name), start, hours, first_hour) for name in HOURS_OF
    ]
    return heapq.merge(*streams)


def _stream(
    random: Random, name: str, a_day: float, start: int, hours: float, first_hour: float
) -> Iterator[tuple[int, str]]:
    """Draw at the busiest hour's pace and keep of each hour what its share is (thinning)."""
    profile = HOURS_OF[name]
    mean_share, busiest = sum(profile) / 24, max(profile)
    if a_day <= 0:
        return
    gap = DAY / a_day * mean_share / busiest
    at, end = 0.0, hours * HOUR
    while (at := at + waiting(random, gap)) < end:
        if random.random() * busiest < profile[int(first_hour + at / HOUR) % 24]:
            yield start + int(at), name


def _local_hour(start: int) -> float:
    """The hour of the day in London at `start`; a clock change within the day shifts no profile."""
    local = datetime.fromtimestamp(start / 1000, UTC).astimezone(LONDON)
    return local.hour + local.minute / 60
