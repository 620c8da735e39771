"""When a shard says things: at the moment that fired them, or when it is told to; with feeds and without (P5, S6)."""

import pytest
from msgspec.structs import replace

from clocks.feeds import Feed
from clocks.saying import AT_RISK, UNRESOURCED, VERDICT, ClockState, Revision, Said
from clocks.shard import Shard
from clocks.silence import BACK, SILENT
from schemas.facts import Event, Fact
from schemas.times import DAY, HOUR, MINUTE, SECOND
from tests.clocks.histories import PACK, ZERO, an_event

FEED = Feed(source="test", topic="call-answer", silence=MINUTE)
LATER = ZERO + DAY
CREATED = an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I"})


def calls(*lines: str) -> list[Event]:
    return [
        an_event(f"CALL-{number}", "call.presented", 0, 0, f"c{number}", {"line": line})
        for number, line in enumerate(lines)
    ]


def beat(at: int) -> Event:
    return Event("test", "call-answer", Fact("test", f"b{at}", "source.heartbeat", ZERO + at, ZERO + at, {}))


def brief(said: list[Said]) -> list[tuple[str, str, int, int]]:
    return [(each.subject, each.verdict, each.about - ZERO, each.said_at - ZERO) for each in said]


@pytest.mark.parametrize(("said_at", "expected"), [(None, 13 * MINUTE), (LATER, DAY)])
def test_evidence_is_told_when_it_was_recorded_or_when_one_says_so(
    said_at: int | None, expected: int
) -> None:
    shard = Shard(PACK)
    shard.fold([CREATED])
    shard.advance("CAD", ZERO + 12 * MINUTE + 1)
    arrived = an_event("CAD-1", "unit.arrived", 11 * MINUTE, 2 * MINUTE, 2, {"unit": "GD1"})
    assert brief(shard.fold([arrived], said_at)) == [("CAD-1", "met", 13 * MINUTE, expected)]


def test_of_a_batch_the_latest_recording_is_the_cause_in_whatever_order_it_comes() -> None:
    shard = Shard(PACK)
    shard.fold([CREATED])
    shard.advance("CAD", ZERO + 12 * MINUTE + 1)
    batch = [
        an_event("CAD-1", "unit.arrived", 11 * MINUTE, 5 * MINUTE, 2, {"unit": "GD1"}),
        an_event("CAD-1", "unit.dispatched", 5 * MINUTE, 8 * MINUTE, 3, {"unit": "GD1"}),
    ]
    assert brief(shard.fold(batch)) == [("CAD-1", "met", 16 * MINUTE, 16 * MINUTE)]


@pytest.mark.parametrize(
    ("said_at", "moments"), [(None, [10_001, 30_001, 60_001, 60_001]), (LATER, [DAY] * 4)]
)
def test_a_silence_and_the_deadlines_before_it_are_told_in_order(
    said_at: int | None, moments: list[int]
) -> None:
    shard = Shard(PACK, [FEED])
    shard.fold(calls("999", "101"))
    said = shard.advance("CALL", ZERO + 10 * MINUTE, said_at)
    assert brief(said) == [
        ("CALL-0", "breached", 10 * SECOND, moments[0]),
        ("CALL-1", "breached", 30 * SECOND, moments[1]),
        ("CALL-0", "unverifiable", 60_001, moments[2]),
        ("CALL-1", "unverifiable", 60_001, moments[3]),
    ]
    assert [news.said_at - ZERO for news in shard.feeds.take_news()] == [moments[2]]


def test_silences_one_after_the_other_lose_no_word() -> None:
    patient = Feed(source="other", topic="call-answer", silence=5 * MINUTE)
    shard = Shard(PACK, [FEED, patient])
    one, two = calls("999", "999")
    shard.fold([one, two._replace(fact=replace(two.fact, source="other"))])
    assert [each[:3] for each in brief(shard.advance("CALL", ZERO + HOUR))] == [
        ("CALL-0", "breached", 10 * SECOND),
        ("CALL-1", "breached", 10 * SECOND),
        ("CALL-0", "unverifiable", 60_001),
        ("CALL-1", "unverifiable", 300_001),
    ]


def test_a_feed_that_falls_silent_does_so_before_what_falls_due_at_once() -> None:
    shard = Shard(PACK, [Feed(source="test", topic="call-answer", silence=10 * SECOND)])
    shard.fold(calls("999"))
    assert brief(shard.advance("CALL", ZERO + HOUR)) == [("CALL-0", "unverifiable", 10_001, 10_001)]


@pytest.mark.parametrize(("said_at", "expected"), [(None, 10 * MINUTE), (LATER, DAY)])
def test_what_a_feed_tells_after_its_silence_is_told_with_it(said_at: int | None, expected: int) -> None:
    shard = Shard(PACK, [FEED])
    shard.fold(calls("999"))
    shard.advance("CALL", ZERO + 5 * MINUTE)
    shard.feeds.take_news()
    promise = beat(10 * MINUTE)
    promise.fact.data["through"] = ZERO + 10 * MINUTE
    assert brief(shard.fold([promise], said_at)) == [("CALL-0", "breached", 10 * MINUTE, expected)]
    assert [(news.news, news.said_at - ZERO) for news in shard.feeds.take_news()] == [(BACK, expected)]


def test_while_one_cannot_be_told_of_another_is() -> None:
    shard = Shard(PACK, [FEED])
    shard.fold(calls("999"))
    shard.advance("CALL", ZERO + HOUR)
    told = [
        an_event("CALL-5", "call.presented", HOUR, 0, 5, {"line": "999"}),
        an_event("CALL-5", "call.answered", HOUR, 0, 6, {}),
    ]
    elsewhere = [event._replace(fact=replace(event.fact, source="other")) for event in told]
    assert brief(shard.fold(elsewhere)) == [("CALL-5", "met", HOUR, HOUR)]


