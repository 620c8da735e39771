"""What judging keeps beside the verdict, where no scenario file looks."""

import pytest
from msgspec.structs import replace

from clocks.history import History
from clocks.judging import JUDGES, judge, pack_of
from clocks.replaying import play, play_out
from clocks.shard import Shard
from clocks.standard import Pack
from clocks.tallies import call_outcome
from schemas.times import DAY, HOUR, MINUTE, SECOND, format_time
from standards.loader import load_pack
from tests.clocks.histories import PACK, ZERO, an_event

STARTS = {
    "CALL": ("call.presented", {"line": "999"}),
    "CAD": ("incident.created", {"grade": "I"}),
    "MSG": ("message.received", {}),
    "APPT": ("appointment.requested", {}),
    "COMMENT": ("comment.received", {}),
    "RTC": ("collision.reported", {}),
    "CASE": ("crime.recorded", {}),
    "WARD": ("ward.month_opened", {"month": "2009-10"}),
}


def facts(kind: str, *told, **data):
    """The start of a kind, and what is told of it: (type, ms after the start, data)."""
    name, needed = STARTS[kind]
    events = [(name, 0, needed | data), *told]
    return [
        an_event(f"{kind}-1", each, at, 0, number, more).fact
        for number, (each, at, more) in enumerate(events)
    ]


def judged(kind: str, *told, pack: Pack = PACK, **data):
    return judge(kind, History(facts(kind, *told, **data)), pack)


@pytest.mark.parametrize("kind", JUDGES)
def test_every_kind_keeps_its_borough_and_its_cohort(kind):
    borough = {} if kind == "RTC" else {"borough": "Camden"}
    found = judged(kind, exercise=True, **borough)

    assert (found.borough, found.cohort) == (borough.get("borough"), "exercise")
    assert judged(kind).cohort == "live"


@pytest.mark.parametrize("kind", JUDGES)
def test_a_pack_that_promises_nothing_of_a_kind_gives_it_no_clock(kind):
    assert judged(kind, pack=replace(PACK, standards={})).findings == ()


@pytest.mark.parametrize("kind", JUDGES)
def test_a_history_that_is_full_keeps_all_but_the_verdict_of_its_clocks(kind):
    told = facts(kind)
    whole, full = judge(kind, History(told), PACK), judge(kind, History(told, full=True), PACK)
    kept = ("standard", "start", "due", "breach_at", "known", "round", "evidence")

    assert [[getattr(each, name) for name in kept] for each in full.findings] == [
        [getattr(each, name) for name in kept] for each in whole.findings
    ]
    assert {(each.verdict, each.reason) for each in full.findings} == {("unverifiable", "history-full")}


def staged() -> Pack:
    standards = {name: replace(each, counts_staged=True) for name, each in PACK.standards.items()}
    return replace(PACK, standards=standards)


@pytest.mark.parametrize("name", ["unit.arrived", "unit.staged"])
def test_where_a_pack_says_so_staging_is_arriving_as_well(name):
    (found,) = judged("CAD", (name, MINUTE, {"unit": "GD21"}), pack=staged()).findings

    assert (found.verdict, found.stop) == ("met", ZERO + MINUTE)


def test_where_it_does_not_staging_ends_nothing():
    (found,) = judged("CAD", ("unit.staged", MINUTE, {"unit": "GD21"})).findings

    assert found.verdict is None


def test_of_three_packs_that_follow_one_another_each_judges_its_own():
    pack = load_pack("met-pledge-2009,met-2012@2012-04-02,national-2026@2026-02-01")
    found = [pack.for_start(at).id for at in (0, pack.before.takes_effect, pack.takes_effect)]

    assert found == ["met-pledge-2009", "met-2012", "national-2026"]


@pytest.mark.parametrize(
    ("after", "outcome"),
    [(5 * SECOND, "abandoned_5s"), (5 * SECOND + 1, "abandoned_in"), (10 * SECOND + 1, "abandoned_late")],
)
def test_a_call_given_up_counts_by_how_long_it_waited(after, outcome):
    (found,) = judged("CALL", ("call.abandoned", after, {})).findings

    assert call_outcome(found, found.at(ZERO + DAY)) == outcome


