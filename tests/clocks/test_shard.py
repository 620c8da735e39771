"""What a shard says and keeps, where a scenario file cannot show it."""

import pytest

from clocks import judging
from clocks.announcing import announcement, announcement_id, encoded
from clocks.replaying import play, play_out, play_until
from clocks.shard import Shard
from schemas.announcements import Announcement
from schemas.facts import Event
from schemas.ledger import LedgerRecord
from schemas.times import MINUTE, SECOND
from tests.clocks.histories import PACK, ZERO, an_event


def incident(at: int, name: str, number: int, late: int = 0, subject: str = "CAD-1", **data) -> Event:
    return an_event(subject, name, at, late, number, data)


CREATED = incident(0, "incident.created", 1, grade="I", borough="Hackney", ward="Dalston", vulnerable=True)
LATE_KEYED = incident(11 * MINUTE, "unit.arrived", 2, late=4 * MINUTE, unit="GD21")


def said_of(*events: Event) -> tuple[Shard, list]:
    shard = Shard(PACK)
    return shard, [*play(shard, events), *play_out(shard)]


def test_news_is_a_cloudevent_its_readers_understand():
    _, said = said_of(CREATED, LATE_KEYED)
    news = [Announcement.model_validate_json(encoded(each, PACK, settle=0)) for each in said if each.news]

    assert [each.type for each in news] == [
        "incident.unresourced",
        "clock.at_risk",
        "clock.breached",
        "clock.met",
    ]
    breached, met = news[2:]
    assert breached.subject == "CAD-1/attend-immediate"
    assert breached.data.due == breached.time == "2009-10-24T22:12:00.000Z"
    assert breached.data.attributes["borough"] == "Hackney"
    assert breached.data.attributes["flags"] == ["vulnerable"]
    assert met.data.corrects == breached.id == announcement_id("CAD-1/attend-immediate", 3)
    assert met.data.corrects_verdict == "breached"
    assert met.data.evidence == ("e1", "e2")
    assert met.data.evidence_late_ms == 4 * MINUTE
    assert met.data.elapsed_ms == 11 * MINUTE


def test_good_news_is_no_news_where_nobody_was_alarmed():
    _, said = said_of(CREATED, incident(MINUTE, "unit.arrived", 2, unit="GD21"))

    assert [(each.verdict, each.news) for each in said] == [("met", None)]


def test_a_breach_that_stops_tells_by_how_much_and_again_if_that_changes():
    late = incident(15 * MINUTE, "unit.arrived", 2, unit="GD21")
    earlier = incident(14 * MINUTE, "unit.arrived", 3, late=5 * MINUTE, unit="GD22")
    gone = incident(14 * MINUTE, "event.withdrawn", 4, late=6 * MINUTE, event="e3")
    gone_too = incident(15 * MINUTE, "event.withdrawn", 5, late=7 * MINUTE, event="e2")
    _, said = said_of(CREATED, late, earlier, gone, gone_too)

    breached = [each for each in said if each.verdict == "breached" and each.kind != "un-resourced"]
    stops = [(each.news, each.stop and each.stop - ZERO) for each in breached]
    assert stops == [
        ("clock.breached", None),
        ("clock.stopped", 15 * MINUTE),
        ("clock.stopped", 14 * MINUTE),
        ("clock.stopped", 15 * MINUTE),
        ("clock.breached", None),
    ]


def test_an_announcement_of_long_ago_is_late():
    keyed_next_day = incident(0, "incident.created", 1, late=60 * 24 * MINUTE, grade="I")
    _, said = said_of(keyed_next_day)
    breached = next(each for each in said if each.verdict == "breached")

    assert not announcement(breached, PACK, settle=0)["data"]["late"]
    slow = breached._replace(said_at=breached.about + PACK.page_within)
    assert not announcement(slow, PACK, settle=0)["data"]["late"]
    slower = breached._replace(said_at=breached.about + PACK.page_within + 1)
    assert announcement(slower, PACK, settle=0)["data"]["late"]


def test_the_delay_counts_from_the_breach_and_settle():
    _, said = said_of(CREATED)
    breached = next(each for each in said if each.verdict == "breached")
    told = announcement(breached._replace(said_at=breached.said_at + SECOND + 7), PACK, settle=SECOND)

    assert told["data"]["delay_ms"] == 7


def test_a_subject_that_cannot_be_judged_is_unverifiable_and_harms_no_other(monkeypatch):
    shard = Shard(PACK)
    list(play(shard, [CREATED, incident(0, "incident.created", 9, subject="CAD-2", grade="I")]))
    shard.take_failures()

    def broken(facts, pack):
        if any(fact.type == "incident.chased" for fact in facts):
            raise ValueError("a rule fell over")
        return judge(facts, pack)

    judge = judging.JUDGES["CAD"]
    monkeypatch.setitem(judging.JUDGES, "CAD", broken)
    said = shard.fold([incident(MINUTE, "incident.chased", 3)])

    assert [(each.clock, each.verdict, each.reason) for each in said] == [
        ("CAD-1/attend-immediate", "unverifiable", "judge-failed")
    ]
    (failure,) = shard.take_failures()
    assert (failure.subject, str(failure.error)) == ("CAD-1", "a rule fell over")
    assert {each.clock for each in play_until(shard, ZERO + 13 * MINUTE)} == {"CAD-2/attend-immediate"}


def test_a_full_history_makes_its_clocks_unverifiable():
    chased = [incident(number, "incident.chased", number + 10) for number in range(600)]
    shard, _ = said_of(CREATED, *chased)
    (view,) = shard.clocks("CAD-1")

    assert (view.verdict, view.reason) == ("unverifiable", "history-full")


def test_a_saved_subject_names_the_pack_its_version_and_that_of_the_rules():
    shard, _ = said_of(CREATED)
    record = LedgerRecord.model_validate_json(shard.save("CAD-1"))

    assert (record.pack, record.pack_version, record.rules) == (PACK.id, PACK.version, judging.RULES_VERSION)


@pytest.mark.parametrize("name", ["call.concluded"])
def test_facts_no_rule_reads_are_counted_not_kept(name):
    shard = Shard(PACK)
    shard.fold([an_event("CALL-1", name, 0, 0, 1, {})])

    assert shard.unread == 1
    assert len(shard) == 0


def test_attributes_tell_both_grades_every_regrade_and_who_is_on_the_way():
    _, said = said_of(
        CREATED,
        incident(MINUTE, "unit.dispatched", 2, unit="GD21"),
        incident(2 * MINUTE, "unit.dispatched", 3, unit="GD22"),
        incident(3 * MINUTE, "unit.stood_down", 4, unit="GD21"),
        incident(4 * MINUTE, "incident.chased", 5),
        incident(10 * MINUTE, "incident.regraded", 6, grade="S", by="sergeant", reason="caller safe"),
        incident(11 * MINUTE, "incident.regraded", 7, grade="I"),
    )
    attributes = next(each for each in said if each.verdict == "breached").attributes

    assert (attributes["first_grade"], attributes["grade"]) == ("I", "I")
    assert attributes["units"] == ["GD22"]
    assert attributes["chased"] == 1
    assert attributes["regrades"][0] == {
        "at": "2009-10-24T22:10:00.000Z",
        "grade": "S",
        "by": "sergeant",
        "reason": "caller safe",
        "before_due_ms": 2 * MINUTE,
    }
