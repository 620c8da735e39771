"""Storms, rates and digests: what opens them, who joins, what ends them; at each boundary, and one beside it."""

from typing import Any

import pytest

from alerting.alert import Alert, Entry
from alerting.foretelling import Foretelling
from alerting.plan import next_moment, plan
from alerting.situations import Figure, by_rates, ends_at, gathered, unknown_rates, wound_up
from schemas.actions import Action, Notified
from schemas.times import MINUTE, SECOND, parse_time
from tests.alerting.entries import feed_news, news
from tests.alerting.policies import policy, rules
from tests.alerting.tellings import folded
from tests.cli.events import at

STORM = {"name": "storm", "ladder": "full", "more_than": 3, "within": "60s", "over_after": "10m"}
STORMY = policy(storms=[STORM])


def breached(number: int, when: str, **data: Any) -> Alert:
    """An immediate incident of Hackney that breached at a moment after zero."""
    return folded(news("clock.breached", when, 1, f"CAD-{number}/attend-immediate", **data))


def types(actions: list[Action]) -> list[tuple[str, str]]:
    """What was done, and about what."""
    return [(action.type, action.subject) for action in actions]


def with_actions(alert: Alert, *actions: Action) -> Alert:
    """The alert after these."""
    entries: list[Entry] = [*alert.entries, *(each for each in actions if each.subject == alert.id)]
    return folded(*entries)


FOUR = [breached(number, f"+{12 * 60 + number * 20}s") for number in range(4)]


def test_more_than_so_many_within_so_long_are_a_storm():
    actions = gathered(STORMY, FOUR[3], FOUR)
    storm = "storm/attend-immediate/Hackney/2009-10-24T19:13:00.000Z"
    assert types(actions) == [
        ("situation.opened", storm),
        *(("situation.joined", f"CAD-{number}/attend-immediate") for number in range(4)),
    ]


def test_a_storm_says_what_it_is_however_long_the_name_of_its_place():
    words = gathered(STORMY, FOUR[3], FOUR)[0].model_dump()["data"]["words"]
    assert words == "more than 3 immediate incidents in Hackney within 1m"
    far = [breached(number, f"+{720 + number}s", borough="B" * 300) for number in range(4)]
    assert len(gathered(STORMY, far[3], far)[0].subject) < 200


def test_so_many_are_no_storm_yet():
    assert gathered(STORMY, FOUR[2], FOUR[:3]) == []


@pytest.mark.parametrize(("last", "storm"), [("+779999ms", True), ("+780s", True), ("+780001ms", False)])
def test_the_first_of_a_storm_is_no_longer_before_its_last_than_it_says(last, storm):
    last_one = breached(9, last)
    assert bool(gathered(STORMY, last_one, [*FOUR[:3], last_one])) is storm


def test_a_storm_is_the_same_whoever_of_it_is_looked_at_and_in_whatever_order():
    def opened(looked_at: Alert, related: list[Alert]) -> set[str]:
        return {action.model_dump_json() for action in gathered(STORMY, looked_at, related)}

    assert opened(FOUR[3], FOUR) == opened(FOUR[0], FOUR[::-1]) == opened(FOUR[1], [FOUR[0], *FOUR[2:]])


def test_alerts_of_another_place_or_standard_and_those_that_page_nobody_make_no_storm():
    others = [
        breached(3, "+780s", borough="Camden"),
        folded(news("clock.breached", "+780s", 1, "CAD-3/attend-priority")),
        breached(3, "+780s", cohort="exercise"),
        breached(3, "+780s", late=True),
        folded(*breached(3, "+780s").entries, news("clock.met", "+781s", 2, "CAD-3/attend-immediate")),
    ]
    for other in others:
        assert [
            each for each in gathered(STORMY, FOUR[2], [*FOUR[:3], other]) if "storm" in each.subject
        ] == []
        assert [each for each in gathered(STORMY, other, [*FOUR[:3], other]) if "storm" in each.subject] == []


