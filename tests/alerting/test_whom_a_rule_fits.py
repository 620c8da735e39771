"""Which rule an alert falls under, and what new news of it does."""

import pytest

from tests.alerting.entries import act, feed_news, news
from tests.alerting.plans import BREACH, RISK, line, notified, planned, told, withheld
from tests.alerting.policies import PEOPLE, rules
from tests.cli.events import at

# ---- news ------------------------------------------------------------------------------------------------


def test_a_worse_stage_is_told_to_the_first_rung_again():
    found = planned(RISK, BREACH)
    assert ("worse", "+12m", "Insp Shah") in told(found)
    assert [step.because for step in found.steps if step.kind == "worse"] == ["it is now breached (all)"]


def test_what_is_new_is_told_to_every_rung_that_it_had_reached_while_nobody_has_it():
    later = news("clock.breached", "+16m", 2)
    assert [line for line in told(planned(RISK, later)) if line[0] == "worse"] == [
        ("worse", "+16m", "Insp Shah"),
        ("worse", "+16m", "CI Chief"),
    ]
    just_then = news("clock.breached", "+14m", 2)
    assert [line for line in told(planned(RISK, just_then)) if line[0] == "worse"] == [
        ("worse", "+14m", "Insp Shah")
    ]


def test_the_ladder_counts_from_the_first_telling_whatever_comes_after():
    assert ("ladder", "+14m", "CI Chief") in told(planned(RISK, BREACH))


def test_older_news_that_was_not_told_yet_gives_way_to_newer():
    assert ("first", "+9m", "Insp Shah") not in told(planned(RISK, BREACH))
    assert withheld(planned(RISK, BREACH), "newer") == ["there is newer news of it"]


def test_whoever_acknowledged_is_told_what_is_new_and_nobody_else():
    acknowledged = act("alert.acknowledged", "+10m", by="insp shah")
    assert told(planned(RISK, acknowledged, BREACH)) == [("worse", "+12m", "Insp Shah")]


def test_whoever_it_was_given_to_is_told_what_is_new():
    acknowledged = act("alert.acknowledged", "+10m", by="Insp Shah")
    given = act("alert.assigned", "+11m", by="Insp Shah", to="CI Chief")
    assert told(planned(RISK, acknowledged, given, BREACH)) == [("worse", "+12m", "CI Chief")]


def test_where_the_owner_is_unknown_or_off_duty_the_first_rung_is_told_too():
    stranger = act("alert.acknowledged", "+10m", by="PC Somebody")
    assert told(planned(RISK, stranger, BREACH)) == [("worse", "+12m", "Insp Shah")]
    early = act("alert.acknowledged", "+10m", by="Insp Early")
    assert sorted(told(planned(RISK, early, BREACH))) == [
        ("worse", "+12m", "Insp Early"),
        ("worse", "+12m", "Insp Shah"),
    ]


def test_where_no_way_to_the_owner_is_known_the_first_rung_is_told():
    people = PEOPLE | {"chief": {"name": "CI Chief"}, "super": {"name": "Supt Super"}}
    chief = act("alert.acknowledged", "+10m", by="CI Chief")
    assert told(planned(RISK, chief, BREACH, people=people)) == [("worse", "+12m", "Insp Shah")]


def test_the_same_stage_again_is_no_news():
    again = news("clock.breached", "+15m", 3)
    assert told(planned(BREACH, again)) == told(planned(BREACH))


def test_without_a_unit_again_is_news_but_at_a_change_of_shift_that_tells_it_anyway():
    gap = [news("incident.unresourced", moment, revision) for moment, revision in (("+2m", 1), ("+5m", 2))]
    assert ("worse", "+5m", "Insp Shah") in told(planned(*gap))
    at_shift = [gap[0], news("incident.unresourced", "+3h", 2)]
    assert [kind for kind, when, _ in map(line, planned(*at_shift).steps) if when == "+180m"] == ["shift"] * 3


SOFT = [{"tell": "chief", "by": ["sms"]}]
SOFTLY_AT_FIRST = rules({"stages": ["at-risk"], "ladder": "soft"}, {})


def test_another_rule_begins_its_own_ladder():
    full = [{"tell": "inspector", "by": ["sms"]}, {"after": "5m", "tell": "super", "by": ["sms"]}]
    found = planned(RISK, BREACH, ladders={"soft": SOFT, "full": full}, **SOFTLY_AT_FIRST)
    assert told(found) == [("first", "+12m", "Insp Shah"), ("ladder", "+17m", "Supt Super")]


def test_where_another_ladder_is_climbed_the_first_has_nothing_more_to_say():
    full = [{"tell": "inspector", "by": ["sms"]}]
    slow = [*SOFT, {"after": "4m", "tell": "super", "by": ["sms"]}]
    found = planned(RISK, BREACH, ladders={"soft": slow, "full": full}, **SOFTLY_AT_FIRST)
    assert [each.at for each in found.withheld if each.why == "newer"] == [at("+9m")]


def test_another_rule_tells_its_first_rung_though_somebody_acknowledged_under_the_one_before():
    ladders = {"soft": SOFT, "full": [{"tell": "inspector", "by": ["sms"]}]}
    acknowledged = act("alert.acknowledged", "+10m", by="CI Chief")
    found = planned(RISK, acknowledged, BREACH, ladders=ladders, **SOFTLY_AT_FIRST)
    assert sorted(told(found)) == [("first", "+12m", "CI Chief"), ("first", "+12m", "Insp Shah")]


# ---- whom a rule fits ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({}, True),
        ({"standards": ["attend-immediate"]}, True),
        ({"standards": ["attend-priority"]}, False),
        ({"boroughs": ["Hackney", "Camden"]}, True),
        ({"boroughs": ["Camden"]}, False),
        ({"grades": ["I"]}, True),
        ({"grades": ["S"]}, False),
        ({"stages": ["breached"]}, True),
        ({"stages": ["at-risk"]}, False),
        ({"days": ["sat"]}, True),
        ({"days": ["sun"]}, False),
        ({"hours": "20:12-20:13"}, True),
        ({"hours": "20:00-20:12"}, False),
        ({"hours": "20:13-20:12"}, False),
        ({"ladder": "nobody"}, False),
    ],
)
def test_a_rule_fits_by_all_that_it_names(rule, fits):
    assert bool(planned(BREACH, **rules(rule)).steps) is fits


def test_the_first_rule_that_fits_counts():
    found = planned(BREACH, **rules({"ladder": "nobody"}, {}))
    assert withheld(found, "nobody") == ["rule rule-0 tells nobody: it is on the board"]


def test_a_silent_feed_is_told_by_a_rule_without_standards():
    silent, back = feed_news("feed.silent", "+2m", 1), feed_news("feed.back", "+30m", 2)
    assert told(planned(silent))[0] == ("first", "+2m", "Insp Shah")
    assert planned(silent, **rules({"standards": ["attend-immediate"]})).steps == ()
    first = notified(planned(silent), "Insp Shah", "+2m")
    assert told(planned(silent, first, back), ["outcome"]) == [("outcome", "+30m", "Insp Shah")]
