"""The simulated day: the same from the same seed, readable to the last line, and as imperfect as declared."""

import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import fields, replace
from functools import cache
from itertools import islice, pairwise
from random import Random
from statistics import mean

import pytest

from feeds.simulation import places, rates
from feeds.simulation.city import City
from feeds.simulation.day import day, until
from feeds.simulation.incidents import first_arrival
from feeds.simulation.rates import Rates, RecordingRates
from feeds.simulation.units import attend
from feeds.simulation.writing import Line
from schemas.decoding import check_future, decode
from schemas.errors import Refused
from schemas.events import OF_SOURCES, TYPES
from schemas.facts import Event, Fact
from schemas.times import HOUR, MINUTE, SECOND, format_time, parse_time

START = parse_time("2010-03-01T00:00:00Z")


def a_day(seed: int = 1, **more: object) -> Iterator[Line]:
    return day(Random(seed), START, seed=seed, **more)  # type: ignore[arg-type]


@cache
def lines() -> list[Line]:
    return list(a_day())


@cache
def events() -> list[Event]:
    return [decode(line.value, line.topic) for line in lines()]


@cache
def histories() -> dict[str, list[Fact]]:
    """By subject, what stands: without the withdrawn."""
    found = defaultdict(list)
    for event in events():
        found[event.subject].append(event.fact)
    for facts in found.values():
        gone = {fact.data["event"] for fact in facts if fact.type == "event.withdrawn"}
        facts[:] = sorted((fact for fact in facts if fact.id not in gone), key=lambda fact: fact.time)
    return found


def elapsed(start: str, stop: str, **of_start: object) -> list[float]:
    """Seconds from each first `start` with such data to the first `stop` of its subject."""
    found = []
    for facts in histories().values():
        begun = next((each for each in facts if each.type == start), None)
        ended = next((each for each in facts if each.type == stop), None)
        if begun and ended and of_start.items() <= begun.data.items():
            found.append((ended.time - begun.time) / SECOND)
    return found


def share(found: list[float], limit: float) -> float:
    return sum(each <= limit for each in found) / len(found)


# The day as a whole


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert [line.value for line in islice(a_day(), 5_000)] == [line.value for line in lines()[:5_000]]


def test_another_seed_gives_another_day_with_other_subjects() -> None:
    other = {line.key for line in islice(a_day(2), 5_000)}
    assert not other & {line.key for line in lines()}


def test_a_day_has_60_to_100_thousand_events() -> None:
    assert 60_000 < len(lines()) < 100_000


def test_rate_multiplies_the_day() -> None:
    assert sum(1 for _ in a_day(rate=0.1)) == pytest.approx(len(lines()) / 10, rel=0.1)


def test_every_line_decodes_with_nothing_dropped_and_on_its_topic() -> None:
    assert all(event.dropped == 0 for event in events())
    assert {event.topic for event in events()} == {"call-answer", "dispatch", "arrival", "snt-message"}


def test_every_type_of_calls_incidents_and_messages_occurs() -> None:
    slow = {name for name, type_ in TYPES.items() if type_.topics == ("pledge-contact",)}
    assert {event.fact.type for event in events()} == set(TYPES) - slow - OF_SOURCES


def test_lines_come_in_order_of_recording_and_say_so_truly() -> None:
    assert all(one.recorded <= other.recorded for one, other in pairwise(lines()))
    assert [line.recorded for line in lines()] == [event.fact.recorded for event in events()]
    written = (
        format_time(event.fact.time).encode() in line.value
        for line, event in zip(lines(), events(), strict=True)
    )
    assert all(written)


def test_nothing_happens_after_it_is_recorded_beyond_the_clocks_error() -> None:
    assert max(event.fact.time - event.fact.recorded for event in events()) <= 2 * SECOND


def test_a_day_is_made_as_it_is_read() -> None:
    tracemalloc.start()
    try:
        assert sum(1 for _ in islice(a_day(rate=100), 10_000)) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


def test_until_ends_the_day_with_subjects_still_open() -> None:
    cut = list(until(a_day(hours=1), START + HOUR))
    assert cut[-1].recorded <= START + HOUR < START + 2 * HOUR < lines()[-1].recorded