def test_an_alert_opens_no_storm_that_it_is_not_part_of():
    long_before = breached(9, "+1m")
    assert gathered(STORMY, long_before, [long_before, *FOUR]) == []


def going_on() -> tuple[Alert, list[Alert]]:
    """The storm of the four, and the four in it."""
    actions = gathered(STORMY, FOUR[3], FOUR)
    return folded(actions[0]), [with_actions(alert, *actions) for alert in FOUR]


def test_whoever_comes_while_a_storm_goes_on_joins_it():
    storm, members = going_on()
    fifth = breached(5, "+20m")
    assert types(gathered(STORMY, fifth, [*members, storm])) == [("situation.joined", fifth.id)]


def test_whoever_is_part_of_a_storm_does_not_join_it_again():
    storm, members = going_on()
    assert gathered(STORMY, members[0], [*members, storm]) == []


def test_members_of_a_storm_are_not_told_one_by_one_but_the_storm_is():
    storm, members = going_on()
    assert [plan(member, STORMY, storm).steps for member in members] == [()] * 4
    assert plan(storm, STORMY).steps[0].to.name == "Insp Shah"


@pytest.mark.parametrize(("ms", "over"), [(-1, False), (0, True), (1, True)])
def test_a_storm_is_over_when_none_came_for_a_while(ms, over):
    storm, members = going_on()
    last = breached(5, "+20m")
    members.append(with_actions(last, *gathered(STORMY, last, [*members, storm])))
    assert ends_at(STORMY, storm, members) == at("+30m")
    assert types(wound_up(STORMY, storm, members, at("+30m") + ms)) == [("situation.closed", storm.id)] * over


def test_a_storm_that_is_over_says_what_is_left_of_it_and_ends_once():
    storm, members = going_on()
    ended = wound_up(STORMY, storm, members, at("+30m"))
    assert ended[0].data.because == "no other since; 4 of 4 alerts are still open"
    over = with_actions(storm, *ended)
    assert over.stage == "over"
    assert wound_up(STORMY, over, members, at("+40m")) == []


def test_a_member_of_a_storm_is_looked_at_when_the_shift_changes_for_the_storm_may_be_over_by_then():
    storm, members = going_on()
    assert next_moment(plan(members[0], STORMY, storm), members[0], at("+2h")) == at("+3h")


def test_a_ladder_that_began_before_the_storm_was_over_is_the_storms_to_climb():
    ladders = {
        "full": [{"tell": "inspector", "by": ["sms"]}, {"after": "30m", "tell": "chief", "by": ["sms"]}]
    }
    slowly = policy(storms=[STORM], ladders=ladders)
    storm, members = going_on()
    over = with_actions(storm, *wound_up(STORMY, storm, members, at("+30m")))
    assert {step.kind for step in plan(members[0], slowly, over).steps} == {"shift"}
    assert plan(members[0], slowly, over).escalations == ()


def test_a_second_storm_is_one_of_its_own():
    storm, members = going_on()
    over = with_actions(storm, *wound_up(STORMY, storm, members, at("+30m")))
    later = [breached(number, f"+{number}m") for number in range(40, 43)]
    last = breached(43, "+2460s")
    assert gathered(STORMY, later[2], [*members, over, *later]) == []
    quick = [breached(50 + number, f"+{2400 + number}s") for number in range(3)]
    again = gathered(STORMY, last, [*members, over, *quick, last])
    assert types(again)[0] == ("situation.opened", "storm/attend-immediate/Hackney/2009-10-24T19:41:00.000Z")
    assert len(again) == 5


# ---- rates -------------------------------------------------------------------------------------------------

RATED = policy(
    rates=[
        {"name": "calls", "standard": "call-999", "under": 90, "at_least": 20, "ladder": "full"},
        {
            "name": "by-borough",
            "standard": "snt-reply",
            "boroughs": ["Hackney"],
            "under": 50,
            "at_least": 1,
            "ladder": "full",
        },
    ]
)


