"""The simulated city: subjects begin, live on, are recorded, and lines come out in order of recording."""

import heapq
from collections.abc import Callable, Iterator
from functools import partial
from random import Random

from feeds.simulation import contact
from feeds.simulation.arrivals import beginnings
from feeds.simulation.calls import Exchange
from feeds.simulation.chance import pick
from feeds.simulation.city import City, day_label
from feeds.simulation.incidents import Attending, Origin
from feeds.simulation.messages import message
from feeds.simulation.parameters import Profile
from feeds.simulation.poison import poisonous
from feeds.simulation.profile import load_profile
from feeds.simulation.recording import Recorder
from feeds.simulation.rhythm import Rota, next_month
from feeds.simulation.silences import Silences, heartbeats
from feeds.simulation.storms import Storms
from feeds.simulation.upheavals import Upheavals
from feeds.simulation.writing import Line
from schemas.times import HOUR

ETA_MINUTES = {"I": 12, "S": 60}
"""What a caller is told, where there is anything to tell."""


def day(
    random: Random,
    start: int,
    *,
    hours: float = 24.0,
    rate: float = 1.0,
    profile: Profile | None = None,
    seed: int = 0,
    poison: int = 0,
    heartbeat: int = 0,
) -> Iterator[Line]:
    """The lines of a day or of years, in order of recording, made as they are read.

    Subjects begin within `hours` of `start` (ms); what happens after that is told for as long as the profile
    says. `rate` multiplies the city: its volumes, call-takers and units. `seed` only labels the subjects;
    `heartbeat` is in ms, 0 for none.
    """
    label, profile = day_label(start, seed), profile or load_profile()
    ends = start + int(hours * HOUR)
    followed = ends + int(profile.followed_hours * HOUR)
    bad = poisonous(Random(random.getrandbits(64)), poison, start, hours, label)
    silences = Silences(Random(random.getrandbits(64)), profile.silences, start, followed)
    good = _City(random, profile, rate, label, start, silences).lines(start, ends, followed)
    beats = heartbeats(silences, start, ends + HOUR // 6, heartbeat, label) if heartbeat else iter(())
    return heapq.merge(good, bad, beats)


def until(lines: Iterator[Line], end: int) -> Iterator[Line]:
    """The lines recorded up to `end` (ms): a day of which the rest has not happened yet."""
    for line in lines:
        if line.recorded > end:
            return
        yield line


class _City:
    """The parts of a city, and what each beginning sets off."""

    def __init__(
        self, random: Random, profile: Profile, rate: float, label: str, start: int, silences: Silences
    ) -> None:
        self._since = start - int(profile.warm_up_hours * HOUR)
        recorder = Recorder(random, profile.recording, Rota(profile.shifts), silences, label)
        self._city = City(random, profile, rate, label, self._since, start, recorder)
        self._exchange = Exchange(self._city)
        self._attending = Attending(self._city)
        self._upheavals = Upheavals(self._attending, self._exchange)
        storms = Storms(self._attending, self._exchange, self._upheavals)
        self._begins: dict[str, Callable[[], None]] = {
            "calls_999": partial(self._call, "999"),
            "calls_101": partial(self._call, "101"),
            "on_view": partial(self._uncalled, on_view=True),
            "other_incidents": partial(self._uncalled, on_view=False),
            "storms": storms.break_out,
            "messages": partial(message, self._city),
            "appointments": partial(contact.appointment, self._city),
            "comments": partial(contact.comment, self._city),
            "collisions": partial(contact.collision, self._city),
            "crimes": partial(contact.crime, self._city),
        }

    def lines(self, start: int, ends: int, followed: int) -> Iterator[Line]:
        """Each beginning in its turn, and between them what the earlier ones have led to."""
        city = self._city
        city.at(next_month(start), contact.months, city, ends)
        for at, name in beginnings(city.random, city.profile, self._since, start, ends, city.rate):
            yield from city.live(at)
            self._begins[name]()
        yield from city.live(followed)

    def _call(self, line: str) -> None:
        city, place = self._city, self._city.somewhere()
        call = self._exchange.ring(line, place.borough)
        opened = self._exchange.opens_incident(call)
        if opened is None:
            self._exchange.conclude(call)
            return
        grade = pick(city.random, self._exchange.lines[line].grades)
        self._exchange.conclude(call, ETA_MINUTES.get(grade))
        named = call.subject.name if call.subject.told else None
        city.at(opened, self._open, Origin(grade, place, named, exercise=call.exercise))

    def _uncalled(self, *, on_view: bool) -> None:
        grade = pick(self._city.random, self._city.profile.incidents.grades_of_others)
        self._open(Origin(grade, self._city.somewhere(), on_view=on_view))

    def _open(self, origin: Origin) -> None:
        incident = self._attending.open(origin)
        if not origin.on_view:
            self._upheavals.befall(incident)
