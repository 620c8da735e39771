"""When the lack of a unit is said, and said again (P1): at its moment, then at each change of shift for a day."""

import pytest

from clocks.calendar import next_shift
from clocks.finding import Finding
from clocks.saying import UNRESOURCED, ClockState, Revision
from clocks.subject import latest_unresourced, unresourced_moment
from schemas.times import DAY, HOUR, MINUTE
from tests.clocks.histories import PACK, ZERO


def shift(number: int) -> int:
    """The change of shift of that number after ZERO."""
    moment = ZERO
    for _ in range(number):
        moment = next_shift(moment, PACK.shifts, PACK.zone) or 0
    return moment


FIRST, SECOND, THIRD = shift(1), shift(2), shift(3)


def clock(
    *said: int, since: int | None, known: int = ZERO, recorded: int = ZERO, due: int = FIRST
) -> ClockState:
    """A clock without a unit since then, of which that has been said at these moments."""
    finding = Finding(
        standard="attend-priority",
        start=ZERO,
        due=due,
        breach_at=due + 1,
        known=known,
        unresourced=since,
        unresourced_known=None if since is None else recorded,
    )
    told = [Revision(UNRESOURCED, "running", moment, moment) for moment in said]
    return ClockState(finding, said=told)


@pytest.mark.parametrize(
    ("state", "moment"),
    [
        (clock(since=None), None),
        (clock(since=ZERO + MINUTE), ZERO + MINUTE),
        (clock(since=ZERO + MINUTE, recorded=ZERO + HOUR), ZERO + HOUR),
        (clock(since=ZERO, known=ZERO), ZERO),
        (clock(since=ZERO, known=ZERO + 1), FIRST),
        (clock(since=ZERO, known=FIRST), FIRST),
        (clock(since=ZERO, known=FIRST + 1), SECOND),
        (clock(ZERO + MINUTE, since=ZERO + MINUTE), FIRST),
        (clock(ZERO + MINUTE, FIRST, since=ZERO + MINUTE), SECOND),
        (clock(FIRST - 1, since=ZERO + MINUTE), FIRST),
        (clock(ZERO + MINUTE, since=ZERO + MINUTE, known=SECOND), SECOND),
        (clock(ZERO + MINUTE, since=ZERO + HOUR), ZERO + HOUR),  # of an earlier gap
        (clock(FIRST, since=ZERO, due=SECOND - DAY), SECOND),
        (clock(FIRST, since=ZERO, due=SECOND - DAY - 1), None),
    ],
)
def test_when_it_is_next_to_be_said(state: ClockState, moment: int | None) -> None:
    assert unresourced_moment(state, PACK) == moment


def test_of_a_clock_that_never_ran_nothing_is_to_be_said() -> None:
    assert unresourced_moment(ClockState(None), PACK) is None
    assert latest_unresourced(ClockState(None), FIRST, PACK) is None


@pytest.mark.parametrize(
    ("now", "moment"),
    [
        (ZERO + MINUTE - 1, None),
        (ZERO + MINUTE, ZERO + MINUTE),
        (FIRST - 1, ZERO + MINUTE),
        (FIRST, FIRST),
        (THIRD - 1, SECOND),
        (THIRD, THIRD),
    ],
)
def test_what_fell_due_meanwhile_is_said_once(now: int, moment: int | None) -> None:
    assert latest_unresourced(clock(since=ZERO + MINUTE), now, PACK) == moment


def test_a_day_after_the_deadline_it_is_said_no_more() -> None:
    state = clock(since=ZERO + MINUTE, due=SECOND - DAY)
    assert latest_unresourced(state, ZERO + 30 * DAY, PACK) == SECOND