def calls(met: int, breached_: int, when: str = "+1m", **more: Any) -> Figure:
    """How the 999 calls of the last quarter of an hour stand."""
    fields: dict[str, Any] = {
        "standard": "call-999",
        "over": "15m",
        "met": met,
        "breached": breached_,
        "at": at(when),
    }
    return Figure(**(fields | more))


@pytest.mark.parametrize(
    ("met", "breached_", "opens"),
    [(18, 2, False), (17, 3, True), (0, 20, True), (0, 19, False), (899, 100, True), (900, 100, False)],
)
def test_a_rate_opens_a_situation_when_it_is_under_of_enough(met, breached_, opens):
    actions = by_rates(RATED, [calls(met, breached_)], [], at("+1m"))
    assert types(actions) == [("situation.opened", "rate/calls//2009-10-24T19:01:00.000Z")] * opens


def test_it_says_how_many_of_how_many_and_a_percentage_only_of_many():
    few = by_rates(RATED, [calls(17, 3)], [], at("+1m"))[0]
    many = by_rates(RATED, [calls(26, 4)], [], at("+1m"))[0]
    assert few.data.words == "999 calls: 17 of 20 in time over the last 15 min, under 90 %"
    assert many.data.words == "999 calls: 26 of 30 in time (86 %) over the last 15 min, under 90 %"


@pytest.mark.parametrize(("age", "believed"), [(MINUTE, True), (MINUTE + 1, False)])
def test_a_figure_that_is_too_old_is_not_believed_and_that_is_said(age, believed):
    now = at("+1m") + age
    assert bool(by_rates(RATED, [calls(0, 99)], [], now)) is believed
    said = "calls: no figure newer than 1m"
    assert (said in unknown_rates(RATED, [calls(0, 99)], now)) is not believed


def test_a_rate_of_a_borough_is_of_that_borough():
    figure = calls(0, 5, standard="snt-reply", borough="Hackney")
    elsewhere = calls(0, 5, standard="snt-reply", borough="Camden")
    assert [
        action.subject.split("/")[:3] for action in by_rates(RATED, [figure, elsewhere], [], at("+1m"))
    ] == [["rate", "by-borough", "Hackney"]]


@pytest.mark.parametrize(
    ("figure", "ended"),
    [
        (calls(18, 2, "+16m"), "now 18 of 20 in time"),
        (calls(18, 1, "+16m"), "too few to say: 18 of 19 in time"),
        (calls(17, 3, "+16m"), None),
        (calls(20, 0, "+15m"), None),
    ],
)
def test_it_ends_when_the_rate_is_back_but_not_before_its_window_has_passed(figure, ended):
    opened = folded(by_rates(RATED, [calls(17, 3)], [], at("+1m"))[0])
    actions = by_rates(RATED, [figure], [opened], figure.at)
    assert [action.data.because for action in actions] == ([ended] if ended else [])


# ---- digests -----------------------------------------------------------------------------------------------

DIGESTED = policy(digest={"at": "07:00", "tell": "inspector", "by": ["sms", "room"]})
OLD = breached(1, "+12m", late=True)
DIGEST = "digest/2009-10-25T07:00:00.000Z"


def test_old_news_is_gathered_into_the_next_digest():
    assert types(gathered(DIGESTED, OLD, [])) == [("situation.opened", DIGEST), ("situation.joined", OLD.id)]
    assert gathered(policy(), OLD, []) == []


def test_a_breach_that_is_old_and_over_when_it_becomes_known_is_in_the_digest_too():
    over = breached(1, "+40m", late=True, stop="2009-10-24T19:14:00Z")
    assert types(gathered(policy(digest=DIGESTED.digest, **rules({"stages": ["breached"]})), over, []))[
        1
    ] == (
        "situation.joined",
        over.id,
    )
    known_at_once = breached(1, "+14m", stop="2009-10-24T19:14:00Z")
    assert gathered(DIGESTED, known_at_once, []) == []
    exercise = breached(1, "+40m", late=True, cohort="exercise", stop="2009-10-24T19:14:00Z")
    assert gathered(DIGESTED, exercise, []) == []


