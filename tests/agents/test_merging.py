"""Incidents are folded in the order of recording, from whichever topic their events come (T5)."""

from collections import deque
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from agents.merging import Ended, Merge, Waiting, companions
from schemas.times import MINUTE
from streams.partition_time import PartitionTime
from streams.transport import uptime_ms
from tests.agents.parts import T0, SetClock, at_end, deliver, record, watch


def created(at: int) -> Any:
    return record("dispatch", "incident.created", "CAD-1", at, grade="I")


def test_the_topics_of_a_kind_are_merged_and_others_are_not() -> None:
    assert companions("dispatch") == companions("arrival") == ("dispatch", "arrival")
    assert companions("call-answer") == ("call-answer",)


def test_a_late_cancellation_waits_for_the_arrival_that_is_still_to_be_read() -> None:
    """Folded as read, the cancellation at 20 min would announce a breach; the unit was there after one."""
    partition = watch(clock=SetClock(T0 + 60 * MINUTE))
    cancelled = record("dispatch", "incident.cancelled", "CAD-1", 20 * MINUTE)
    partition.time.topics["arrival"].asked(1, uptime_ms())  # a record is there, unread
    partition.fold(deliver(partition, "dispatch", created(0), cancelled))
    assert partition.unfolded() == {"dispatch": 2}
    assert partition.outbox.folded == []  # nothing to acknowledge yet
    arrived = record("arrival", "unit.arrived", "CAD-1", MINUTE, unit="GD21")
    partition.fold(deliver(partition, "arrival", arrived))
    at_end(partition, "arrival")
    partition.advance()
    assert partition.unfolded() == {}
    assert [view.verdict for view in partition.shard.clocks()] == ["met"]
    assert partition.outbox.said == []
    assert len(partition.outbox.folded) == 2


def test_what_waits_is_asked_about() -> None:
    partition = watch(clock=SetClock(T0))
    partition.fold(deliver(partition, "dispatch", created(0)))
    assert "arrival" in (partition.held_topics() or ())
    at_end(partition, "arrival")
    partition.advance()
    assert partition.unfolded() == {}


def test_calls_wait_for_nobody() -> None:
    partition = watch(clock=SetClock(T0))
    call = record("call-answer", "call.presented", "CALL-1", 0, line="999")
    partition.fold(deliver(partition, "call-answer", call))
    assert partition.unfolded() == {}
    assert "CALL-1" in partition.shard


def test_what_waits_is_forgotten_when_it_will_be_read_again() -> None:
    partition = watch(clock=SetClock(T0))
    partition.fold(deliver(partition, "dispatch", created(0)))
    partition.put_back()
    assert partition.unfolded() == {}
    assert not partition.pending()


def test_folding_stops_to_give_others_their_turn_and_goes_on(monkeypatch) -> None:
    monkeypatch.setattr("agents.watch.FOLDED_AT_ONCE", 10)
    partition = watch(clock=SetClock(T0))
    calls = [record("call-answer", "call.presented", f"CALL-{number}", 0, line="999") for number in range(25)]
    partition.fold(deliver(partition, "call-answer", *calls))
    turns = 0
    while partition.unfinished():
        assert partition.outbox.folded == []
        partition.go_on()
        turns += 1
    assert (turns, len(partition.shard), len(partition.outbox.folded)) == (2, 25, 1)


class Told:
    """An event told by its recording alone."""

    def __init__(self, topic: str, recorded: int) -> None:
        self.topic = topic
        self.fact = self
        self.recorded = recorded


@given(
    dispatch=st.lists(st.lists(st.integers(0, 100), max_size=4), max_size=5),
    arrival=st.lists(st.lists(st.integers(0, 100), max_size=4), max_size=5),
    order=st.randoms(use_true_random=False),
)
def test_nothing_is_lost_or_folded_ahead_of_the_other_topic(dispatch, arrival, order) -> None:
    """Batches come in any interleaving; each topic stays in order, and waits for the other's backlog."""
    time = PartitionTime(0)
    merge = Merge(("dispatch", "arrival"), time)
    batches = {"dispatch": [sorted(each) for each in dispatch], "arrival": [sorted(each) for each in arrival]}
    left = {topic: list(enumerate(each)) for topic, each in batches.items()}
    ends = {topic: len(each) for topic, each in batches.items()}
    for topic, end in ends.items():
        time.topics[topic].heard(0, None, uptime_ms())
        time.topics[topic].asked(end, uptime_ms())
    taken: list[tuple[str, int]] = []
    while any(left.values()):
        topic = order.choice([each for each, waiting in left.items() if waiting])
        number, recordings = left[topic].pop(0)
        time.topics[topic].hand(number + 1)
        events = [(Told(topic, recorded), None) for recorded in recordings]
        merge.add(topic, Waiting(topic, number + 1, deque(events)))
        _fold(merge, time, taken, left)
    for topic, each in batches.items():
        assert [at for name, at in taken if name == topic] == [at for batch in each for at in batch]
    assert not merge


def _fold(merge: Merge, time: PartitionTime, taken: list[tuple[str, int]], left: Any) -> None:
    folded: list[int] = []
    for each in merge.ready(uptime_ms()):
        if isinstance(each, Ended):
            time.topics[each.topic].fold(each.position, max(folded, default=None))
            folded = []
            continue
        event = each[0]
        other = "arrival" if event.topic == "dispatch" else "dispatch"
        if left[other]:  # a backlog: it has come as far, or has a later event at hand
            heads = [batch.events[0][0].recorded for batch in merge._waiting[other] if batch.events][:1]
            assert event.recorded <= max([time.topics[other].latest or 0, *heads])
        taken.append((event.topic, event.recorded))
        folded.append(event.recorded)
