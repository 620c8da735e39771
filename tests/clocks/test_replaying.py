"""Playing recorded events: in what order things are said, and how far time runs behind the recordings (T3, T5)."""

import pytest

from clocks.replaying import next_moment, play, play_out, play_until
from clocks.shard import Shard
from schemas.facts import Event
from schemas.times import MINUTE, SECOND
from tests.clocks.histories import PACK, ZERO, an_event


def call(number: int, at: int, name: str = "call.presented", late: int = 0) -> Event:
    data = {"line": "101"} if name == "call.presented" else {}
    return an_event(f"CALL-{number}", name, at, late, f"{name}-{number}", data)


def brief(said: list) -> list[tuple[str, str, int]]:
    return [(each.clock.partition("/")[0], each.verdict, each.said_at - ZERO) for each in said]


@pytest.mark.parametrize(
    ("presented", "order"),
    [
        (5 * MINUTE, ["CAD-1", "CALL-1"]),
        (2 * MINUTE - 30 * SECOND - 1, ["CAD-1", "CALL-1"]),  # at one ms, by their names
        (2 * MINUTE - 30 * SECOND - 2, ["CALL-1", "CAD-1"]),
    ],
)
def test_what_one_step_says_of_several_kinds_comes_in_order(presented: int, order: list[str]) -> None:
    """The lack of a unit is said after 2 min, the breach of a call 1 ms after its due."""
    shard = Shard(PACK)
    shard.fold([an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I"}), call(1, presented)])
    assert [each.subject for each in play_until(shard, ZERO + 6 * MINUTE)] == order


def test_what_is_said_at_one_ms_comes_in_order_of_the_clocks() -> None:
    shard = Shard(PACK)
    said = [*play(shard, [call(2, 0), call(1, 0)]), *play_out(shard)]
    assert brief(said) == [(f"CALL-{number}", "breached", 30 * SECOND + 1) for number in (1, 2)]


@pytest.mark.parametrize(("late", "verdicts"), [(1_001, ["met"]), (1_002, ["breached", "met"])])
def test_evidence_that_comes_within_settle_is_in_time(late: int, verdicts: list[str]) -> None:
    """Answered in its last ms, which is told 1.001 s later: what is recorded when it fires is folded before."""
    shard = Shard(PACK)
    events = [call(1, 0), call(1, 30 * SECOND, "call.answered", late)]
    said = [*play(shard, events, settle=SECOND), *play_out(shard, SECOND)]
    assert [each.verdict for each in said] == verdicts


def test_when_all_is_said_nothing_is_ahead() -> None:
    shard = Shard(PACK)
    list(play(shard, [call(1, 0)]))
    assert next_moment(shard) == ZERO + 30 * SECOND + 1
    list(play_out(shard))
    assert next_moment(shard) is None
