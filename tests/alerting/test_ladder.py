"""Who is told first, who after them, and who is not: the ladder, rung by rung."""

import pytest

from alerting.plan import due, next_moment, plan, rising
from schemas.times import DAY
from tests.alerting.entries import act, news
from tests.alerting.plans import ACKNOWLEDGED, BREACH, CLOSED, STOPPED, notified, planned, told, withheld
from tests.alerting.policies import PEOPLE, policy, rules
from tests.alerting.tellings import folded
from tests.cli.events import at

# ---- the ladder ------------------------------------------------------------------------------------------


def test_the_first_rung_is_told_at_once_and_the_others_after_their_time():
    assert told(planned(BREACH)) == [
        ("first", "+12m", "Insp Shah"),
        ("ladder", "+17m", "CI Chief"),
        ("ladder", "+22m", "Supt Super"),
    ]


@pytest.mark.parametrize(("ms", "number"), [(-1, 1), (0, 2), (1, 2)])
def test_a_rung_is_told_from_its_very_moment_on(ms, number):
    alert, found = folded(BREACH), planned(BREACH)
    assert len(due(found, alert, at("+17m") + ms)) == number
    assert len(rising(found, alert, at("+17m") + ms)) == number - 1


def test_going_up_is_a_step_of_its_own_and_names_who_is_there():
    rung = planned(BREACH).escalations[0]
    assert (rung.at, rung.rung, rung.role, rung.to) == (at("+17m"), 1, "chief", ("CI Chief",))
    assert rung.because == "nobody acknowledged it for 5m (all)"


def test_an_escalation_that_is_recorded_does_not_rise_again():
    rung = planned(BREACH).escalations[0]
    recorded = act("alert.escalated", "+17m", id_=rung.id, rung=1, role="chief", because="nobody did")
    alert = folded(BREACH, recorded)
    assert rising(plan(alert, policy()), alert, at("+18m")) == []


def test_an_acknowledgement_stops_the_ladder():
    found = planned(BREACH, ACKNOWLEDGED)
    assert told(found) == []
    assert found.escalations == ()
    assert set(withheld(found, "acknowledged")) == {"Insp Shah acknowledged it, 24 Oct 20:13"}


def test_a_clock_that_stops_stops_the_ladder():
    found = planned(BREACH, STOPPED)
    assert found.steps == ()
    assert found.escalations == ()
    assert set(withheld(found, "over")) == {"nothing more is to be done: stopped-late"}


def test_an_alert_that_somebody_closes_is_told_no_more():
    assert planned(BREACH, CLOSED).steps == ()


def test_what_was_done_a_moment_before_it_was_raised_was_done_then():
    closed = act("alert.closed", "+11m", by="Insp Shah")
    assert planned(BREACH, closed).steps == ()
    acknowledged = act("alert.acknowledged", "+11m", by="Insp Shah")
    assert told(planned(BREACH, acknowledged)) == [("first", "+12m", "Insp Shah")]


def test_what_was_told_is_not_due_again():
    found = planned(BREACH)
    alert = folded(BREACH, notified(found, "Insp Shah", "+12m"))
    assert due(plan(alert, policy()), alert, at("+13m")) == []
    assert next_moment(found, alert, at("+13m")) == at("+17m")


def test_what_is_parked_is_due_again_only_when_a_person_says_so():
    found = planned(BREACH)
    parked = notified(found, "Insp Shah", "+13m", "alert.parked", problem="no such number")
    again = act("alert.retried", "+15m", by="Insp Shah", step=found.steps[0].id)
    for entries, number in (([BREACH, parked], 0), ([BREACH, parked, again], 1)):
        alert = folded(*entries)
        assert len(due(plan(alert, policy()), alert, at("+16m"))) == number


def test_nothing_is_left_to_look_at_once_all_is_told():
    alert, found = folded(BREACH), planned(BREACH, **rules({"again_at_shifts": False}))
    assert next_moment(found, alert, 0) == at("+12m")
    assert next_moment(found, alert, at("+12m") + DAY) == at("+12m") + DAY
    assert next_moment(found, alert, at("+22m") + DAY) is None


# ---- nobody on duty --------------------------------------------------------------------------------------


