"""The slow promises: appointments, comments, collisions, victims' updates, ward meetings (M4-M7)."""

from typing import Any

from feeds.simulation.chance import around, between, one_of
from feeds.simulation.city import City, Subject
from feeds.simulation.places import WARDS, Place
from feeds.simulation.rhythm import end_of_month, month_of
from schemas.times import DAY, HOUR, format_time

SENTIMENTS = ("praise", "complaint", "question")


def _exercise(city: City) -> dict[str, Any]:
    return {"exercise": True} if city.is_exercise() else {}


def appointment(city: City) -> None:
    """Somebody asks to see an officer (M4)."""
    rates, place, subject = city.profile.contact, city.somewhere(), city.subject("APPT")
    where = {"borough": place.borough, "ward": place.ward}
    city.tell(subject, city.now, "appointment.requested", **where, **_exercise(city))
    if not city.chance(rates.appointment_made):
        return
    for_ = city.now + HOUR * around(city.random, rates.appointment_hours, rates.appointment_spread)
    chosen_by = "caller" if city.chance(rates.callers_choice) else "police"
    made = city.now + (for_ - city.now) * 0.4 * city.random.random()
    city.tell(subject, made, "appointment.made", **{"for": format_time(int(for_))}, chosen_by=chosen_by)
    if city.chance(rates.appointment_kept):
        city.at(for_, city.tell, subject, for_, "appointment.kept")
    else:
        city.at(for_, _missed, city, subject)


def _missed(city: City, subject: Subject) -> None:
    by = "police" if city.chance(city.profile.contact.missed_by_police) else "caller"
    city.tell(subject, city.now, "appointment.missed", by=by)


def comment(city: City) -> None:
    """Somebody praises or complains (M5)."""
    rates, subject, random = city.profile.contact, city.subject("COMMENT"), city.random
    data = {"borough": city.somewhere().borough, "sentiment": one_of(random, SENTIMENTS)}
    city.tell(subject, city.now, "comment.received", **data, **_exercise(city))
    if city.chance(rates.acknowledged):
        at = city.now + HOUR * around(random, rates.acknowledged_hours, rates.acknowledged_spread)
        city.at(at, city.tell, subject, at, "comment.acknowledged")


def collision(city: City) -> None:
    """A collision is reported (M5)."""
    rates, subject = city.profile.contact, city.subject("RTC")
    city.tell(subject, city.now, "collision.reported", **_exercise(city))
    if city.chance(rates.contacted):
        at = city.now + DAY * around(city.random, rates.contacted_days, rates.contacted_spread)
        city.at(at, city.tell, subject, at, "collision.contacted")


def crime(city: City) -> None:
    """A crime is recorded, whose victim is told how things stand until the case is closed (M6)."""
    subject = city.subject("CASE")
    city.tell(subject, city.now, "crime.recorded", borough=city.somewhere().borough, **_exercise(city))
    _what_comes_next(city, subject)


def _what_comes_next(city: City, subject: Subject) -> None:
    rates = city.profile.contact
    closes = city.chance(rates.case_closed)
    at = city.now + DAY * around(city.random, rates.updated_days, rates.updated_spread)
    city.at(at, _close if closes else _update, city, subject)


def _close(city: City, subject: Subject) -> None:
    city.tell(subject, city.now, "case.closed")


def _update(city: City, subject: Subject) -> None:
    city.tell(subject, city.now, "victim.updated")
    _what_comes_next(city, subject)


def months(city: City, until: int) -> None:
    """A local month begins: each ward is to meet in it (M7); and so on, up to `until` (ms)."""
    if city.now >= until:
        return
    end = end_of_month(city.now)
    for ward in WARDS:
        # A city of less than London's size has fewer wards.
        if city.chance(min(1.0, city.rate)):
            _ward(city, ward, end)
    city.at(end, months, city, until)


def _ward(city: City, ward: Place, end: int) -> None:
    rates, subject, begin = city.profile.contact, city.subject("WARD"), city.now
    month = {"month": month_of(begin), "borough": ward.borough}
    city.tell(subject, begin, "ward.month_opened", **month, **_exercise(city))
    if not city.chance(rates.meetings_held):
        return
    late = city.chance(rates.meetings_late)
    at = end + between(city.random, 0, 5 * DAY) if late else begin + between(city.random, DAY, end - begin)
    city.at(at, city.tell, subject, at, "meeting.held")
