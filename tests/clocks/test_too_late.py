"""From when on a record is too late for a subject that is not held (S8): 8 days after its own last deadline."""

import pytest
from msgspec.structs import replace

from clocks.forgetting import KEPT, forgotten_already, too_late
from clocks.leaving import NEVER, Hours
from clocks.shard import Shard
from clocks.standard import Pack
from schemas.facts import Fact
from schemas.times import DAY, HOUR, MINUTE, parse_time
from tests.clocks.histories import PACK, ZERO, an_event

BY_AREA = replace(PACK.standards["attend-immediate"], limits={"urban": 5 * MINUTE, "rural": 90 * MINUTE})
IN_AREAS = replace(PACK, standards=PACK.standards | {"attend-immediate": BY_AREA})
LONGER = replace(BY_AREA, limit=3 * HOUR)
BEFORE = replace(PACK, standards={"attend-immediate": LONGER})
AFTER = replace(PACK, before=BEFORE, takes_effect=ZERO + 100 * DAY)
NOTHING_PROMISED = replace(PACK, standards={})


def fact(subject: str, name: str, recorded: int = 0) -> Fact:
    return replace(an_event(subject, name, 0, 0, 1, {}).fact, recorded=recorded)


def last_to_come(subject: str, name: str, pack: Pack) -> int:
    """The last moment (ms) of recording that is not too late, found by halves; less what every subject is kept."""
    kind, low, high = subject.partition("-")[0], ZERO, ZERO + 400 * DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if too_late(kind, fact(subject, name, middle), pack) else (middle, high)
    return low - KEPT


@pytest.mark.parametrize(
    ("subject", "name", "pack", "due"),
    [
        ("CALL-1", "call.answered", PACK, ZERO + 30_000),
        ("CAD-1", "incident.closed", PACK, ZERO + 60 * MINUTE),
        ("CAD-1", "incident.closed", IN_AREAS, ZERO + 90 * MINUTE),
        ("CAD-1", "incident.closed", BEFORE, ZERO + 3 * HOUR),
        ("CAD-1", "incident.closed", AFTER, ZERO + 3 * HOUR),
        ("CAD-1", "incident.closed", NOTHING_PROMISED, ZERO),
        ("CALL-1", "call.answered", AFTER, ZERO + 30_000),
        ("CASE-1", "victim.updated", PACK, parse_time("2009-11-24T23:00:00+00:00")),
        ("COMMENT-1", "comment.acknowledged", PACK, ZERO + DAY),
        ("RTC-1", "collision.contacted", PACK, parse_time("2009-11-06T23:59:59.999+00:00")),
        ("WARD-1", "meeting.held", PACK, parse_time("2009-11-24T23:00:00+00:00")),
    ],
)
def test_of_what_is_no_start_the_longest_limit_after_it_counts(
    subject: str, name: str, pack: Pack, due: int
) -> None:
    """ZERO is 23:00 of 24 October in London: a month on it is 23:00 there again, by another offset."""
    assert last_to_come(subject, name, pack) == due


@pytest.mark.parametrize(("age", "gone"), [(0, False), (12 * MINUTE, False), (12 * MINUTE + 1, True)])
def test_a_history_that_would_be_forgotten_by_now_is_not_begun(age: int, gone: bool) -> None:
    start = an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I"}).fact
    assert forgotten_already("CAD", start, PACK, ZERO + KEPT + age) is gone


@pytest.mark.parametrize(("age", "gone"), [(0, False), (1, True)])
def test_of_what_promises_nothing_its_recording_counts(age: int, gone: bool) -> None:
    assert forgotten_already("CAD", fact("CAD-1", "incident.closed", ZERO), PACK, ZERO + KEPT + age) is gone


# ---- held by a shard -------------------------------------------------------------------------------------------

TWO_STARTS = [
    an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I"}),
    an_event("CAD-1", "incident.created", DAY, 0, 2, {"grade": "S"}),
]
HELD = DAY + 60 * MINUTE + KEPT
"""The second start is not judged, but spoke of a later deadline."""


def two_starts() -> Shard:
    shard = Shard(PACK)
    shard.fold(TWO_STARTS)
    return shard


def test_a_shard_holds_a_subject_to_the_hour_after_its_last_deadline() -> None:
    shard = two_starts()
    hour = (ZERO + HELD) // HOUR * HOUR + HOUR
    for now in (ZERO + DAY + KEPT + HOUR, hour - 1):
        shard.advance("CAD", now)
        assert "CAD-1" in shard
    assert shard.next_leaving("CAD") == hour
    shard.advance("CAD", hour)
    assert "CAD-1" not in shard
    assert shard.next_moment("CAD") is None


@pytest.mark.parametrize(("after", "starts"), [(0, 3), (1, 1)])
def test_what_comes_by_then_joins_it_and_what_comes_after_begins_anew(after: int, starts: int) -> None:
    shard = two_starts()
    shard.fold([an_event("CAD-1", "incident.created", HELD + after, 0, 3, {"grade": "I"})])
    assert (shard.save("CAD-1") or b"").count(b"incident.created") == starts


def test_a_case_that_is_still_open_is_looked_at_a_day_later() -> None:
    shard = Shard(PACK)
    shard.fold([an_event("CASE-1", "crime.recorded", 0, 0, 1, {})])
    now = ZERO + 40 * DAY
    shard.advance("CASE", now)
    assert "CASE-1" in shard
    assert shard.next_leaving("CASE") == (now + DAY) // HOUR * HOUR + HOUR


def test_one_that_left_on_the_way_keeps_no_other_from_leaving() -> None:
    shard = Shard(PACK)
    calls = [
        an_event(f"CALL-{number}", "call.presented", 0, 0, number, {"line": "999"}) for number in range(3)
    ]
    shard.fold(calls)
    shard.fold(
        [an_event("CALL-0", "call.answered", 0, 20 * DAY, 9, {})]
    )  # too late: only its last words are said
    assert len(shard.take_too_late()) == 1
    for days in (9, 10):
        shard.advance("CALL", ZERO + days * DAY)
    assert len(shard) == 0


def test_what_is_to_leave_in_one_hour_leaves_together() -> None:
    hours = Hours()
    for name, moment in (("late", HOUR), ("early", 5), ("in between", HOUR - 1)):
        hours.add(name, moment)
    assert (hours.earliest, hours.pop(HOUR - 1, 9)) == (HOUR, [])
    assert hours.pop(HOUR, 9) == ["early", "in between"]
    assert (hours.earliest, hours.pop(2 * HOUR, 9), hours.earliest) == (2 * HOUR, ["late"], NEVER)


@pytest.mark.parametrize(("early", "held"), [(1, 1), (0, 0)])
def test_time_of_all_kinds_forgets_on_the_hour_too(early: int, held: int) -> None:
    shard = Shard(PACK)
    shard.fold([an_event("CALL-1", "call.presented", 0, 0, 1, {"line": "999"})])
    shard.advance_all(ZERO + KEPT + HOUR - early)
    assert len(shard) == held
