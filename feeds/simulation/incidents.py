"""Incidents: how they come to be, wait for a unit, are attended and end (I1-I4)."""

from collections import deque
from typing import Any, NamedTuple

from feeds.simulation.chance import around, between, pick, waiting
from feeds.simulation.city import City, Subject
from feeds.simulation.fleet import LOOKED_EVERY, Fleet, Trip
from feeds.simulation.parameters import Grade
from feeds.simulation.places import BOROUGHS, Place
from schemas.times import MINUTE, SECOND

RESOLUTIONS = {"attended": 0.5, "report-taken": 0.2, "no-trace": 0.15, "arrest": 0.15}
WITHOUT_ATTENDANCE = {"no-attendance-required": 0.9, "advice-given": 0.1}
MOST_UNITS = 6


class Origin(NamedTuple):
    """How an incident came to be; `units` (beyond the first) and `stay` (ms) are a disturbance's own."""

    grade: Grade
    place: Place
    call: str | None = None
    on_view: bool = False
    exercise: bool = False
    units: int | None = None
    stay: float | None = None


class Incident:
    """An incident and where it stands; `created` and `first_arrival` in ms.

    `attended`: whether anybody is to be sent. `waits`: for a unit to come free. `over`: ended, if not reopened.
    """

    def __init__(self, subject: Subject, created: int, origin: Origin) -> None:
        self.subject = subject
        self.created = created
        self.origin = origin
        self.place = origin.place
        self.grade = origin.grade
        self.attended = False
        self.recorded = True
        self.waits = False
        self.over = False
        self.first_arrival: int | None = None
        self.trips: dict[str, Trip] = {}

    @property
    def wants_unit(self) -> bool:
        """Whether nobody is there, on the way or asked for yet."""
        return self.attended and not (self.over or self.waits or self.trips) and self.first_arrival is None


