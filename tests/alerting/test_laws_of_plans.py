"""What holds of every plan, whatever happens to an alert and whatever people do about it."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from alerting.alert import ALARMING, Entry, fold, moment_of
from alerting.case import Case
from alerting.foretelling import Foretelling
from alerting.plan import Plan, due, next_moment, plan, rising
from alerting.policy import Policy
from schemas.actions import Notified
from schemas.times import DAY, HOUR, MINUTE, format_time
from tests.alerting.entries import CLOCK, VERDICTS, act, news
from tests.alerting.plans import told
from tests.alerting.policies import PEOPLE, policy
from tests.alerting.tellings import folded
from tests.cli.events import at

PLAIN = policy()
QUIET = policy(
    quiet={"nights": {"hours": "20:30-06:00"}, "evenings": {"hours": "20:30-22:00", "by": ["email"]}},
    rules=[
        {"name": "risk", "ladder": "full", "stages": ["at-risk"], "quiet": "nights"},
        {"name": "rest", "ladder": "full", "quiet": "evenings"},
    ],
)
SHIFTLESS = policy(rules=[{"name": "all", "ladder": "full", "again_at_shifts": False}])
EMPTY = policy(
    roster={
        "inspector": [{"who": ["early"], "hours": "07:00-15:00"}],
        "chief": [{"who": ["chief"]}],
        "super": [{"who": ["super"]}],
    }
)
POLICIES = st.sampled_from([PLAIN, QUIET, SHIFTLESS, EMPTY])
MOMENTS = st.integers(0, 26 * 60).map(lambda minutes: f"+{minutes}m")
NAMES = st.sampled_from([person["name"] for person in PEOPLE.values()] + ["PC Somebody"])


@st.composite
def histories(draw: st.DrawFn) -> list[Entry]:
    """Some news of one clock and some deeds of people, at whole minutes of a day and a bit."""
    moments = sorted(draw(st.lists(MOMENTS, min_size=1, max_size=5)), key=at)
    types = draw(st.lists(st.sampled_from(sorted(VERDICTS)), min_size=len(moments), max_size=len(moments)))
    told_ = [
        news(type_, moment, number)
        for number, (type_, moment) in enumerate(zip(types, moments, strict=True), 1)
    ]
    return [*told_, *draw(st.lists(deeds(), max_size=4, unique_by=lambda entry: entry.id))]


@st.composite
def deeds(draw: st.DrawFn) -> Entry:
    """Something a person does."""
    when, by = draw(MOMENTS), draw(NAMES)
    more: dict[str, Any] = draw(
        st.sampled_from(
            [
                {"type_": "alert.acknowledged"},
                {"type_": "alert.assigned", "to": draw(NAMES)},
                {"type_": "alert.closed"},
                {"type_": "alert.commented", "note": "seen"},
                {
                    "type_": "alert.snoozed",
                    "until": format_time(at(when) + draw(st.integers(-60, 600)) * MINUTE),
                },
            ]
        )
    )
    return act(more.pop("type_"), when, by=by, **more)


def known_by(entries: list[Entry], moment: int) -> list[Entry]:
    """What was known before a moment (ms)."""
    return [entry for entry in entries if moment_of(entry) < moment]


def lines(found: Plan) -> list[tuple[str, int]]:
    """The steps by id and moment."""
    return [(step.id, step.at) for step in found.steps]


@given(histories(), POLICIES, st.randoms())
def test_the_plan_does_not_depend_on_the_order_of_entries(entries, under, random):
    shuffled = [*entries, *entries[:2]]
    random.shuffle(shuffled)
    assert plan(folded(*shuffled), under) == plan(folded(*entries), under)


@given(histories(), POLICIES)
def test_what_was_told_is_told_once_however_often_the_alert_is_looked_at(entries, under):
    desk = Foretelling(under, entries)
    desk.play()
    alert = desk.alert(CLOCK)
    assert alert is not None
    steps = [action.data.step for action in alert.actions if isinstance(action, Notified)]
    assert len(steps) == len(set(steps))
    end = at("+26h") + 3 * DAY
    rebuilt = folded(*reversed(alert.entries))
    found = plan(rebuilt, under)
    for moment in range(at("+0s"), end, HOUR):
        assert due(found, rebuilt, moment) == []
        assert rising(found, rebuilt, moment) == []
    assert next_moment(found, rebuilt, end) is None


@given(histories(), POLICIES, deeds())
def test_what_a_person_does_moves_no_step_into_the_past(entries, under, deed):
    moment = moment_of(deed)
    before = known_by(entries, moment)
    if fold(before) is None:
        return
    earlier = lines(plan(folded(*before), under))
    for step, when in lines(plan(folded(*before, deed), under)):
        assert (step, when) in earlier or when >= moment


@given(histories(), st.integers(min_value=0, max_value=3 * HOUR))
def test_an_alert_stood_as_what_was_known_by_then_makes_it(entries, after):
    alert = folded(*entries)
    moment = alert.raised_at + after
    then = fold(entry for entry in entries if moment_of(entry) <= moment)
    assert then is not None
    assert Case(alert, PLAIN).standing(moment) == replace(then, news=(), actions=())


@given(histories(), POLICIES)
def test_nobody_is_told_up_the_ladder_of_what_is_over_or_somebodys(entries, under):
    desk = Foretelling(under, entries)
    desk.play()
    alert = desk.alert(CLOCK)
    assert alert is not None
    kinds = {step.id: step.kind for step in desk.plan(alert).steps}
    for action in alert.actions:
        if isinstance(action, Notified) and kinds.get(action.data.step) == "ladder":
            then = Case(alert, under).standing(moment_of(action))
            assert then.open
            assert then.acknowledged is None
            assert then.stage in ALARMING


@given(histories(), POLICIES)
def test_what_is_alarming_is_told_or_the_plan_says_why_not(entries, under):
    alert = folded(*entries)
    found = plan(alert, under)
    if any(step for step in entries if step.type in ("clock.breached", "clock.at_risk")):
        assert found.steps or found.withheld


@given(st.integers(1, 30), st.integers(1, 30), POLICIES.filter(lambda each: each is not QUIET))
def test_the_ladder_is_climbed_until_the_first_acknowledgement_or_the_end(
    acknowledged, stopped, under: Policy
):
    """Beside a plain reckoning of it: rungs at 0, 5 and 10 minutes; where the first is empty, the second at 0."""
    entries = [
        news("clock.breached", "+0m", 1),
        act("alert.acknowledged", f"+{acknowledged}m", by="CI Chief"),
        news("clock.stopped", f"+{stopped}m", 2),
    ]
    desk = Foretelling(under, entries)
    desk.play()
    alert = desk.alert(CLOCK)
    assert alert is not None
    until = min(acknowledged, stopped)
    rungs = [0, 10] if under is EMPTY else [0, 5, 10]
    climbed = [minute for minute in rungs if minute < until]
    told_ = told(desk.plan(alert), ["first", "ladder"])
    assert [when for _, when, _ in told_] == [f"+{minute}m" for minute in climbed]
