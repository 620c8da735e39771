"""What is told beside the ladder: at a change of shift, at the end, in a storm."""

import pytest

from alerting.alert import Alert, Entry
from alerting.plan import Plan, due, plan
from schemas.times import DAY
from tests.alerting.entries import act, news
from tests.alerting.plans import (
    ACKNOWLEDGED,
    BREACH,
    STOPPED,
    TAKEN_BACK,
    line,
    notified,
    planned,
    shifts,
    told,
    withheld,
)
from tests.alerting.policies import INSPECTORS, PEOPLE, policy, rules
from tests.alerting.tellings import folded
from tests.cli.events import at

# ---- changes of shift ------------------------------------------------------------------------------------


def test_at_a_change_of_shift_everybody_it_has_reached_is_told_again_while_nobody_has_it():
    assert shifts(planned(BREACH))[:3] == [
        ("shift", "+180m", "Insp Night"),
        ("shift", "+180m", "CI Chief"),
        ("shift", "+180m", "Supt Super"),
    ]


def test_a_rung_that_is_not_reached_by_then_is_not_told_at_the_change_of_shift():
    found = planned(news("clock.breached", "+178m", 1))
    assert [line for line in shifts(found) if line[1] == "+180m"] == [("shift", "+180m", "Insp Night")]


def test_where_nobody_comes_on_duty_the_next_rung_is_told_at_the_change_of_shift():
    roster = {"inspector": [{"who": ["shah"], "hours": "15:00-23:00"}], "chief": [{"who": ["chief"]}]}
    late = news("clock.breached", "+178m", 1)
    found = planned(late, roster=roster | {"super": [{"who": ["super"]}]})
    assert [line for line in shifts(found) if line[1] == "+180m"] == [("shift", "+180m", "CI Chief")]


def test_those_who_come_on_duty_are_told_where_the_one_who_has_it_goes_home():
    found = planned(BREACH, ACKNOWLEDGED)
    # 12 hours after 20:00 it is 07:00: an hour of this night comes twice.
    assert shifts(found) == [("shift", "+180m", "Insp Night"), ("shift", "+720m", "Insp Early")]
    assert withheld(found, "owned") == ["Insp Shah has it and is on duty"]


def test_an_alert_that_was_handed_over_is_not_told_again():
    handed = act("alert.handed_over", "+179m", by="Insp Shah", to="Insp Night", handover="h-1")
    found = planned(BREACH, ACKNOWLEDGED, handed)
    assert shifts(found)[0] == ("shift", "+720m", "Insp Early")


@pytest.mark.parametrize(("for_", "number"), [("24h59m", 0), ("25h", 1), ("49h", 2)])
def test_changes_of_shift_are_told_for_as_long_as_the_policy_says(for_, number):
    # From 20:00 to 20:00 it is 25 hours this night.
    found = planned(news("clock.breached", "+0s", 1), shifts=["20:00"], shifts_for=for_)
    assert len({when for _, when, _ in shifts(found)}) == number


def test_after_a_change_of_shift_those_who_went_home_are_told_no_more():
    alert, found = folded(BREACH), planned(BREACH)
    before, after = due(found, alert, at("+180m") - 1), due(found, alert, at("+180m"))
    assert [step.to.name for step in before] == ["Insp Shah", "CI Chief", "Supt Super"]
    assert [step.to.name for step in after] == ["Insp Night", "CI Chief", "Supt Super"]


def test_what_is_for_one_person_may_be_told_after_the_change_of_shift():
    given = act("alert.assigned", "+179m", by="Insp Shah", to="Insp Night")
    alert = folded(BREACH, ACKNOWLEDGED, given)
    late = due(plan(alert, policy()), alert, at("+181m"))
    assert [line(step) for step in late] == [("assigned", "+179m", "Insp Night")]


def test_where_shifts_are_not_told_what_is_due_stays_due_for_a_day():
    alert = folded(BREACH)
    found = planned(BREACH, **rules({"again_at_shifts": False}))
    assert len(due(found, alert, at("+12m") + DAY - 1)) == 3
    assert len(due(found, alert, at("+12m") + DAY)) == 2


def test_two_changes_of_shift_in_one_night_of_quiet_are_told_once():
    quiet = {"nights": {"hours": "20:10-08:00"}}
    found = planned(news("clock.breached", "+1m", 1), quiet=quiet, **rules({"quiet": "nights"}))
    assert [when for _, when, to in shifts(found) if to == "CI Chief"] == ["+780m", "+1200m"]


# ---- how it ends -----------------------------------------------------------------------------------------


def after_telling(*more: Entry) -> Plan:
    """The plan after Insp Shah was told of the breach."""
    return planned(BREACH, notified(planned(BREACH), "Insp Shah", "+12m"), *more)


@pytest.mark.parametrize("type_", ["clock.stopped", "clock.met", "clock.excluded"])
def test_everybody_who_was_told_of_it_is_told_how_it_ended_where_they_were_told(type_):
    found = after_telling(news(type_, "+20m", 3))
    assert [line(step) for step in found.steps if step.kind == "outcome"] == [
        ("outcome", "+20m", "Insp Shah")
    ]
    assert found.steps[-1].channel == "sms"


def test_a_breach_that_is_taken_back_by_late_evidence_is_taken_back_from_those_who_were_told():
    assert told(after_telling(TAKEN_BACK), ["outcome"]) == [("outcome", "+40m", "Insp Shah")]


