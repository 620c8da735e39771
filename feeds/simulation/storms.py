"""Disturbances: a burst of calls about one incident, and units that stay for hours."""

from feeds.simulation.calls import Exchange
from feeds.simulation.chance import waiting
from feeds.simulation.city import City
from feeds.simulation.incidents import Attending, Incident, Origin
from feeds.simulation.upheavals import Upheavals
from schemas.times import HOUR, MINUTE, SECOND


class Storms:
    """Breaks them out, and has the city ring about them."""

    def __init__(self, attending: Attending, exchange: Exchange, upheavals: Upheavals) -> None:
        self._city: City = attending.city
        self._attending = attending
        self._exchange = exchange
        self._upheavals = upheavals

    def break_out(self) -> None:
        """A disturbance somewhere, now."""
        city, rates = self._city, self._city.profile.storms
        place = city.somewhere()
        units = round(rates.share_of_units * self._attending.fleets[place.borough].strength())
        main = self._attending.open(Origin("I", place, units=units, stay=rates.hours * HOUR))
        for _ in range(round(waiting(city.random, rates.calls_mean))):
            at = city.now + MINUTE * waiting(city.random, rates.over_minutes)
            city.at(at, self._ring, main)

    def _ring(self, main: Incident) -> None:
        """One more call about it; some are taken for something new, and merged once that is noticed."""
        call = self._exchange.ring("999", main.place.borough)
        self._exchange.conclude(call)
        if call.answered is not None and self._city.chance(self._city.profile.storms.doubled):
            self._city.at(call.answered + 60 * SECOND, self._open_again, main, call.subject.name)

    def _open_again(self, main: Incident, call: str) -> None:
        child = self._attending.open(Origin("S", main.place, call))
        if not main.over:
            self._upheavals.merge_into(main, child)
