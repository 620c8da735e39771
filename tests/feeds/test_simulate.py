"""The simulated day: the same from the same seed, readable to the last line, and as imperfect as declared."""

import tracemalloc
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import islice, pairwise
from random import Random

import pytest

from feeds.simulation import places
from feeds.simulation.day import day, until
from feeds.simulation.parameters import Profile
from feeds.simulation.profile import load_profile
from feeds.simulation.writing import Line
from schemas.decoding import check_future, decode
from schemas.errors import Refused
from schemas.events import INPUT_TOPICS, OF_SOURCES, TYPES
from schemas.facts import Event, Fact
from schemas.times import HOUR, MINUTE, SECOND, format_time, parse_time

START = parse_time("2010-03-01T00:00:00Z")
LONDON = load_profile()
STARTS = {
    "call.presented", "incident.created", "message.received", "appointment.requested",
    "comment.received", "collision.reported", "crime.recorded", "ward.month_opened",
}  # fmt: skip


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


def but(**groups: dict[str, object]) -> Profile:
    """London with some numbers of some groups changed."""
    whole = LONDON.model_dump()
    for name, changed in groups.items():
        whole[name] |= changed
    return Profile.model_validate(whole)


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
    assert {event.topic for event in events()} == set(INPUT_TOPICS)


def test_every_type_of_calls_incidents_and_messages_occurs() -> None:
    slow = {name for name, type_ in TYPES.items() if type_.topics == ("pledge-contact",)}
    assert {event.fact.type for event in events()} >= set(TYPES) - slow - OF_SOURCES


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
        assert sum(1 for _ in islice(a_day(rate=4), 10_000)) == 10_000
        assert tracemalloc.get_traced_memory()[1] < 12_000_000
    finally:
        tracemalloc.stop()


def test_until_ends_the_day_with_subjects_still_open() -> None:
    cut = list(until(a_day(hours=1), START + HOUR))
    assert cut[-1].recorded <= START + HOUR < START + 2 * HOUR < lines()[-1].recorded


def test_each_subject_begins_once_and_first_but_for_the_disorder() -> None:
    begun = Counter(fact.type for facts in histories().values() for fact in facts if fact.type in STARTS)
    assert sum(begun.values()) == pytest.approx(len(histories()), rel=0.02)


def test_months_are_made_in_little_memory() -> None:
    """A city a hundredth of London's size for a month: what is held does not grow with what was told."""
    days = a_day(hours=24 * 30, rate=0.01, profile=but(contact={"case_closed": 1.0}))
    for _ in islice(days, 8_000):
        pass
    tracemalloc.start()
    try:
        assert sum(1 for _ in days) > 10_000
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_nothing_is_told_after_the_time_subjects_are_followed() -> None:
    told = list(a_day(hours=2, rate=0.2))
    assert START + 30 * HOUR < told[-1].recorded <= START + 50 * HOUR


def test_what_began_before_the_day_is_not_told_but_keeps_people_busy() -> None:
    found = [decode(line.value) for line in a_day(hours=1)]
    assert min(event.fact.time for event in found) >= START - 2 * SECOND - 60 * MINUTE
    assert not [event for event in found if "earlier" in event.subject]
    first = [e for e in found if e.fact.type == "call.answered" and e.fact.time < START + 10 * MINUTE]
    assert first


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


# The parameters: what is measured is what they say


def test_replies_within_24_hours() -> None:
    facts = [f for f in histories().values() if any(each.type == "message.received" for each in f)]
    replied = [
        f
        for f in facts
        if any(each.type == "message.responded" and each.data["kind"] == "reply" for each in f)
    ]
    # A few would reply after two days, and are not followed so long.
    assert len(replied) / len(facts) == pytest.approx(LONDON.messages.replied - 0.03, abs=0.03)