def test_each_subject_begins_once_and_first_but_for_the_disorder() -> None:
    starts = {"call.presented", "incident.created", "message.received"}
    begun = Counter(fact.type for facts in histories().values() for fact in facts if fact.type in starts)
    assert sum(begun.values()) == pytest.approx(len(histories()), rel=0.02)


# Places


def test_london_has_32_boroughs_and_630_wards() -> None:
    assert len(places.BOROUGHS) == 32
    assert len({place.ward for place in places.WARDS}) == 630


def test_busy_boroughs_have_more_calls() -> None:
    by_borough = Counter(
        event.fact.data.get("borough") for event in events() if event.fact.type == "call.presented"
    )
    assert len(by_borough) == 32
    assert by_borough["Westminster"] > 3 * by_borough["Richmond upon Thames"]


def test_evenings_are_busier_than_the_small_hours() -> None:
    hours = Counter((e.fact.time - START) // HOUR for e in events() if e.fact.type == "call.presented")
    assert hours[18] > 2.5 * hours[4]


# The rates: what is measured is what the parameters say


def test_999_answered_within_10_s() -> None:
    found = elapsed("call.presented", "call.answered", line="999")
    assert share(found, 10) == pytest.approx(Rates().calls.answered_999_in_10s, abs=0.02)


def test_101_answered_within_30_s() -> None:
    found = elapsed("call.presented", "call.answered", line="101")
    assert share(found, 30) == pytest.approx(Rates().calls.answered_101_in_30s, abs=0.02)


def test_abandoned_calls() -> None:
    for line, expected in (("999", Rates().calls.abandoned_999), ("101", Rates().calls.abandoned_101)):
        presented = [e for e in events() if e.fact.type == "call.presented" and e.fact.data["line"] == line]
        assert len(elapsed("call.presented", "call.abandoned", line=line)) / len(presented) == pytest.approx(
            expected, abs=0.01
        )


def test_first_units_of_immediate_incidents_arrive_after_11_minutes_in_the_mean() -> None:
    city = City(Random(3), Rates(), "TEST")
    found = [first_arrival(attend(city, "CAD-1", city.somewhere(), "I", 0)) for _ in range(12_000)]
    assert mean(each for each in found if each is not None) / MINUTE == pytest.approx(11.1, abs=0.7)


def test_soon_incidents_are_attended_within_the_hour_for_about_four_in_five() -> None:
    attended = [each for each in elapsed("incident.created", "unit.arrived", grade="S") if each > 60]
    assert share(attended, 3600) == pytest.approx(0.81, abs=0.05)


def test_replies_within_24_hours() -> None:
    facts = [f for f in histories().values() if any(each.type == "message.received" for each in f)]
    found = []
    for history in facts:
        start = next(each for each in history if each.type == "message.received")
        replies = [f.time for f in history if f.type == "message.responded" and f.data["kind"] == "reply"]
        found += [(min(replies) - start.time) / SECOND] if replies else []
    assert len(found) / len(facts) == pytest.approx(Rates().messages.replied, abs=0.02)
    assert share(found, 24 * 3600) == pytest.approx(Rates().messages.replied_in_24h, abs=0.03)


def test_grades_of_999_incidents() -> None:
    lines_of = {s: f[0].data.get("line") for s, f in histories().items() if s.startswith("CALL")}
    created = [e.fact for e in events() if e.fact.type == "incident.created" and "call" in e.fact.data]
    grades = Counter(fact.data["grade"] for fact in created if lines_of[fact.data["call"]] == "999")
    for grade, expected in Rates().incidents.grades_of_999.items():
        assert grades[grade] / grades.total() == pytest.approx(expected, abs=0.03)


# The imperfections


def repeated() -> list[Event]:
    seen: set[tuple[str, str]] = set()
    again = []
    for event in events():
        key = (event.fact.source, event.fact.id)
        again += [event] if key in seen else []
        seen.add(key)
    return again


def test_doubled_records_are_there_at_their_rate() -> None:
    recording = Rates().recording
    assert len(repeated()) / len(events()) == pytest.approx(
        recording.repeated + recording.rerecorded, rel=0.2
    )
    said = Counter((e.subject, e.fact.type, e.fact.time, repr(e.fact.data)) for e in events())
    renumbered = sum(said.values()) - len(said) - len(repeated())
    assert renumbered / len(events()) == pytest.approx(recording.renumbered, rel=0.4)


def test_late_arrivals_are_there_at_their_rate() -> None:
    arrivals = [e.fact for e in events() if e.fact.type == "unit.arrived"]
    late = [fact for fact in arrivals if fact.recorded - fact.time > MINUTE]
    assert len(late) / len(arrivals) == pytest.approx(Rates().recording.late, abs=0.015)


def test_some_subjects_lack_their_first_record_and_some_arrivals_come_before_it() -> None:
    starts = {"call.presented", "incident.created", "message.received"}
    kinds = {subject: {fact.type for fact in facts} for subject, facts in histories().items()}
    assert 1 <= sum(not types & starts for types in kinds.values()) < 0.002 * len(kinds)
    early = [each for each in elapsed("incident.created", "unit.arrived") if each < -2]
    assert 1 <= len(early) < 30


def test_records_are_overtaken_by_the_next_of_their_subject() -> None:
    latest: dict[str, int] = {}
    overtaken = 0
    for event in events():
        overtaken += event.fact.time < latest.get(event.subject, 0)
        latest[event.subject] = max(latest.get(event.subject, 0), event.fact.time)
    assert overtaken / len(events()) > Rates().recording.disordered


def test_withdrawals_name_a_record_of_their_own_subject_and_source() -> None:
    ids = {(e.subject, e.fact.source, e.fact.id) for e in events()}
    withdrawals = [e for e in events() if e.fact.type == "event.withdrawn"]
    assert len(withdrawals) > 10
    assert all((e.subject, e.fact.source, e.fact.data["event"]) in ids for e in withdrawals)


def test_a_perfect_control_room_has_no_imperfections() -> None:
    none = {
        each.name: 0.0 for each in fields(RecordingRates) if each.name not in {"late_median", "late_spread"}
    }
    perfect = replace(Rates(), recording=RecordingRates(**{**none, "late_median": 1.0}))
    found = [decode(line.value) for line in a_day(hours=2, rates=perfect)]
    # Only who came upon an incident may be there before it was created.
    assert all(0 <= event.fact.recorded - event.fact.time <= 1_500 for event in found)
    assert sum(event.fact.recorded != event.fact.time for event in found) < 20
    assert len({(event.fact.source, event.fact.id) for event in found}) == len(found)


# Parameters, poison, heartbeats


def test_every_parameter_says_what_it_is() -> None:
    groups = (
        rates.Volumes,
        rates.CallRates,
        rates.GradeRates,
        rates.IncidentRates,
        rates.MessageRates,
        RecordingRates,
    )
    assert all(each.metadata["about"] for group in groups for each in fields(group))


def test_poison_is_refused_of_every_kind_and_leaves_the_rest_as_it_was() -> None:
    poisoned = list(a_day(hours=1, poison=18))
    clean = {line.value for line in a_day(hours=1)}
    reasons = Counter(reason_of(line) for line in poisoned if line.value not in clean)
    assert reasons == {
        "not-json": 4, "missing-field": 2, "bad-time": 2, "unknown-type": 2,
        "time-in-future": 2, "not-cloudevent": 2, "bad-field": 2, "wrong-kind": 2,
    }  # fmt: skip


def reason_of(line: Line) -> str:
    try:
        check_future(decode(line.value, line.topic), line.recorded)
    except Refused as refused:
        return refused.reason
    return "readable"


def test_heartbeats_promise_what_has_been_sent() -> None:
    sent: dict[str, int] = {}
    beats = 0
    for line in a_day(hours=1, heartbeat=10 * SECOND):
        event = decode(line.value, line.topic)
        if event.fact.type == "source.heartbeat":
            beats += 1
            assert line.everywhere and line.key == event.fact.source
            sent[line.topic] = event.fact.data["through"]
        else:
            assert event.fact.recorded > sent.get(line.topic, 0)
    assert beats >= 4 * 360