@pytest.mark.parametrize(
    ("told", "outcome"),
    [
        (("call.answered", 10 * SECOND, {}), "in"),
        (("call.answered", 10 * SECOND + 1, {}), "late"),
        (("call.answered", -MINUTE, {}), ""),
    ],
)
def test_a_call_that_was_not_given_up_counts_by_its_answer(told, outcome):
    (found,) = judged("CALL", told).findings

    assert call_outcome(found, found.at(ZERO + DAY)) == outcome


def test_a_call_that_nobody_ever_answered_is_late():
    (found,) = judged("CALL").findings

    assert call_outcome(found, found.at(ZERO + DAY)) == "late"


def test_an_answer_by_a_clock_that_is_behind_ends_the_call_at_its_start():
    (found,) = judged("CALL", ("call.answered", -SECOND, {})).findings

    assert (found.skew, found.stop, found.ended) == (True, ZERO - SECOND, ZERO)


def test_what_was_not_heard_of_and_is_heard_again_is_as_it_was():
    (found,) = judged("CALL").findings

    assert found.unheard(ZERO).heard() == found


def test_what_came_before_the_start_counts_at_the_start_and_all_else_at_its_own_time():
    (found,) = judged(
        "CAD",
        ("incident.flagged", -MINUTE, {"vulnerable": True}),
        ("incident.cancelled", 61 * MINUTE, {}),
        grade="E",
    ).findings

    assert (found.start - ZERO, found.verdict, found.stop) == (0, "breached", ZERO + 61 * MINUTE)


def test_a_child_without_its_own_deadline_has_the_limit_of_the_parents_area():
    pack = load_pack("national-2026")
    absorbed = ("incident.absorbed", MINUTE, {"child": "CAD-2", "since": format_time(ZERO), "grade": "I"})
    found = judged("CAD", absorbed, pack=pack, grade="S", area="rural").findings

    assert [each.due - ZERO for each in found if each.standard == "attend-immediate"] == [20 * MINUTE]


def absorbed(since: int, due: int, number: int = 2) -> tuple:
    data = {"child": f"CAD-{number}", "since": format_time(ZERO + since), "grade": "I"}
    return "incident.absorbed", MINUTE, data | {"child_due": format_time(ZERO + due)}


def test_a_clock_rests_on_what_set_its_deadline():
    (plain,) = judged("CAD").findings
    _, regraded = judged("CAD", ("incident.regraded", MINUTE, {"grade": "I"}), grade="S").findings
    (earlier,) = judged("CAD", absorbed(-MINUTE, 11 * MINUTE)).findings
    (on_view,) = judged("CAD", on_view=True).findings

    assert plain.evidence == on_view.evidence == ("e0",)
    assert (regraded.standard, regraded.evidence) == ("attend-immediate", ("e0", "e1"))
    assert (earlier.due - ZERO, earlier.evidence, earlier.known) == (
        11 * MINUTE,
        ("e0", "e1"),
        ZERO + MINUTE,
    )


def test_a_child_that_was_promised_no_sooner_changes_nothing():
    (found,) = judged("CAD", absorbed(-MINUTE, 12 * MINUTE)).findings

    assert (found.start, found.due - ZERO, found.evidence) == (ZERO, 12 * MINUTE, ("e0",))


def test_without_a_start_the_latest_of_several_packs_is_asked():
    pack = load_pack("met-pledge-2009,met-2012@2012-04-02")

    assert pack_of(facts("CALL", ("call.answered", SECOND, {}))[1:], pack) is pack


def test_a_child_of_a_class_that_the_pack_does_not_promise_passes_on_nothing():
    pack = replace(PACK, standards={"attend-priority": PACK.standards["attend-priority"]})
    absorbed = ("incident.absorbed", MINUTE, {"child": "CAD-2", "since": format_time(ZERO), "grade": "I"})
    (found,) = judged("CAD", absorbed, pack=pack, grade="S").findings

    assert (found.standard, found.due) == ("attend-priority", ZERO + HOUR)


def test_an_update_by_a_clock_that_is_behind_ends_its_round_at_the_start():
    first, _ = judged("CASE", ("victim.updated", -SECOND, {})).findings

    assert (first.skew, first.stop, first.ended) == (True, ZERO - SECOND, ZERO)


def test_played_out_every_deadline_is_told_settle_after_it_passed():
    shard = Shard(PACK)
    list(play(shard, [an_event("CALL-1", "call.presented", 0, 0, 1, {"line": "999"})], settle=SECOND))
    (said,) = play_out(shard, SECOND)

    assert (said.about, said.said_at) == (ZERO + 10 * SECOND, ZERO + 11 * SECOND + 1)
