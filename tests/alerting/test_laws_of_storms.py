"""Storms beside a plain reckoning of them, and what holds of everybody in one."""

from hypothesis import given, settings
from hypothesis import strategies as st

from alerting.foretelling import Foretelling
from alerting.plan import due, plan
from schemas.actions import Notified, SituationJoined
from schemas.times import MINUTE, SECOND
from tests.alerting.entries import news
from tests.alerting.policies import policy
from tests.cli.events import at

MORE_THAN, WITHIN, OVER_AFTER = 2, 60 * SECOND, 5 * MINUTE
STORMY = policy(
    storms=[{"name": "storm", "ladder": "full", "more_than": MORE_THAN, "within": "60s", "over_after": "5m"}],
    rules=[{"name": "all", "ladder": "full", "again_at_shifts": False}],
)
MOMENTS = st.lists(
    st.integers(0, 200).map(lambda number: at("+1m") + number * 5 * SECOND), min_size=1, max_size=9
)


def played(moments: list[int]) -> Foretelling:
    """A desk that has seen an incident breach at each of these moments."""
    said = [
        news("clock.breached", f"+{moment - at('+0s')}ms", 1, f"CAD-{number}/attend-immediate")
        for number, moment in enumerate(moments)
    ]
    desk = Foretelling(STORMY, said)
    desk.play()
    return desk


def reckoned(moments: list[int]) -> list[tuple[int, int]]:
    """The storms, each with its beginning and how many are in it, as one would count them by hand."""
    storms: list[tuple[int, int]] = []
    alone: list[int] = []
    until = 0
    for moment in sorted(moments):
        if moment <= until:
            storms[-1] = (storms[-1][0], storms[-1][1] + 1)
            until = moment + OVER_AFTER
            continue
        alone.append(moment)
        near = [other for other in alone if moment - other <= WITHIN]
        if len(near) > MORE_THAN:
            storms.append((moment, len(near)))
            alone = [other for other in alone if other not in near]
            until = moment + OVER_AFTER
    return storms


@given(MOMENTS)
@settings(max_examples=60)
def test_storms_are_those_that_one_would_count_by_hand(moments):
    alerts = played(moments).alerts()
    storms = sorted((each.raised_at, each.id) for each in alerts if each.kind == "storm")
    found = [(begun, sum(alert.situation == storm for alert in alerts)) for begun, storm in storms]
    assert found == reckoned(moments)


@given(MOMENTS)
@settings(max_examples=60)
def test_nobody_is_told_of_one_by_one_while_a_storm_speaks_for_it(moments):
    desk = played(moments)
    for alert in desk.alerts():
        joined = [each for each in alert.actions if isinstance(each, SituationJoined)]
        told = [each for each in alert.actions if isinstance(each, Notified)]
        assert all(each.time < joined[0].time for each in told if joined)
        assert told or joined or alert.kind == "storm"


@given(MOMENTS)
@settings(max_examples=40)
def test_a_desk_that_comes_after_has_nothing_left_to_tell(moments):
    desk = played(moments)
    for alert in desk.alerts():
        situation = desk.alert(alert.situation) if alert.situation else None
        for moment in range(min(moments), max(moments) + 30 * MINUTE, MINUTE):
            assert due(plan(alert, STORMY, situation), alert, moment) == []
