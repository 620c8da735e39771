"""Storms, rates and digests: what opens them, who joins, what ends them; at each boundary, and one beside it."""

import pytest

from alerting.alert import Alert, Entry
from alerting.situations import gathered
from schemas.actions import Action
from tests.alerting.entries import news
from tests.alerting.policies import policy
from tests.alerting.tellings import folded

STORM = {"name": "storm", "ladder": "full", "more_than": 3, "within": "60s", "over_after": "10m"}
STORMY = policy(storms=[STORM])


def breached(number: int, when: str, **data: object) -> Alert:
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


def test_so_many_are_no_storm_yet():
    assert gathered(STORMY, FOUR[2], FOUR[:3]) == []


@pytest.mark.parametrize(("last", "storm"), [("+779999ms", True), ("+780s", True), ("+780001ms", False)])
def test_the_first_of_a_storm_is_no_longer_before_its_last_than_it_says(last, storm):
    last_one = breached(9, last)
    assert bool(gathered(STORMY, last_one, [*FOUR[:3], last_one])) is storm
