"""The response units of a borough: finitely many, by shift; an incident waits its turn until one is free (I2, I3)."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from feeds.simulation.chance import around
from feeds.simulation.city import City
from feeds.simulation.places import Borough, share_of_work
from feeds.simulation.rhythm import hour_of
from schemas.times import MINUTE, SECOND

if TYPE_CHECKING:
    from feeds.simulation.incidents import Incident

_KINDS = "ABCDEFGHJKLMNQRSTVW"
_URGENCY = {"I": 0, "S": 1, "E": 2, "R": 3}
LOOKED_EVERY = 5 * MINUTE
"""How often the waiting are looked through though no unit came free: a shift may have come."""
LATER_UNITS = 1.25
"""How much longer further units travel than the first, which is the nearest."""


class Trip(NamedTuple):
    """A unit on its way to an incident; `arrives` in ms."""

    incident: Incident
    unit: str
    arrives: int


class Fleet:
    """One borough's units: each is free, on its way (`_trips`) or at a scene."""

    def __init__(self, city: City, borough: Borough, arrived: Callable[[Trip], None]) -> None:
        self._city = city
        self._arrived = arrived
        self._letter = borough.name[0]
        self._share = city.rate * share_of_work(borough)
        self._free: deque[str] = deque()
        self._made = count()
        self._out = 0
        self._waiting: list[tuple[int, int, int, Incident]] = []
        self._asked = count()
        self._trips: dict[str, Trip] = {}
        self._at_work = (-1, 0)

    def strength(self) -> int:
        """How many units are at work now."""
        city, minute = self._city, self._city.now // MINUTE
        if self._at_work[0] != minute:
            number = self._share * city.profile.units.by_shift[city.rota.shift(city.now)]
            if city.rota.handing_over(city.now):
                number *= city.profile.shifts.units_on_handover
            self._at_work = (minute, max(1, round(number)))
        return self._at_work[1]

    def ask(self, incident: Incident) -> None:
        """A first unit is wanted: one that is free, one diverted, or the next that is."""
        if self._is_free(incident.grade):
            self._send(incident)
        elif not (incident.grade == "I" and self._divert(incident)):
            incident.waits = True
            entry = (_URGENCY[incident.grade], incident.created, next(self._asked), incident)
            heapq.heappush(self._waiting, entry)

    def support(self, incident: Incident, number: int) -> None:
        """Further units for an incident that is not over, as many as are free."""
        while number > 0 and not incident.over and self._is_free("S"):
            self._send(incident, LATER_UNITS)
            number -= 1

    def stand_down(self, trip: Trip) -> None:
        """A unit, if still on its way, is not needed any more."""
        if self._leaves(trip):
            self._city.tell(trip.incident.subject, self._city.now, "unit.stood_down", unit=trip.unit)
            self.release(trip.unit)

    def release(self, unit: str) -> None:
        """A unit is free again, for whoever waits."""
        self._out -= 1
        self._free.append(unit)
        self.look_through()

    def look_through(self) -> None:
        """Send the free units to those who wait, the most urgent and then the oldest first."""
        while self._waiting:
            incident = self._waiting[0][-1]
            if incident.waits and not self._is_free(incident.grade):
                return
            heapq.heappop(self._waiting)
            if incident.waits:
                self._send(incident)

    def _is_free(self, grade: str) -> bool:
        """Whether a unit can be sent; some are kept for the immediate."""
        at_work = self.strength()
        kept = 0 if grade == "I" else round(at_work * self._city.profile.units.reserve)
        return self._out + kept < at_work

    def _divert(self, incident: Incident) -> bool:
        """Take the unit that would have travelled longest still to something less urgent, if controllers do so."""
        others = [trip for trip in self._trips.values() if trip.incident.grade != "I"]
        if not others or not self._city.chance(self._city.profile.units.divert):
            return False
        taken = max(others, key=lambda trip: (_URGENCY[trip.incident.grade], trip.arrives))
        loser, to = taken.incident, incident.subject.name
        self._leaves(taken)
        self._city.tell(loser.subject, self._city.now, "unit.diverted", unit=taken.unit, to=to)
        self._travel(incident, taken.unit, 1.0)
        if loser.wants_unit:
            self.ask(loser)
        return True

    def _send(self, incident: Incident, slower: float = 1.0) -> None:
        """A free unit leaves for the incident."""
        incident.waits = False
        unit = self._free.popleft() if self._free else self._new_name()
        self._out += 1
        self._travel(incident, unit, slower)

    def _travel(self, incident: Incident, unit: str, slower: float) -> None:
        city, rates = self._city, self._city.profile.attendance[incident.grade]
        roads = city.profile.rhythm.travel_hours[hour_of(city.now)] * incident.place.travel * slower
        takes = SECOND * roads * around(city.random, rates.travel_median, rates.travel_spread)
        trip = Trip(incident, unit, int(city.now + takes))
        self._trips[unit] = incident.trips[unit] = trip
        city.tell(incident.subject, city.now, "unit.dispatched", unit=unit, borough=incident.place.borough)
        city.mistake(incident.subject, trip.arrives, "unit.arrived", unit=unit)
        if city.chance(city.profile.units.staged):
            city.at(city.now + 0.9 * takes, self._stage, trip)
        city.at(trip.arrives, self._arrive, trip)

    def _stage(self, trip: Trip) -> None:
        if self._trips.get(trip.unit) is trip:
            self._city.tell(trip.incident.subject, self._city.now, "unit.staged", unit=trip.unit)

    def _arrive(self, trip: Trip) -> None:
        if self._leaves(trip):
            self._arrived(trip)

    def _leaves(self, trip: Trip) -> bool:
        """The trip is over; False if it was before."""
        if self._trips.get(trip.unit) is not trip:
            return False
        del self._trips[trip.unit], trip.incident.trips[trip.unit]
        return True

    def _new_name(self) -> str:
        number, kind = divmod(next(self._made), len(_KINDS))
        return f"{self._letter}{_KINDS[kind]}{number + 10}"
