"""Incidents: created, attended or not, and all that may befall them on the way (I1-I12)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from feeds.simulation import upheavals
from feeds.simulation.chance import around, between, one_of, pick, waiting
from feeds.simulation.city import City, Happening, Incident, Tell, telling
from feeds.simulation.places import Place
from feeds.simulation.units import attend
from schemas.times import MINUTE, SECOND

PRIORITIES = ("drug-dealing", "burglary", "antisocial-behaviour", "street-robbery", "night-time-economy")
RESOLUTIONS = {"attended": 0.5, "report-taken": 0.2, "no-trace": 0.15, "arrest": 0.15}
WITHOUT_ATTENDANCE = {"no-attendance-required": 0.9, "advice-given": 0.1}
MORE_URGENT = {"R": "E", "E": "S", "S": "I", "I": "I"}
LESS_URGENT = {"I": "S", "S": "E", "E": "R", "R": "R"}
REGRADE_REASONS = ("further information", "second caller", "supervisor review", "suspect left")


class Origin(NamedTuple):
    """How an incident came to be: by which grades it is drawn, where it is, which call told of it."""

    grades: Mapping[str, float]
    place: Place
    call: str | None = None
    on_view: bool = False
    exercise: bool = False


def incident(city: City, at: int, origin: Origin, story: list[Happening]) -> Incident:
    """One incident from its creation on, added to `story` (with the calls that chase it)."""
    grade = pick(city.random, origin.grades)
    of = Incident(city.subject("CAD"), at, grade, origin.place)
    tell = telling(of.subject, story)
    tell(at, "incident.created", **_creation(city, of, origin))
    if origin.on_view:
        _on_view(city, of, tell)
        return of
    parent = upheavals.parent_for(city, of.place.borough, at)
    city.recent(of.place.borough).append(of)
    if parent:
        upheavals.merge(city, of, parent, _attendance(city, of, grade, at), story)
    else:
        _live(city, of, tell, story)
    return of


def _creation(city: City, of: Incident, origin: Origin) -> dict[str, Any]:
    random, place = city.random, of.place
    category = pick(random, city.rates.incidents.categories)
    data: dict[str, Any] = {"grade": of.grade, "borough": place.borough, "ward": place.ward}
    data |= {"category": category, "area": place.area}
    marks = {
        "vulnerable": random.random() < city.rates.incidents.by_grade[of.grade].vulnerable,
        "on_view": origin.on_view,
        "exercise": origin.exercise or (origin.call is None and city.is_exercise()),
    }
    data |= {mark: True for mark, is_set in marks.items() if is_set}
    return data | {"call": origin.call} if origin.call else data


def _on_view(city: City, of: Incident, tell: Tell) -> None:
    """Officers came upon it: their arrival may be stamped a moment before the creation (T7)."""
    unit = f"{of.place.borough[0]}P{int(city.random.random() * 90) + 10}"
    tell(of.at + SECOND * between(city.random, -1.5, 20.0), "unit.arrived", unit=unit)
    closed = of.at + SECOND * around(city.random, 0.5 * city.rates.incidents.on_scene_median, 0.8)
    tell(closed, "incident.closed", resolution=pick(city.random, RESOLUTIONS))


def _attendance(city: City, of: Incident, grade: str, since: int) -> list[Happening]:
    """What units do, if the incident is of those that are attended."""
    if city.random.random() >= city.rates.incidents.by_grade[grade].attended:
        return []
    return attend(city, of.subject, of.place, grade, since)


def _live(city: City, of: Incident, tell: Tell, story: list[Happening]) -> None:
    """The usual life: perhaps regraded and flagged, attended, cancelled or resolved, then closed."""
    random, rates = city.random, city.rates.incidents
    grade, since = _regrade(city, of, tell)
    _flag(city, of, tell)
    units = _attendance(city, of, grade, since)
    if random.random() < rates.cancelled:
        at = of.at + int(SECOND * waiting(random, rates.cancelled_mean))
        story.extend(upheavals.cut_short(units, at))
        tell(at, "incident.cancelled", reason=one_of(random, upheavals.CANCELLED_BECAUSE))
        _reopen(city, of, grade, at, story)
        return
    story.extend(units)
    first = first_arrival(units)
    upheavals.chase(city, of, first, story)
    _close(city, of, grade, units, story)


def _regrade(city: City, of: Incident, tell: Tell) -> tuple[str, int]:
    """The grade the incident is attended by, and since when; told if it is not the first."""
    random, rates = city.random, city.rates.incidents
    if random.random() >= rates.regraded:
        return of.grade, of.at
    upwards = random.random() < rates.regraded_up
    grade = (MORE_URGENT if upwards else LESS_URGENT)[of.grade]
    if grade == of.grade:
        return of.grade, of.at
    at = of.at + int(SECOND * waiting(random, rates.regraded_mean))
    reason = one_of(random, REGRADE_REASONS)
    tell(at, "incident.regraded", grade=grade, by=f"ctl-{int(random.random() * 60):02}", reason=reason)
    return grade, at if upwards else of.at


def _flag(city: City, of: Incident, tell: Tell) -> None:
    random, rates = city.random, city.rates.incidents
    if random.random() >= rates.flagged:
        return
    at = of.at + SECOND * waiting(random, rates.flagged_mean)
    if random.random() >= rates.flagged_vulnerable:
        tell(at, "incident.flagged", ward_priority=one_of(random, PRIORITIES))
        return
    tell(at, "incident.flagged", vulnerable=True)
    if random.random() < rates.flag_removed:
        tell(at + SECOND * waiting(random, rates.flag_removed_mean), "incident.flagged", vulnerable=False)


def first_arrival(units: list[Happening]) -> int | None:
    """When the first unit arrived (ms)."""
    return min((each.at for each in units if each.type == "unit.arrived"), default=None)


def _close(city: City, of: Incident, grade: str, units: list[Happening], story: list[Happening]) -> None:
    """After attendance, or because none is required."""
    random, rates = city.random, city.rates.incidents
    tell = telling(of.subject, story)
    if not units:
        at = of.at + 4 * MINUTE + int(SECOND * waiting(random, rates.unattended_mean))
        tell(at, "incident.closed", resolution=pick(random, WITHOUT_ATTENDANCE))
        _reopen(city, of, grade, at, story)
    elif random.random() >= rates.never_closed:
        at = max(each.at for each in units) + int(SECOND * around(random, rates.on_scene_median, 0.8))
        tell(at, "incident.closed", resolution=pick(random, RESOLUTIONS))


def _reopen(city: City, of: Incident, grade: str, ended: int, story: list[Happening]) -> None:
    """Now and then it was not over after all (I10)."""
    if city.random.random() >= city.rates.incidents.reopened:
        return
    at = ended + int(SECOND * waiting(city.random, city.rates.incidents.reopened_mean))
    telling(of.subject, story)(at, "incident.reopened")
    story.extend(attend(city, of.subject, of.place, grade, at))
