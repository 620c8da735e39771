"""A history is a set: sameness, withdrawals, contents that differ, and its bounds (S1, S2)."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from clocks.history import FEW, MAX_BYTES, MAX_FACTS, History
from schemas.facts import Fact
from tests.clocks.histories import histories


def fact(
    number: int = 1, *, time: int = 0, recorded: int | None = None, name: str = "incident.chased", **data
) -> Fact:
    return Fact("s", f"e{number}", name, time, time if recorded is None else recorded, data)


@given(histories, st.randoms(use_true_random=False))
def test_the_standing_facts_do_not_depend_on_the_order_they_came_in(events, random):
    facts = [event.fact for event in events]
    one, other = History(), History()

    for each in facts:
        one.add(each)
        one.standing()  # asked in between, the order is kept as it grows
    for each in random.sample(facts, len(facts)):
        other.add(each)

    assert one.standing() == other.standing()


def test_the_same_event_again_changes_nothing():
    history = History()

    assert history.add(fact())
    assert not history.add(fact())


def test_of_two_contents_the_later_recorded_counts():
    history = History()
    history.add(fact(recorded=5, call="CALL-2"))

    assert not history.add(fact(recorded=4, call="CALL-1"))
    assert history.add(fact(recorded=6, call="CALL-1"))
    assert history.standing()[0].data == {"call": "CALL-1"}


def test_of_two_contents_recorded_together_the_greater_json_counts():
    one, other = fact(call="CALL-1"), fact(call="CALL-2")

    for facts in ([one, other], [other, one]):
        history = History()
        for each in facts:
            history.add(each)
        assert history.standing() == [other]


def test_equal_contents_under_two_ids_count_once_the_lowest_standing():
    history = History()
    history.add(fact(2))
    history.add(fact(1))

    assert [each.id for each in history.standing()] == ["e1"]


def test_withdrawing_one_of_two_equal_events_leaves_the_other():
    history = History()
    for each in (fact(1), fact(2), fact(9, name="event.withdrawn", event="e1")):
        history.add(each)

    assert [each.id for each in history.standing()] == ["e2"]


def test_a_withdrawal_counts_whichever_comes_first_and_cannot_be_withdrawn():
    history = History()
    history.add(fact(9, name="event.withdrawn", event="e1"))
    history.add(fact(8, name="event.withdrawn", event="e9"))
    history.add(fact(1))

    assert history.standing() == []


def test_another_sources_withdrawal_withdraws_nothing():
    history = History()
    history.add(fact(1))
    history.add(msgspec.structs.replace(fact(9, name="event.withdrawn", event="e1"), source="other"))

    assert [each.id for each in history.standing()] == ["e1"]


def test_among_regrades_of_one_moment_the_most_urgent_comes_last():
    history = History()
    for number, grade in enumerate("IRSE"):
        history.add(fact(number, name="incident.regraded", grade=grade))

    assert [each.data["grade"] for each in history.standing()] == ["R", "E", "S", "I"]


def test_at_one_moment_stops_come_before_starts_and_starts_before_all_else():
    names = [
        "incident.reopened",
        "incident.cancelled",
        "incident.flagged",
        "incident.created",
        "unit.arrived",
    ]
    history = History()
    for number, name in enumerate(names):
        history.add(fact(number, name=name))

    assert [each.type for each in history.standing()] == names[::-1]


def test_a_history_holds_500_facts_and_says_when_it_is_full():
    history = History()
    for number in range(MAX_FACTS):
        assert history.add(fact(number, time=number))
    assert not history.full

    assert history.add(fact(MAX_FACTS, time=MAX_FACTS)), (
        "the first one too many changes the history: it is full"
    )
    assert history.full
    assert not history.add(fact(MAX_FACTS + 1))
    assert len(history) == MAX_FACTS


def test_a_history_holds_256_kilobytes():
    history = History()
    size = MAX_BYTES // FEW
    for number in range(FEW):
        history.add(fact(number, time=number, reason="x" * (size - 100)))
    assert not history.full

    history.add(fact(FEW, reason="x" * size))
    assert history.full


def test_a_content_that_was_replaced_no_longer_counts_by_its_size():
    history = History()
    size = MAX_BYTES // FEW
    for number in range(FEW - 1):
        history.add(fact(number, time=number, reason="x" * (size - 100)))
    for number in range(3):
        history.add(fact(FEW + number, reason="short"))
    shorter = msgspec.structs.replace(fact(0, reason="short"), recorded=fact(0).recorded + 1)
    assert history.add(shorter)

    history.add(fact(90, reason="x" * (size - 200)))
    assert not history.full
    history.add(fact(91, reason="x" * 2 * size))
    assert history.full


def test_a_full_history_restored_is_full():
    assert History([fact()], full=True).full


def test_of_two_contents_recorded_at_once_the_data_are_compared_first_then_the_time_then_the_type():
    """As canonical JSON has them: data, time, type."""
    history = History()
    history.add(fact(recorded=5, time=2, name="incident.chased", call="CALL-1"))

    assert not history.add(fact(recorded=5, time=3, name="incident.reopened", call="CALL-0"))
    assert history.add(fact(recorded=5, time=1, name="incident.cancelled", call="CALL-2"))
    assert not history.add(fact(recorded=5, time=0, name="incident.reopened", call="CALL-2"))
    assert history.add(fact(recorded=5, time=1, name="incident.chased", call="CALL-2"))


def test_bytes_are_counted_as_facts_are_added_and_may_reach_the_bound():
    history = History()
    for number in range(FEW):
        history.add(fact(number))
    used = sum(len(msgspec.json.encode(each)) for each in history)
    filler = len(msgspec.json.encode(fact(100, call=""))) + 20_000
    room, number = MAX_BYTES - used, 0
    while room >= filler:
        assert history.add(fact(100 + number, call="x" * 20_000))
        room, number = room - filler, number + 1
    rest = room - len(msgspec.json.encode(fact(200, call="")))
    assert history.add(fact(200, call="x" * rest))

    assert not history.full
    history.add(fact(300))
    assert history.full