def test_grades_of_999_incidents() -> None:
    lines_of = {s: f[0].data.get("line") for s, f in histories().items() if s.startswith("CALL")}
    created = [e.fact for e in events() if e.fact.type == "incident.created" and "call" in e.fact.data]
    grades = Counter(fact.data["grade"] for fact in created if lines_of[fact.data["call"]] == "999")
    for grade, expected in LONDON.calls.line_999.grades.items():
        assert grades[grade] / grades.total() == pytest.approx(expected, abs=0.03)


def test_saturday_is_busier_than_tuesday() -> None:
    def presented(day_of_march: int) -> int:
        start = parse_time(f"2010-03-{day_of_march:02}T00:00:00Z")
        drawn = day(Random(4), start, profile=but(storms={"a_week": 0}), rate=0.3)
        return sum(b"call.presented" in line.value for line in drawn if line.recorded < start + 24 * HOUR)

    assert presented(6) > 1.08 * presented(2)


def test_a_disturbance_brings_calls_and_keeps_units_away() -> None:
    def calls(**storms: float) -> int:
        lines = a_day(hours=3, rate=0.3, profile=but(storms=storms))
        return sum(b"call.presented" in line.value for line in lines)

    assert calls(a_week=2_000.0, calls_mean=80.0) > 2 * calls(a_week=0.0)


# Slow promises


def test_a_month_of_slow_promises_has_every_type_of_them() -> None:
    few = dict.fromkeys(("calls_999", "calls_101", "on_view", "other_incidents", "messages"), 0.0)
    profile = but(volumes=few, storms={"a_week": 0.0})
    found = [decode(line.value) for line in a_day(hours=24 * 40, rate=0.1, profile=profile)]
    slow = {name for name, type_ in TYPES.items() if type_.topics == ("pledge-contact",)}
    assert {event.fact.type for event in found} == slow
    months = Counter(e.fact.data["month"] for e in found if e.fact.type == "ward.month_opened")
    assert set(months) == {"2010-03", "2010-04"}
    assert all(40 < number < 90 for number in months.values())


def test_a_ward_month_opens_at_local_midnight() -> None:
    profile = but(volumes=dict.fromkeys(LONDON.volumes.model_dump(), 0.0), storms={"a_week": 0.0})
    march = day(Random(1), parse_time("2010-03-20T00:00:00Z"), hours=24 * 20, rate=0.05, profile=profile)
    opened = {
        e.fact.time for e in (decode(line.value) for line in march) if e.fact.type == "ward.month_opened"
    }
    assert opened == {parse_time("2010-04-01T00:00:00+01:00")}


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
    recording = LONDON.recording
    assert len(repeated()) / len(events()) == pytest.approx(
        recording.repeated + recording.rerecorded, rel=0.2
    )
    said = Counter((e.subject, e.fact.type, e.fact.time, repr(e.fact.data)) for e in events())
    renumbered = sum(said.values()) - len(said) - len(repeated())
    assert renumbered / len(events()) == pytest.approx(recording.renumbered, rel=0.4)


def test_late_arrivals_are_there_at_their_rate() -> None:
    arrivals = [e.fact for e in events() if e.fact.type == "unit.arrived"]
    late = [fact for fact in arrivals if fact.recorded - fact.time > MINUTE]
    assert len(late) / len(arrivals) == pytest.approx(LONDON.recording.late, abs=0.015)


def test_some_subjects_lack_their_first_record_and_some_arrivals_come_before_it() -> None:
    kinds = {subject: {fact.type for fact in facts} for subject, facts in histories().items()}
    assert 1 <= sum(not types & STARTS for types in kinds.values()) < 0.002 * len(kinds)
    early = [each for each in elapsed("incident.created", "unit.arrived") if each < -2]
    assert 1 <= len(early) < 30