def test_a_feed_whose_silence_is_old_news_is_in_the_digest_too():
    silent = feed_news("feed.silent", "+2m", 1)
    old = silent.model_copy(update={"data": silent.data.model_copy(update={"late": True})})
    assert types(gathered(DIGESTED, folded(old), []))[1] == ("situation.joined", silent.subject)
    assert gathered(DIGESTED, folded(silent), []) == []


def test_everybody_opens_the_digest_with_the_same_words():
    other = breached(2, "+3h", late=True)
    assert gathered(DIGESTED, OLD, [])[0] == gathered(DIGESTED, other, [])[0]


@pytest.mark.parametrize(
    ("when", "day"), [("2009-10-25T06:59:59.999Z", 25), ("2009-10-25T07:00:00.000Z", 26)]
)
def test_what_is_known_at_the_hour_of_the_digest_is_for_the_next(when, day):
    late = breached(1, f"+{parse_time(when) - at('+0s')}ms", late=True)
    assert gathered(DIGESTED, late, [])[0].subject == f"digest/2009-10-{day}T07:00:00.000Z"


def test_a_digest_is_told_at_its_hour_to_its_role_and_is_over_then():
    digest = folded(*gathered(DIGESTED, OLD, [])[:1])
    steps = plan(digest, DIGESTED).steps
    assert [(step.kind, step.at, step.to.name, step.channel) for step in steps] == [
        ("digest", parse_time("2009-10-25T07:00:00Z"), "Insp Early", channel) for channel in ("sms", "room")
    ]
    assert wound_up(DIGESTED, digest, [], steps[0].at - 1) == []
    over = with_actions(digest, *wound_up(DIGESTED, digest, [], steps[0].at))
    assert not over.open
    assert plan(over, DIGESTED).steps == steps


def test_a_member_of_a_digest_is_told_of_what_is_new():
    member = with_actions(breached(1, "+12m", late=True), *gathered(DIGESTED, OLD, []))
    worse = folded(*member.entries, news("clock.unverifiable", "+30m", 2, "CAD-1/attend-immediate"))
    assert worse.situation == DIGEST
    assert plan(worse, DIGESTED).steps[0].at == at("+30m")


# ---- all of it ---------------------------------------------------------------------------------------------


def test_of_a_storm_the_first_are_told_one_by_one_and_the_rest_as_one():
    said = [
        news("clock.breached", f"+{720 + number}s", 1, f"CAD-{number}/attend-immediate")
        for number in range(9)
    ]
    desk = Foretelling(STORMY, said)
    desk.play(at("+13m"))
    told = [
        (step.to.name, alert.kind)
        for alert in desk.alerts()
        for step in desk.plan(alert).steps
        if step.at < at("+13m")
    ]
    assert told == [("Insp Shah", "clock")] * 3 + [("Insp Shah", "storm")]
    assert [alert.situation is None for alert in desk.alerts() if alert.kind == "clock"] == [False] * 9


def test_after_the_storm_those_who_come_on_duty_are_told_of_what_is_left_and_nobody_before():
    said = [
        news("clock.breached", f"+{720 + number}s", 1, f"CAD-{number}/attend-immediate")
        for number in range(5)
    ]
    desk = Foretelling(STORMY, said)
    desk.play(at("+4h"))
    storm = next(alert for alert in desk.alerts() if alert.kind == "storm")
    assert (storm.stage, storm.changed_at) == ("over", storm.raised_at + 10 * MINUTE + 1 * SECOND)
    last = desk.alert("CAD-4/attend-immediate")
    assert last is not None
    told = {step.id: step for step in desk.plan(last).steps}
    assert {
        (told[each.data.step].kind, each.time) for each in last.actions if isinstance(each, Notified)
    } == {("shift", "2009-10-24T22:00:00.000Z")}
