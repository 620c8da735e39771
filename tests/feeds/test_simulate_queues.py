"""Finite call-takers and units: waiting comes of there being too few, not of a figure that was drawn."""

from collections.abc import Iterable
from random import Random
from statistics import fmean

import pytest

from feeds.simulation.city import City
from feeds.simulation.day import day
from feeds.simulation.desk import Desk
from feeds.simulation.fleet import Fleet, Trip
from feeds.simulation.incidents import Attending, Incident, Origin
from feeds.simulation.parameters import CallLine, Profile
from feeds.simulation.places import BOROUGHS, share_of_work, wards_of
from feeds.simulation.profile import load_profile
from feeds.simulation.recording import Recorder
from feeds.simulation.rhythm import Rota, end_of_month, hour_of, next_month, weekday_of
from feeds.simulation.silences import Silences
from feeds.simulation.writing import Line
from schemas.decoding import decode
from schemas.times import HOUR, MINUTE, SECOND, parse_time

LONDON = load_profile()
NOON = parse_time("2010-03-03T12:00:00Z")
BARNET = next(each for each in BOROUGHS if each.name == "Barnet")


def city(at: int = NOON, profile: Profile = LONDON, rate: float = 1.0) -> City:
    random = Random(1)
    silences = Silences(random, profile.silences.model_copy(update={"a_week": 0.0}), at, at + HOUR)
    recorder = Recorder(random, profile.recording, Rota(profile.shifts), silences, "TEST")
    return City(random, profile, rate, "TEST", at, at, recorder)


def steady_line(takers: int, **more: float) -> CallLine:
    """Everybody talks for exactly 60 s, is picked up after 1 s, needs no more time and waits for ever."""
    exact = {"pick_up_median": 1.0, "pick_up_spread": 0.0, "talk_median": 60.0, "talk_spread": 0.0}
    patient = {"wrap_up": 0.0, "patience_median": 1e6, "patience_spread": 0.0, "slips": 0.0}
    return LONDON.calls.line_999.model_copy(update={"call_takers": [takers] * 24, **exact, **patient, **more})


# Desks


def test_a_caller_waits_while_all_call_takers_talk() -> None:
    desk = Desk(city(), steady_line(2))
    answers = [desk.answer(NOON)[0] for _ in range(5)]
    assert [round((at - NOON) / SECOND) for at in answers if at is not None] == [1, 1, 62, 62, 123]


def test_a_caller_without_patience_gives_up_and_takes_nobodys_time() -> None:
    desk = Desk(city(), steady_line(1, patience_median=30.0))
    assert desk.answer(NOON)[0] == NOON + SECOND
    assert desk.answer(NOON) == (None, pytest.approx(NOON + 30 * SECOND))
    assert desk.answer(NOON + 61 * SECOND)[0] == NOON + 62 * SECOND


def test_waiting_is_what_queueing_theory_says() -> None:
    """One call-taker at 80 % use, chance callers, conversations of 60 s each: Pollaczek and Khinchine's mean wait."""
    line = steady_line(1, pick_up_median=0.001)
    desk, random, at, waits = Desk(city(), line), Random(2), float(NOON), []
    for _ in range(60_000):
        at += 75 * SECOND * random.expovariate(1.0)
        answered, _ = desk.answer(int(at))
        assert answered is not None
        waits.append((answered - at) / SECOND)
    # ρ / (2 (1 − ρ)) conversations.
    assert fmean(waits) == pytest.approx(60 * 0.8 / (2 * 0.2), rel=0.1)


def test_fewer_are_at_work_after_a_change_of_shift() -> None:
    changes = LONDON.model_copy(
        update={"shifts": LONDON.shifts.model_copy(update={"desks_on_handover": 0.5})}
    )
    before, after = parse_time("2010-03-03T14:59:00Z"), parse_time("2010-03-03T15:00:00Z")

    def at_once(at: int) -> int:
        desk = Desk(city(at, changes), steady_line(10))
        answers = (desk.answer(at)[0] for _ in range(20))
        return sum(answer == at + SECOND for answer in answers)

    assert (at_once(before), at_once(after), at_once(after + 25 * MINUTE)) == (10, 5, 10)


def test_half_as_many_call_takers_again_make_far_fewer_calls_late() -> None:
    def late(staff: float) -> float:
        line = LONDON.calls.line_999
        more = line.model_copy(update={"call_takers": [round(each * staff) for each in line.call_takers]})
        calls = LONDON.calls.model_copy(update={"line_999": more})
        return share_late(day(Random(1), NOON, hours=24, profile=LONDON.model_copy(update={"calls": calls})))

    assert late(1.0) > 4 * late(1.5)


def share_late(lines: Iterable[Line]) -> float:
    """Of 999 calls answered, those answered after 10 s."""
    begun, waits = {}, []
    for line in lines:
        event = decode(line.value)
        if event.fact.type == "call.presented" and event.fact.data["line"] == "999":
            begun[event.subject] = event.fact.time
        elif event.fact.type == "call.answered" and event.subject in begun:
            waits.append(event.fact.time - begun.pop(event.subject))
    return sum(wait > 10 * SECOND for wait in waits) / len(waits)


