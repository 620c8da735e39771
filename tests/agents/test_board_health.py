"""Whether the watch is alive: what is claimed, and by what evidence."""

import pytest

from agents.board_health import DEAD, LATE, Progress, Signs, judge_watch
from schemas.times import SECOND
from streams.group import GroupState, Reading

WELL = Signs(following=True, overdue=0, overdue_for=0, members=2, stuck=0)
PLACE = ("dispatch", 3)


@pytest.mark.parametrize(
    ("differing", "watch", "evidence"),
    [
        ({}, "alive", "2 workers are running, nothing is overdue"),
        ({"members": 1}, "alive", "1 worker is running, nothing is overdue"),
        ({"following": False, "members": 0}, "unknown", "the ledger cannot be read to its end"),
        ({"members": 0}, "dead", "no worker is running"),
        (
            {"members": 0, "overdue": 3, "overdue_for": 12_345},
            "dead",
            "no worker is running; 3 clocks that fell due have not been judged, the first for 12s",
        ),
        ({"overdue": 1, "overdue_for": LATE - 1}, "alive", "2 workers are running, nothing is overdue"),
        (
            {"overdue": 1, "overdue_for": LATE},
            "late",
            "1 clock that fell due has not been judged, the first for 5s",
        ),
        ({"stuck": LATE}, "late", "records have come and none was acknowledged for 5s"),
        ({"stuck": DEAD}, "dead", "records have come and none was acknowledged for 30s"),
        (
            {"members": None},
            "unknown",
            "nothing is overdue, and the brokers do not say whether a worker is running",
        ),
        ({"members": None, "quiet": 59_999}, "alive", "the ledger is being written, nothing is overdue"),
        (
            {"members": None, "quiet": 60_000},
            "unknown",
            "nothing is overdue, and the brokers do not say whether a worker is running",
        ),
        (
            {"members": None, "overdue": 2, "overdue_for": DEAD},
            "late",
            "2 clocks that fell due have not been judged, the first for 30s",
        ),
    ],
)
def test_the_watch_is_judged_by_what_is_seen(differing, watch, evidence):
    assert judge_watch(WELL._replace(**differing)) == (watch, evidence)


def told(committed: int, end: int) -> GroupState:
    return GroupState(1, {PLACE: Reading(committed, end)})


def test_the_marker_of_a_transaction_is_never_acknowledged_and_proves_nothing():
    progress = Progress()
    progress.take(told(9, 11), 0)
    progress.take(told(9, 11), 60 * SECOND)
    assert progress.stuck(60 * SECOND) == 0
    assert progress.unread == 2


def test_records_that_come_without_one_being_acknowledged_tell_since_when():
    progress = Progress()
    progress.take(told(10, 10), 0)
    progress.take(told(10, 12), 2 * SECOND)
    progress.take(told(10, 15), 8 * SECOND)
    assert progress.stuck(10 * SECOND) == 8 * SECOND


@pytest.mark.parametrize("after", [told(12, 20), told(15, 15)])
def test_an_acknowledgement_begins_it_anew(after):
    progress = Progress()
    progress.take(told(10, 10), 0)
    progress.take(told(10, 15), 2 * SECOND)
    progress.take(after, 9 * SECOND)
    assert progress.stuck(20 * SECOND) == 0


def test_brokers_that_do_not_say_change_nothing():
    progress = Progress()
    progress.take(told(10, 10), 0)
    progress.take(told(10, 15), 2 * SECOND)
    progress.take(GroupState(None, None), 4 * SECOND)
    assert progress.stuck(5 * SECOND) == 3 * SECOND
    assert Progress().unread is None
