"""What a worker folds as one batch, and so says otherwise than one event at a time, is no difference."""

from clocks.shard import Shard
from pledgewatch.verifying.comparing import Comparison, compare
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import Told, of_said
from schemas.decoding import decode
from standards.loader import load_pack
from tests.cli.events import at, event

PACK = load_pack("met-pledge-2009")
CREATED = event("+0s", "incident.created", "CAD-1", grade="S", borough="Camden")
REGRADED = event("+15m", "incident.regraded", "CAD-1", grade="E")
CLOSED = event("+6m", "incident.closed", "CAD-1", resolution="no-attendance-required")
CLOSED_LATE = event("+6m", "incident.closed", "CAD-1", resolution="no-attendance-required", seen="+15m2s")
REOPENED = event("+8m", "incident.reopened", "CAD-1")


def compared(*lines: bytes, said: list[Told] | None = None, until: str = "+20m") -> Comparison:
    """The events folded as one batch, then judged again one by one."""
    events = [decode(line) for line in lines]
    recorded = Recorded(PACK, settle=0, surely=at(until), at_most=at(until), events=events, whole=True)
    told = [of_said(each) for each in Shard(PACK).fold(events, at(until))]
    recorded.say(told if said is None else said)
    return compare(recorded)


def test_a_clock_excluded_for_two_reasons_may_stand_by_either() -> None:
    found = compared(CREATED, REGRADED, CLOSED_LATE)
    assert [each.problem for each in found.differences] == []
    assert found.said == 1


def test_a_reason_that_never_held_is_a_difference() -> None:
    (told,) = [of_said(each) for each in Shard(PACK).fold([decode(CREATED), decode(CLOSED)], at("+20m"))]
    found = compared(CREATED, CLOSED, said=[told._replace(reason="regraded")])
    assert len(found.differences) == 1


def test_a_clock_that_runs_again_has_nothing_standing_against_it() -> None:
    found = compared(CREATED, CLOSED, REOPENED)
    assert [each.problem for each in found.differences] == []
    assert (found.said, found.overtaken) == (0, 1)


def test_a_clock_that_runs_again_and_breaches_must_be_told() -> None:
    found = compared(CREATED, CLOSED, REOPENED, said=[], until="+2h")
    assert [each.clock for each in found.differences] == ["CAD-1/attend-priority"]
