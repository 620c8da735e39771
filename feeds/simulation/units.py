"""Units: sent, sometimes diverted on the way, spared or staged, and arriving (I2, I3)."""

from feeds.simulation.chance import around, between, waiting
from feeds.simulation.city import City, Happening, telling
from feeds.simulation.places import Place
from feeds.simulation.rates import GradeRates
from schemas.times import SECOND

_KINDS = "ABCDEFGHJKLMNPQRSTVW"
MOST_UNITS = 6


def attend(city: City, subject: str, place: Place, grade: str, since: int) -> list[Happening]:
    """What units do about an incident that wants one from `since` (ms) on."""
    rates = city.rates.incidents.by_grade[grade]
    story: list[Happening] = []
    leaves, unit = _lead(city, subject, place, rates, since, story)
    lead_arrives = leaves + _travel(city, place, rates)
    further = _further_units(city, rates, leaves, place)
    first = min([lead_arrives, *(arrives for _, _, arrives in further)])
    if city.random.random() < city.rates.incidents.arrival_never_recorded:
        return story
    _arrive(city, subject, unit, leaves, lead_arrives, story)
    for name, sent, arrives in further:
        _support(city, subject, place, (name, sent, arrives), first, story)
    return story


def _lead(
    city: City, subject: str, place: Place, rates: GradeRates, since: int, story: list[Happening]
) -> tuple[float, str]:
    """Send the first unit, and another whenever it is diverted: when the last one left, and who it is."""
    tell = telling(subject, story)
    leaves = since + _wait_for_unit(city, rates)
    while True:
        unit = _call_sign(city, place)
        tell(leaves, "unit.dispatched", unit=unit, borough=place.borough)
        if city.random.random() >= rates.diverted:
            return leaves, unit
        diverted = leaves + between(city.random, 0.1, 0.9) * _travel(city, place, rates)
        tell(diverted, "unit.diverted", unit=unit, to=_elsewhere(city, place, subject))
        leaves = diverted + 0.5 * _wait_for_unit(city, rates)


def _wait_for_unit(city: City, rates: GradeRates) -> float:
    random = city.random
    if random.random() < rates.unresourced:
        return SECOND * waiting(random, rates.unresourced_mean)
    return SECOND * around(random, rates.dispatch_median, city.rates.incidents.dispatch_spread)


def _travel(city: City, place: Place, rates: GradeRates) -> float:
    return (
        SECOND * place.travel * around(city.random, rates.travel_median, city.rates.incidents.travel_spread)
    )


def _further_units(
    city: City, rates: GradeRates, leaves: float, place: Place
) -> list[tuple[str, float, float]]:
    """The other units: call sign, when sent, when they would arrive."""
    one_more = rates.units / (1.0 + rates.units)
    units: list[tuple[str, float, float]] = []
    while len(units) < MOST_UNITS and city.random.random() < one_more:
        sent = leaves + SECOND * waiting(city.random, 45.0)
        units.append((_call_sign(city, place), sent, sent + 1.25 * _travel(city, place, rates)))
    return units


def _support(
    city: City,
    subject: str,
    place: Place,
    unit: tuple[str, float, float],
    first: float,
    story: list[Happening],
) -> None:
    """A further unit: it arrives, unless it is spared once another is at the scene."""
    name, sent, arrives = unit
    if sent > first:
        return
    telling(subject, story)(sent, "unit.dispatched", unit=name, borough=place.borough)
    spared = first + SECOND * between(city.random, 5.0, 60.0)
    if arrives > spared and city.random.random() < city.rates.incidents.spared:
        telling(subject, story)(spared, "unit.stood_down", unit=name)
        return
    _arrive(city, subject, name, sent, arrives, story)


def _arrive(city: City, subject: str, unit: str, sent: float, arrives: float, story: list[Happening]) -> None:
    tell = telling(subject, story)
    if city.random.random() < city.rates.incidents.staged:
        tell(sent + 0.9 * (arrives - sent), "unit.staged", unit=unit)
    tell(arrives, "unit.arrived", unit=unit)


def _call_sign(city: City, place: Place) -> str:
    letters = place.borough[0] + _KINDS[int(city.random.random() * len(_KINDS))]
    return f"{letters}{int(city.random.random() * 90) + 10}"


def _elsewhere(city: City, place: Place, subject: str) -> str:
    """Another incident of the borough, for a unit to be diverted to."""
    others = [each.subject for each in city.recent(place.borough) if each.subject != subject]
    return others[-1] if others else city.subject("CAD")