def test_a_silence_that_a_record_makes_known_is_told_of_the_moment_it_began() -> None:
    shard = Shard(PACK, [FEED])
    shard.fold(calls("999"))
    shard.advance("CALL", ZERO + 30 * SECOND)
    assert brief(shard.fold([beat(10 * MINUTE)])) == [("CALL-0", "unverifiable", 60_001, 10 * MINUTE)]


def test_a_shard_announces_the_feeds_that_are_its_own() -> None:
    told = {}
    for ours in (True, False):
        shard = Shard(PACK, [FEED], lambda feed, ours=ours: (feed == FEED) is ours)
        shard.fold([beat(0)])
        shard.advance("CALL", ZERO + HOUR)
        told[ours] = [news.news for news in shard.feeds.take_news()]
    assert told == {True: [SILENT], False: []}


def test_what_fires_next_may_be_a_silence() -> None:
    shard = Shard(PACK, [FEED])
    assert shard.next_moment("CALL") is None
    shard.fold([beat(0)])
    assert shard.next_moment("CALL") == ZERO + 60_001
    shard.fold(calls("999"))
    assert shard.next_moment("CALL") == ZERO + 10_001
    shard.advance("CALL", ZERO + 10_001)
    assert shard.next_moment("CALL") == ZERO + 60_001


def test_a_subject_is_forgotten_by_what_the_same_batch_says_of_it() -> None:
    """An open case is held; closed, it is held till 8 days after its month, and what comes later begins anew."""
    shard = Shard(PACK)
    shard.fold([an_event("CASE-1", "crime.recorded", 0, 0, 1, {})])
    closed = an_event("CASE-1", "case.closed", DAY, 0, 2, {})
    shard.fold([closed, an_event("CASE-1", "crime.recorded", 60 * DAY, 0, 3, {})])
    assert [view.finding.start for view in shard.clocks("CASE-1") if view.finding] == [ZERO + 60 * DAY]


def test_what_no_rule_reads_is_counted() -> None:
    shard = Shard(PACK)
    shard.fold(an_event("CALL-1", "call.concluded", 0, 0, number, {}) for number in range(3))
    assert shard.unread == 3


def test_what_stands_beside_the_subjects_in_the_ledger_is_left_alone() -> None:
    shard = Shard(PACK)
    shard.restore("board/anything", b"not a subject")
    assert len(shard) == 0


def test_what_was_said_is_kept_with_its_reason() -> None:
    shard = Shard(PACK)
    shard.fold([CREATED, *calls("999")])
    shard.advance_all(ZERO + MINUTE)
    shard.fold([an_event("CAD-1", "incident.cancelled", MINUTE, 0, 2, {})])
    shard.fold([an_event("CALL-0", "event.withdrawn", MINUTE, 0, 3, {"event": "ec0"})])
    told = {view.subject: [(each.verdict, each.reason) for each in view.said] for view in shard.clocks()}
    assert told == {
        "CAD-1": [("excluded", "cancelled")],
        "CALL-0": [("breached", None), ("excluded", "never-ran")],
    }


def test_a_late_stop_corrects_nothing_and_good_news_nobody_waits_for_is_brief() -> None:
    shard = Shard(PACK)
    shard.fold(calls("999"))
    shard.advance("CALL", ZERO + MINUTE)
    (stopped,) = shard.fold([an_event("CALL-0", "call.answered", MINUTE, 0, 2, {})])
    assert (stopped.kind, stopped.corrects, stopped.corrects_revision) == ("stopped", None, None)
    assert (stopped.clock, stopped.attributes) == ("CALL-0/call-999", {"line": "999"})

    quick = Shard(PACK)
    (met,) = quick.fold([*calls("999"), an_event("CALL-0", "call.answered", SECOND, 0, 2, {})])
    assert (met.verdict, met.news, met.attributes) == ("met", None, {})


def test_of_a_round_the_standard_is_told_without_its_number() -> None:
    shard = Shard(PACK)
    events = [("crime.recorded", 0), ("victim.updated", DAY)]
    (said,) = shard.fold(an_event("CASE-1", name, at, 0, at, {}) for name, at in events)
    assert (said.clock, said.standard) == ("CASE-1/victim-update#1", "victim-update")
    assert {view.standard for view in shard.clocks("CASE-1")} == {"victim-update"}


def test_what_is_known_only_when_its_time_has_come_was_never_at_risk() -> None:
    shard = Shard(PACK)
    shard.advance("CALL", ZERO + 10_001)
    assert brief(shard.fold(calls("999"))) == [("CALL-0", "breached", 10 * SECOND, 0)]
    shard.advance("CAD", ZERO + 12 * MINUTE + 1)
    assert AT_RISK not in {each.kind for each in shard.fold([CREATED])}


@pytest.mark.parametrize(
    ("kind", "verdict", "alarmed"),
    [
        (VERDICT, "met", False),
        (VERDICT, "excluded", False),
        (VERDICT, "breached", True),
        (VERDICT, "unverifiable", True),
        (AT_RISK, "running", True),
        (UNRESOURCED, "running", True),
    ],
)
def test_good_news_is_told_to_those_who_were_alarmed(kind: str, verdict: str, alarmed: bool) -> None:
    assert ClockState(said=[Revision(kind, verdict, 0, 0)]).alarmed() is alarmed
    assert not ClockState().alarmed()


def test_a_stage_was_said_where_that_stage_of_that_moment_was() -> None:
    state = ClockState(said=[Revision(AT_RISK, "running", 5, 5), Revision(UNRESOURCED, "running", 7, 7)])
    assert [state.said_at_risk(moment) for moment in (5, 7)] == [True, False]
