"""What waits: quiet hours and snoozes; one ms before each boundary, at it and after it."""

import pytest

from schemas.actions import Action
from schemas.times import format_time
from tests.alerting.entries import act, news
from tests.alerting.plans import BREACH, NIGHTLY, RISK, STOPPED, notified, planned, told, withheld
from tests.alerting.policies import DOCUMENT, policy, rules
from tests.cli.events import at

# ---- quiet hours -----------------------------------------------------------------------------------------


def test_quiet_hours_hold_back_until_their_end_and_the_ladder_counts_from_there():
    found = planned(BREACH, **NIGHTLY, **rules({"quiet": "nights"}), shifts=[])
    # The clocks go back this night: 06:00 is eleven hours after zero.
    assert told(found) == [
        ("first", "+660m", "Insp Night"),
        ("ladder", "+665m", "CI Chief"),
        ("ladder", "+670m", "Supt Super"),
    ]
    words = "quiet hours (nights) until 25 Oct 06:00: told then, if it still holds"
    assert withheld(found, "quiet") == [words]


@pytest.mark.parametrize(("when", "held"), [("+599999ms", False), ("+600s", True)])
def test_quiet_hours_begin_at_their_very_moment(when, held):
    found = planned(news("clock.breached", when, 1), **NIGHTLY, **rules({"quiet": "nights"}), shifts=[])
    assert bool(withheld(found, "quiet")) is held


def test_a_rung_that_falls_into_quiet_hours_waits_for_their_end():
    early = news("clock.breached", "+9m", 1)
    found = planned(early, **NIGHTLY, **rules({"quiet": "nights"}), shifts=[])
    assert [when for _, when, _ in told(found)] == ["+9m", "+660m", "+660m"]


def test_quiet_hours_may_leave_other_channels():
    quiet = {"nights": {"hours": "20:10-06:00", "by": ["email"]}}
    found = planned(BREACH, quiet=quiet, **rules({"quiet": "nights"}), shifts=[])
    assert next((step.at, step.channel, step.form) for step in found.steps) == (at("+12m"), "email", "html")


def test_what_is_over_before_quiet_hours_are_is_never_told():
    assert planned(BREACH, STOPPED, **NIGHTLY, **rules({"quiet": "nights"})).steps == ()


# ---- snoozes ---------------------------------------------------------------------------------------------


def snoozed(when: str, until: str) -> Action:
    """Left alone until a moment after zero."""
    return act("alert.snoozed", when, by="Insp Shah", until=format_time(at(until)))


def test_a_snooze_rests_the_ladder_which_goes_on_with_what_was_left():
    found = planned(BREACH, snoozed("+14m", "+44m"))
    assert told(found) == [
        ("first", "+12m", "Insp Shah"),
        ("reminder", "+44m", "Insp Shah"),
        ("ladder", "+47m", "CI Chief"),
        ("ladder", "+52m", "Supt Super"),
    ]


def test_a_snooze_after_a_rung_was_reached_does_not_put_that_one_off():
    assert told(planned(BREACH, snoozed("+18m", "+28m")))[1] == ("ladder", "+17m", "CI Chief")


def test_a_later_snooze_takes_the_place_of_an_earlier_one():
    found = planned(BREACH, snoozed("+14m", "+2h"), snoozed("+20m", "+21m"))
    assert told(found, ["reminder"]) == [("reminder", "+21m", "Insp Shah")]
    assert ("ladder", "+24m", "CI Chief") in told(found)


def test_news_ends_a_snooze():
    found = planned(RISK, snoozed("+10m", "+2h"), BREACH)
    assert ("worse", "+12m", "Insp Shah") in told(found)
    assert ("ladder", "+16m", "CI Chief") in told(found)
    assert told(found, ["reminder"]) == []


def test_a_snooze_that_was_over_before_a_ladder_began_does_not_rest_it():
    ladders = DOCUMENT["ladders"] | {"soft": [{"tell": "chief", "by": ["sms"]}]}
    under = policy(ladders=ladders, **rules({"stages": ["at-risk"], "ladder": "soft"}, {}))
    found = planned(RISK, snoozed("+10m", "+11m"), BREACH, under=under)
    assert ("ladder", "+17m", "CI Chief") in told(found)


@pytest.mark.parametrize(
    ("begins", "ends", "rests"),
    [
        ("+179m", "+180m", False),
        ("+180m", "+181m", True),
        ("+179m", "+181m", True),
        ("+181m", "+182m", False),
    ],
)
def test_a_change_of_shift_is_snoozed_from_the_snoozes_moment_until_its_end(begins, ends, rests):
    assert bool(withheld(planned(BREACH, snoozed(begins, ends)), "snoozed")) is rests


def test_a_change_of_shift_leaves_a_snoozed_alert_alone():
    found = planned(BREACH, snoozed("+2h", "+4h"))
    assert withheld(found, "snoozed") == ["snoozed until 25 Oct 00:00"]
    assert told(found, ["reminder"]) == [("reminder", "+240m", "Insp Night")]


def test_how_it_ended_is_told_after_quiet_hours_but_at_once_by_a_channel_that_they_leave():
    quiet = {"nights": {"hours": "20:15-06:00", "by": ["email"]}}
    under = policy(quiet=quiet, shifts=[], **rules({"quiet": "nights"}))
    late = news("clock.breached", "+16m", 1)
    by_sms = notified(planned(BREACH, under=under), "Insp Shah", "+12m")
    by_mail = notified(planned(late, under=under), "Insp Shah", "+16m")
    assert told(planned(BREACH, by_sms, STOPPED, under=under), ["outcome"]) == [
        ("outcome", "+660m", "Insp Shah")
    ]
    assert told(planned(late, by_mail, STOPPED, under=under), ["outcome"]) == [
        ("outcome", "+20m", "Insp Shah")
    ]