# Fleets


def fleet_of(number: int, **units: float) -> tuple[City, Fleet, list[Trip]]:
    """Barnet with so many units and an empty road."""
    share = share_of_work(BARNET)
    exact = {"by_shift": [number / share] * 3, "reserve": 0.0, "divert": 1.0, "staged": 0.0, **units}
    perfect = LONDON.recording.model_copy(update={"mistaken": 0.0})
    profile = LONDON.model_copy(update={"units": LONDON.units.model_copy(update=exact), "recording": perfect})
    of, arrived = city(profile=profile), list[Trip]()
    return of, Fleet(of, BARNET, arrived.append), arrived


def incident(of: City, grade: str) -> Incident:
    made = Incident(of.subject("CAD"), of.now, Origin(grade, wards_of(BARNET)[0]))  # type: ignore[arg-type]
    made.attended = True
    return made


def live(of: City, until: int) -> list[str]:
    """What is told up to then."""
    return [decode(line.value).fact.type for line in of.live(until)]


def test_an_incident_waits_until_a_unit_is_free_the_most_urgent_first() -> None:
    of, fleet, arrived = fleet_of(1)
    first, referred, soon = (incident(of, grade) for grade in "SRS")
    for each in (first, referred, soon):
        fleet.ask(each)
    assert (first.waits, referred.waits, soon.waits) == (False, True, True)
    live(of, NOON + 3 * HOUR)
    assert [trip.incident for trip in arrived] == [first]
    fleet.release(arrived[0].unit)
    assert (referred.waits, soon.waits) == (True, False)


def test_an_immediate_incident_takes_the_unit_of_another_which_waits_anew() -> None:
    of, fleet, _ = fleet_of(1)
    soon, immediate = incident(of, "S"), incident(of, "I")
    fleet.ask(soon)
    fleet.ask(immediate)
    assert (soon.trips, soon.waits) == ({}, True)
    assert list(immediate.trips) == [trip.unit for trip in immediate.trips.values()]
    assert "unit.diverted" in live(of, NOON + HOUR)


def test_a_reserve_is_kept_for_the_immediate() -> None:
    of, fleet, _ = fleet_of(10, reserve=0.2)
    others = [incident(of, "S") for _ in range(10)]
    for each in others:
        fleet.ask(each)
    assert sum(each.waits for each in others) == 2
    immediate = incident(of, "I")
    fleet.ask(immediate)
    assert not immediate.waits


def test_fewer_units_are_at_work_by_night_and_after_a_change() -> None:
    def strength(at: str) -> int:
        return Fleet(city(parse_time(at)), BARNET, lambda _: None).strength()

    evening, night, handover = (f"2010-03-03T{each}:00Z" for each in ("17:00", "03:00", "15:05"))
    assert strength(evening) > strength(night) > 1
    assert strength(evening) > strength(handover)


def test_nobody_is_sent_twice_and_no_more_than_there_are() -> None:
    of = city(profile=LONDON)
    attending = Attending(of)
    for _ in range(400):
        attending.open(Origin("I", wards_of(BARNET)[0]))
    out: set[str] = set()
    most = 0
    for line in of.live(NOON + 6 * HOUR):
        fact = decode(line.value).fact
        if fact.type == "unit.dispatched" and fact.recorded >= NOON:
            out.add(fact.data["unit"])
            most = max(most, len(out))
    assert most <= attending.fleets["Barnet"].strength() + 4


# Hours


def test_hours_and_weekdays_are_londons() -> None:
    summer = parse_time("2010-06-06T23:30:00Z")
    assert (hour_of(summer), weekday_of(summer)) == (0, 0)
    assert (hour_of(NOON), weekday_of(NOON)) == (12, 2)


@pytest.mark.parametrize(
    ("at", "following"),
    [
        ("2010-03-01T00:00:00Z", "2010-03-01T00:00:00Z"),
        ("2010-03-01T00:00:00.001Z", "2010-04-01T00:00:00+01:00"),
        ("2010-12-31T12:00:00Z", "2011-01-01T00:00:00Z"),
        ("2010-10-31T12:00:00Z", "2010-11-01T00:00:00Z"),
    ],
)
def test_the_next_month_begins_at_local_midnight(at: str, following: str) -> None:
    assert next_month(parse_time(at)) == parse_time(following)
    assert end_of_month(parse_time(following)) > parse_time(following) + 27 * 24 * HOUR


def test_shifts_change_by_local_time() -> None:
    rota = Rota(LONDON.shifts)
    summer = parse_time("2010-06-06T06:00:00+01:00")
    assert rota.shift(summer) == 2
    assert rota.next_change(summer) == parse_time("2010-06-06T07:00:00+01:00")
    assert rota.shift(rota.next_change(summer)) == 0
    assert rota.next_change(parse_time("2010-06-06T23:00:00+01:00")) == parse_time(
        "2010-06-07T07:00:00+01:00"
    )