def test_nobody_is_told_how_ended_what_they_were_not_told_of():
    assert planned(BREACH, STOPPED).steps == ()


def test_an_outcome_is_told_once_and_a_further_one_in_its_place():
    first = notified(planned(BREACH), "Insp Shah", "+12m")
    outcome = notified(after_telling(STOPPED), "Insp Shah", "+20m", id_="the outcome")
    alert = folded(BREACH, first, STOPPED, outcome)
    assert due(plan(alert, policy()), alert, at("+21m")) == []
    further = folded(BREACH, first, STOPPED, outcome, TAKEN_BACK)
    assert [line(step) for step in due(plan(further, policy()), further, at("+41m"))] == [
        ("outcome", "+40m", "Insp Shah")
    ]


def test_who_is_no_longer_in_the_policy_cannot_be_told_and_that_is_said():
    people = {key: person for key, person in PEOPLE.items() if key != "shah"}
    roster = {"inspector": INSPECTORS[:1], "chief": [{"who": ["chief"]}], "super": [{"who": ["super"]}]}
    first = notified(planned(BREACH), "Insp Shah", "+12m")
    found = planned(BREACH, first, STOPPED, people=people, roster=roster)
    assert withheld(found, "gone") == ["the policy has no sms of Insp Shah any more"]


def test_what_is_breached_again_is_told_again():
    again = news("clock.breached", "+50m", 5, corrects="x", corrects_verdict="met")
    entries = (notified(planned(BREACH), "Insp Shah", "+12m"), TAKEN_BACK, again)
    assert told(planned(BREACH, *entries))[1:3] == [
        ("first", "+50m", "Insp Shah"),
        ("ladder", "+55m", "CI Chief"),
    ]


def test_an_acknowledgement_outlives_what_is_breached_again():
    again = news("clock.breached", "+50m", 5, corrects="x", corrects_verdict="met")
    assert told(planned(BREACH, ACKNOWLEDGED, TAKEN_BACK, again)) == [("first", "+50m", "Insp Shah")]


# ---- given to somebody -----------------------------------------------------------------------------------


def test_whoever_is_given_an_alert_is_told_so_unless_they_took_it_themselves():
    given = act("alert.assigned", "+13m", by="CI Chief", to="Insp Shah")
    taken = act("alert.assigned", "+13m", by="Insp Shah", to="Insp Shah")
    assert told(planned(BREACH, given), ["assigned"]) == [("assigned", "+13m", "Insp Shah")]
    assert told(planned(BREACH, taken), ["assigned"]) == []


# ---- situations ------------------------------------------------------------------------------------------

STORMY = policy(storms=[{"name": "storm", "ladder": "full", "more_than": 5, "within": "60s"}])
STORM_ID = "storm/attend-immediate/Hackney/1"
OPENED = act("situation.opened", "+12m", STORM_ID, kind="storm", words="many", policy="storm")
OVER = act("situation.closed", "+30m", STORM_ID, because="quiet")
JOINED = act("situation.joined", "+12m", situation=STORM_ID)


def in_storm(storm: Alert | None, *entries: Entry) -> Plan:
    """The plan of an alert that joined a storm."""
    return plan(folded(*entries), STORMY, storm)


def test_a_storm_climbs_the_ladder_for_its_members():
    assert told(plan(folded(OPENED), STORMY)) == told(planned(BREACH))
    found = in_storm(folded(OPENED), BREACH, JOINED)
    assert found.steps == ()
    assert f"told as part of {STORM_ID}" in withheld(found, "storm")


def test_who_was_told_before_the_storm_is_told_how_it_ended():
    first = notified(planned(BREACH), "Insp Shah", "+12m")
    found = in_storm(folded(OPENED), BREACH, first, JOINED, STOPPED)
    assert told(found, ["outcome"]) == [("outcome", "+20m", "Insp Shah")]


def test_after_the_storm_its_members_are_told_of_again():
    found = in_storm(folded(OPENED, OVER), BREACH, JOINED)
    assert {kind for kind, _, _ in map(line, found.steps)} == {"shift"}


def test_a_change_of_shift_at_the_very_end_of_a_storm_is_told_of_its_members():
    at_the_change = act("situation.closed", "+180m", STORM_ID, because="quiet")
    assert ("shift", "+180m", "Insp Night") in shifts(in_storm(folded(OPENED, at_the_change), BREACH, JOINED))


def test_who_was_told_of_a_storm_is_told_when_it_is_over():
    found = plan(folded(OPENED), STORMY)
    first = notified(found, "Insp Shah", "+12m", id_="told").model_copy(update={"subject": STORM_ID})
    assert told(plan(folded(OPENED, first, OVER), STORMY), ["outcome"]) == [("outcome", "+30m", "Insp Shah")]


def test_a_situation_that_the_policy_no_longer_knows_is_told_to_nobody():
    found = plan(folded(OPENED), policy())
    assert found.steps == ()
    assert withheld(found, "gone") == ["the policy has nothing called storm any more"]


def test_a_test_alert_goes_to_everybody_by_every_channel_or_by_the_one_it_names():
    everything = act("situation.opened", "+1m", "test/1", kind="test", words="a test", policy="all")
    one = act("situation.opened", "+1m", "test/2", kind="test", words="a test", policy="email")
    assert {step.channel for step in plan(folded(everything), policy()).steps} == {"sms", "email", "room"}
    steps = plan(folded(one), policy()).steps
    assert {(step.channel, step.to.name) for step in steps} == {("email", "CI Chief"), ("email", "Insp Shah")}
