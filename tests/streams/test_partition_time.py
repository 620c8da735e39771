"""T5: catching up announces no breach whose answer is already waiting to be read."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from schemas.events import INPUT_TOPICS, KIND_TOPICS
from streams.partition_time import ANSWER_HOLDS, BEGINNING, PartitionTime

SETTLE = 1_000
WALL = 1_000_000_000
AT = 50_000


def partition() -> PartitionTime:
    return PartitionTime(SETTLE)


def read_to_end(time: PartitionTime, name: str, end: int = 0, at: int = AT) -> None:
    time.topics[name].asked(end, at)
    time.topics[name].heard(end, end, at)


def test_a_topic_not_yet_asked_is_not_at_its_end() -> None:
    time = partition()
    time.topics["arrival"].heard(0, 0, AT)  # fetched from, answered, empty: but its end was not asked
    assert time.of_topic("arrival", WALL, AT) == BEGINNING


def test_an_empty_topic_is_at_its_end_once_asked() -> None:
    time = partition()
    read_to_end(time, "arrival")
    assert time.of_topic("arrival", WALL, AT) == WALL - SETTLE


def test_an_unread_backlog_holds_the_time_at_the_latest_record_folded() -> None:
    time = partition()
    time.topics["arrival"].asked(end=500, answered=AT)
    time.topics["arrival"].hand(100)
    time.topics["arrival"].fold(100, WALL - 3_600_000)
    # T3: other records of the same instant may follow, so that instant is not over.
    assert time.of_topic("arrival", WALL, AT) == WALL - 3_600_000 - 1 - SETTLE


def test_an_unread_backlog_on_arrival_holds_back_incidents_not_calls() -> None:
    time = partition()
    read_to_end(time, "call-answer")
    read_to_end(time, "dispatch")
    time.topics["arrival"].asked(end=500, answered=AT)
    assert time.of_kind("CAD", WALL, AT) == BEGINNING
    assert time.of_kind("CALL", WALL, AT) == WALL - SETTLE


def test_what_is_fetched_but_not_folded_is_unread() -> None:
    time = partition()
    topic = time.topics["dispatch"]
    topic.asked(end=10, answered=AT)
    topic.hand(10)
    topic.heard(10, 10, AT)
    assert time.of_topic("dispatch", WALL, AT) == BEGINNING
    topic.fold(10, 5_000)
    assert time.of_topic("dispatch", WALL, AT) == WALL - SETTLE


def test_a_transaction_marker_at_the_end_is_no_unread_record() -> None:
    time = partition()
    topic = time.topics["dispatch"]
    topic.asked(end=11, answered=AT)
    topic.hand(10)
    topic.fold(10, 5_000)
    assert not topic.at_end(AT)
    topic.heard(11, 11, AT)  # the consumer skipped the marker
    assert topic.at_end(AT)


def test_records_that_came_after_the_end_was_asked_are_unread() -> None:
    time = partition()
    read_to_end(time, "dispatch", end=10)
    time.topics["dispatch"].heard(10, 12, AT)
    assert not time.topics["dispatch"].at_end(AT)


def test_a_broker_that_is_silent_for_over_two_seconds_stops_the_time() -> None:
    time = partition()
    read_to_end(time, "dispatch")
    reached = time.of_topic("dispatch", WALL, AT)
    assert time.of_topic("dispatch", WALL + ANSWER_HOLDS, AT + ANSWER_HOLDS) == reached + ANSWER_HOLDS
    assert time.of_topic("dispatch", WALL + 9_000, AT + ANSWER_HOLDS + 1) == reached + ANSWER_HOLDS
    assert time.stale("CAD", AT + ANSWER_HOLDS + 1) == ["dispatch", "arrival"]


def test_a_new_assignment_must_be_asked_again_and_does_not_go_back() -> None:
    time = partition()
    read_to_end(time, "dispatch", end=10)
    reached = time.of_topic("dispatch", WALL, AT)
    time.forget()
    time.topics["dispatch"].heard(5, 10, AT)
    assert time.of_topic("dispatch", WALL + 5_000, AT) == reached


def test_a_record_from_ahead_of_the_wall_does_not_take_the_time_with_it() -> None:
    time = partition()
    time.topics["dispatch"].asked(end=500, answered=AT)
    time.topics["dispatch"].fold(100, WALL + 59_000)
    assert time.of_topic("dispatch", WALL, AT) == WALL - SETTLE


def test_without_a_wall_an_empty_topic_does_not_hold_back_the_others() -> None:
    time = partition()
    for name in INPUT_TOPICS:
        read_to_end(time, name)
    time.topics["dispatch"].fold(0, 7_000)
    assert time.of_kind("CAD", None, AT) == 7_000 - SETTLE
    assert time.of_kind("MSG", None, AT) == 7_000 - SETTLE


@given(st.lists(st.tuples(st.sampled_from(INPUT_TOPICS), st.integers(0, 10**9)), min_size=1))
def test_a_kinds_time_is_the_earliest_over_its_topics(folded: list[tuple[str, int]]) -> None:
    time = partition()
    for name, recorded in folded:
        time.topics[name].fold(1, recorded)
    for kind, topics in KIND_TOPICS.items():
        assert time.of_kind(kind, WALL, AT) == min(time.of_topic(name, WALL, AT) for name in topics)


class OneTopic(RuleBasedStateMachine):
    """A broker, a consumer and a folder, against the time of their one topic."""

    def __init__(self) -> None:
        super().__init__()
        self.time = partition()
        self.topic = self.time.topics["arrival"]
        self.wall, self.at = WALL, AT
        self.log: list[int] = []  # the recordedtime of every record on the broker
        self.fetched = self.folded = 0
        self.asked_at: int | None = None
        self.before = BEGINNING

    @rule(ms=st.integers(0, 5_000))
    def wait(self, ms: int) -> None:
        self.wall, self.at = self.wall + ms, self.at + ms

    @rule(late=st.integers(-60_000, 100_000))
    def produce(self, late: int) -> None:
        self.log.append(self.wall - late)

    @rule(count=st.integers(1, 3))
    def fetch(self, count: int) -> None:
        taken = min(len(self.log), self.fetched + count)
        if taken > self.fetched:
            self.fetched = taken
            self.topic.hand(taken)
        self.topic.heard(self.fetched, len(self.log), self.at)

    @rule()
    def fold(self) -> None:
        if self.folded < self.fetched:
            self.topic.fold(self.fetched, max(self.log[self.folded : self.fetched]))
            self.folded = self.fetched

    @rule()
    def ask(self) -> None:
        self.topic.asked(len(self.log), self.at)
        self.asked_at = self.at

    @rule()
    def rebalance(self) -> None:
        self.time.forget()
        self.fetched = self.folded = self.folded // 2
        self.asked_at = None

    @invariant()
    def the_time_is_that_of_rule_t5(self) -> None:
        now = self.time.of_topic("arrival", self.wall, self.at)
        assert now >= self.before, "it never goes back"
        assert now == BEGINNING or now <= self.wall - SETTLE or now == self.before, "never past the wall"
        if now > self.before and self.asked_at is None:
            assert now < max(self.log), "not asked: never past what is folded"
        if now > self.before and self.folded < self.fetched:
            assert now < max(self.log), "something fetched is unfolded: never past what is folded"
        self.before = now


TestOneTopic = OneTopic.TestCase