def test_arrivals_are_keyed_in_bulk_when_the_shift_has_ended() -> None:
    neither = dict.fromkeys(("repeated", "rerecorded", "renumbered", "mistaken"), 0.0)
    profile = but(recording={**neither, "bulk": 1.0}, silences={"a_week": 0.0})
    lines = a_day(hours=9, profile=profile, rate=0.2)
    arrivals = [e.fact for e in (decode(line.value) for line in lines) if e.fact.type == "unit.arrived"]
    keyed = Counter(fact.recorded // HOUR - START // HOUR for fact in arrivals)
    assert set(keyed) <= {7, 15, 23}
    assert keyed[7] > 10


def test_records_are_overtaken_by_the_next_of_their_subject() -> None:
    latest: dict[str, int] = {}
    overtaken = 0
    for event in events():
        overtaken += event.fact.time < latest.get(event.subject, 0)
        latest[event.subject] = max(latest.get(event.subject, 0), event.fact.time)
    # A record held up is overtaken only if another of its subject comes soon.
    assert overtaken / len(events()) > 0.3 * LONDON.recording.disordered


def test_withdrawals_name_a_record_of_their_own_subject_and_source() -> None:
    ids = {(e.subject, e.fact.source, e.fact.id) for e in events()}
    withdrawals = [e for e in events() if e.fact.type == "event.withdrawn"]
    assert len(withdrawals) > 10
    assert all((e.subject, e.fact.source, e.fact.data["event"]) in ids for e in withdrawals)


def test_a_perfect_control_room_has_no_imperfections() -> None:
    none = {
        name: 0.0
        for name in LONDON.recording.model_dump()
        if not name.endswith(("_median", "_mean", "_minutes"))
    }
    perfect = but(recording=none, silences={"a_week": 0.0})
    found = [decode(line.value) for line in a_day(hours=2, profile=perfect)]
    # Only who came upon an incident may be there before it was created.
    assert all(0 <= event.fact.recorded - event.fact.time <= 1_500 for event in found)
    assert sum(event.fact.recorded != event.fact.time for event in found) < 20
    assert len({(event.fact.source, event.fact.id) for event in found}) == len(found)


# Poison, silences, heartbeats


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


def promises_kept(lines: Iterator[Line]) -> Counter[str]:
    """Heartbeats by topic; none may promise what is then broken."""
    sent: dict[str, int] = {}
    beats: Counter[str] = Counter()
    for line in lines:
        event = decode(line.value, line.topic)
        if event.fact.type == "source.heartbeat":
            beats[line.topic] += 1
            assert line.everywhere and line.key == event.fact.source
            sent[line.topic] = max(sent.get(line.topic, 0), event.fact.data["through"])
        else:
            assert event.fact.recorded > sent.get(line.topic, 0)
    return beats


def test_heartbeats_promise_what_has_been_sent() -> None:
    steady = but(silences={"a_week": 0.0})
    beats = promises_kept(a_day(hours=1, heartbeat=10 * SECOND, profile=steady))
    assert set(beats) == set(INPUT_TOPICS)
    assert set(beats.values()) == {420}


def test_a_silent_feed_says_nothing_and_then_tells_what_it_kept() -> None:
    often = but(silences={"a_week": 200.0, "minutes_median": 20.0})
    lines = list(a_day(hours=6, heartbeat=10 * SECOND, rate=0.3, profile=often))
    beats = promises_kept(iter(lines))
    assert all(100 < number < 2_000 for number in beats.values())
    gaps = longest_silences(lines)
    assert all(gap > 10 * MINUTE for gap in gaps.values())
    whole = sum(1 for _ in a_day(hours=6, rate=0.3, profile=but(silences={"a_week": 0.0})))
    assert len(lines) - beats.total() == pytest.approx(whole, rel=0.05)


def longest_silences(lines: list[Line]) -> dict[str, int]:
    """By topic, the longest time (ms) nothing was recorded within the six hours."""
    times: dict[str, list[int]] = defaultdict(list)
    for line in lines:
        if line.recorded < START + 6 * HOUR:
            times[line.topic].append(line.recorded)
    return {topic: max(b - a for a, b in pairwise(found)) for topic, found in times.items()}