def test_a_rung_on_which_nobody_is_on_duty_is_left_at_once_and_that_is_said():
    roster = {"inspector": [{"who": ["early"], "hours": "07:00-15:00"}], "chief": [{"who": ["chief"]}]}
    found = planned(BREACH, roster=roster | {"super": [{"who": ["super"]}]}, shifts=[])
    assert told(found) == [("ladder", "+12m", "CI Chief"), ("ladder", "+22m", "Supt Super")]
    assert withheld(found, "nobody") == ["nobody is on duty as inspector"]
    assert found.escalations[0].because == "nobody is on duty as inspector (all)"


def test_somebody_without_an_address_is_as_good_as_not_there():
    people = PEOPLE | {"shah": {"name": "Insp Shah", "addresses": {"email": "shah@example.org"}}}
    found = planned(BREACH, people=people, shifts=[])
    assert told(found)[0] == ("ladder", "+12m", "CI Chief")
    assert withheld(found, "nobody") == ["nobody on duty as inspector has an address for sms"]


def test_where_nobody_is_on_duty_on_any_rung_it_is_said_of_each():
    nobody = [{"who": ["early"], "hours": "07:00-15:00"}]
    found = planned(BREACH, roster=dict.fromkeys(("inspector", "chief", "super"), nobody), shifts=[])
    assert found.steps == ()
    assert [each.rung for each in found.withheld] == [0, 1, 2]
    assert [each.at for each in found.escalations] == [at("+12m")] * 2


def test_all_on_duty_in_a_role_are_told_and_a_place_once():
    ladders = {"full": [{"tell": "inspector", "by": ["sms", "room"]}]}
    both = {"inspector": [{"who": ["shah", "night"]}]}
    steps = planned(BREACH, ladders=ladders, roster=both, shifts=[]).steps
    assert sorted((step.channel, step.to.name, step.to.address or "") for step in steps) == [
        ("room", "Insp Shah, Insp Night", ""),
        ("sms", "Insp Night", "+2"),
        ("sms", "Insp Shah", "+1"),
    ]


def test_of_very_many_on_duty_a_place_is_told_their_role():
    people = {f"p{number}": {"name": f"Insp {number:090}"} for number in range(3)}
    ladders = {"full": [{"tell": "inspector", "by": ["room"]}]}
    roster = {"inspector": [{"who": list(people)}]}
    assert planned(BREACH, people=people, ladders=ladders, roster=roster).steps[0].to.name == "inspector"


def test_a_place_is_told_of_a_role_that_the_roster_does_not_know():
    steps = planned(
        BREACH, ladders={"full": [{"tell": "control", "by": ["room"]}]}, roster={}, shifts=[]
    ).steps
    assert [(step.channel, step.to.name, step.form) for step in steps] == [("room", "control", "short")]


# ---- who is never paged ----------------------------------------------------------------------------------


@pytest.mark.parametrize("cohort", ["exercise", "probe"])
def test_exercises_and_probes_page_nobody(cohort):
    found = planned(news("clock.breached", "+12m", 1, cohort=cohort))
    assert found.steps == ()
    assert withheld(found, "exercise") == [f"cohort {cohort}: nobody is ever paged for it (M3, M8)"]


def test_old_news_pages_nobody_but_is_in_the_digest():
    old = news("clock.breached", "+12m", 1, late=True)
    found = planned(old, digest={"at": "07:00", "tell": "inspector", "by": ["sms"]})
    assert found.steps == ()
    assert withheld(found, "late") == ["old news when it was said (T6); it is in the digest of 07:00"]


def test_old_news_of_which_nobody_would_have_been_told_is_in_no_digest():
    old = news("clock.breached", "+12m", 1, late=True)
    found = planned(
        old, **rules({"ladder": "nobody"}), digest={"at": "07:00", "tell": "inspector", "by": ["sms"]}
    )
    assert withheld(found, "late") == []


def test_a_standard_that_is_told_by_its_rate_is_not_told_one_by_one():
    rate = {"name": "calls", "standard": "call-999", "under": 90, "at_least": 20, "ladder": "full"}
    found = planned(news("clock.breached", "+10s", 1, "CALL-1/call-999"), rates=[rate])
    assert found.steps == ()
    assert withheld(found, "rate") == ["call-999 is told of by its rate (calls), not one by one"]