class Attending:
    """Who goes where: the fleets of all boroughs."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.fleets = {borough.name: Fleet(city, borough, self.arrived) for borough in BOROUGHS}
        self.recent: dict[str, deque[Incident]] = {borough.name: deque(maxlen=12) for borough in BOROUGHS}
        city.at(city.now, self._look_through)

    def open(self, origin: Origin) -> Incident:
        """An incident that is created now; units are asked for once it has been assessed."""
        city, rates = self.city, self.city.profile.attendance[origin.grade]
        incident = Incident(city.subject("CAD"), city.now, origin)
        city.tell(incident.subject, city.now, "incident.created", **self._creation(origin))
        if origin.on_view:
            self._on_view(incident)
            return incident
        self.recent[origin.place.borough].append(incident)
        incident.attended = city.chance(rates.attended)
        incident.recorded = not city.chance(city.profile.incidents.arrival_never_recorded)
        if incident.attended:
            assessed = SECOND * around(city.random, rates.assess_median, rates.assess_spread)
            city.at(city.now + assessed, self.ask, incident)
        else:
            unattended = waiting(city.random, city.profile.incidents.unattended_mean)
            city.at(city.now + 4 * MINUTE + SECOND * unattended, self._close_unattended, incident)
        return incident

    def ask(self, incident: Incident) -> None:
        """Units are wanted, if they still are: the first at once or when one is free, more if there are any."""
        if not incident.wants_unit:
            return
        fleet = self.fleets[incident.place.borough]
        fleet.ask(incident)
        further = self._further(incident)
        if further:
            soon = SECOND * waiting(self.city.random, 45.0)
            self.city.at(self.city.now + soon, fleet.support, incident, further)

    def arrived(self, trip: Trip) -> None:
        """A unit is at the scene, and stays for a while."""
        city, incident = self.city, trip.incident
        if incident.recorded:
            city.tell(incident.subject, city.now, "unit.arrived", unit=trip.unit)
        stays = self._stay(incident)
        city.at(city.now + stays, self.fleets[incident.place.borough].release, trip.unit)
        if incident.first_arrival is None:
            incident.first_arrival = city.now
            self._spare_others(incident)
            if not city.chance(city.profile.incidents.never_closed):
                city.at(city.now + stays + SECOND * waiting(city.random, 120.0), self._close, incident)

    def stand_down(self, incident: Incident) -> None:
        """Nobody is wanted any more: who is on the way turns back."""
        incident.waits = False
        for trip in list(incident.trips.values()):
            self.fleets[incident.place.borough].stand_down(trip)

    def _creation(self, origin: Origin) -> dict[str, Any]:
        city, place = self.city, origin.place
        category = pick(city.random, city.profile.incidents.categories)
        data: dict[str, Any] = {"grade": origin.grade, "borough": place.borough, "ward": place.ward}
        data |= {"category": category, "area": place.area}
        marks = {
            "vulnerable": city.chance(city.profile.attendance[origin.grade].vulnerable),
            "on_view": origin.on_view,
            "exercise": origin.exercise or (origin.call is None and city.is_exercise()),
        }
        data |= {mark: True for mark, is_set in marks.items() if is_set}
        return data | {"call": origin.call} if origin.call else data

    def _on_view(self, of: Incident) -> None:
        """Officers on foot came upon it: their arrival may be stamped a moment before the creation (T7)."""
        random = self.city.random
        unit = f"{of.place.borough[0]}P{int(random.random() * 90) + 10}"
        at = of.created + SECOND * between(random, -1.5, 20.0)
        self.city.tell(of.subject, at, "unit.arrived", unit=unit)
        over = max(at, of.created) + 0.5 * self._stay(of)
        self.city.tell(of.subject, over, "incident.closed", resolution=pick(random, RESOLUTIONS))

    def _further(self, incident: Incident) -> int:
        """How many units it wants beyond the first."""
        if incident.origin.units is not None:
            return incident.origin.units
        mean, number = self.city.profile.attendance[incident.grade].further_units, 0
        while number < MOST_UNITS - 1 and self.city.chance(mean / (1.0 + mean)):
            number += 1
        return number

    def _stay(self, incident: Incident) -> float:
        """How long a unit stays at the scene, in ms."""
        rates = self.city.profile.attendance[incident.grade]
        median = incident.origin.stay or SECOND * rates.on_scene_median
        return around(self.city.random, median, rates.on_scene_spread)

    def _spare_others(self, incident: Incident) -> None:
        for trip in list(incident.trips.values()):
            if self.city.chance(self.city.profile.units.spared):
                soon = SECOND * between(self.city.random, 5.0, 60.0)
                self.city.at(self.city.now + soon, self.fleets[incident.place.borough].stand_down, trip)

    def _close(self, incident: Incident) -> None:
        if not incident.over:
            incident.over = True
            resolution = pick(self.city.random, RESOLUTIONS)
            self.city.tell(incident.subject, self.city.now, "incident.closed", resolution=resolution)

    def _close_unattended(self, incident: Incident) -> None:
        """Nobody was to be sent, and still nobody is."""
        if incident.attended or incident.over:
            return
        incident.over = True
        resolution = pick(self.city.random, WITHOUT_ATTENDANCE)
        self.city.tell(incident.subject, self.city.now, "incident.closed", resolution=resolution)
        self.reopen_perhaps(incident)

    def reopen_perhaps(self, incident: Incident) -> None:
        """Now and then it was not over after all (I10)."""
        rates = self.city.profile.incidents
        if self.city.chance(rates.reopened):
            later = SECOND * waiting(self.city.random, rates.reopened_mean)
            self.city.at(self.city.now + later, self._reopen, incident)

    def _reopen(self, incident: Incident) -> None:
        self.city.tell(incident.subject, self.city.now, "incident.reopened")
        incident.over, incident.attended = False, True
        self.ask(incident)

    def _look_through(self) -> None:
        for fleet in self.fleets.values():
            fleet.look_through()
        self.city.at(self.city.now + LOOKED_EVERY, self._look_through)
