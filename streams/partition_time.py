"""The time of one partition, rule T5: pure, for the wall and the broker's answers are handed in.

`wall` is the process's clock and `at` the machine's uptime, both in ms: deadlines are compared with the one,
the other tells how old a broker's answer is, whatever the speed of the clock.
"""

from collections.abc import Iterable

from schemas.events import INPUT_TOPICS, KIND_TOPICS

ANSWER_HOLDS = 2_000
"""How long after a broker's answer a topic still counts as read to its end, in ms of real time."""
BEGINNING = 0
"""The time of a topic of which nothing is known."""


class TopicTime:
    """What is known of one input topic in one partition."""

    def __init__(self) -> None:
        self.latest: int | None = None
        """The latest `recordedtime` folded, in ms."""
        self.time = BEGINNING
        self.forget()

    def forget(self) -> None:
        """A new assignment: offsets and answers must be had again; what was folded, and the time, stay."""
        self.fetched: int | None = None
        self.folded: int | None = None
        self.end: int | None = None
        self.answered: int | None = None
        self.was_asked = False
        self._handed = 0

    def heard(self, position: int, end: int | None, answered: int | None) -> None:
        """Nothing is on its way from the broker below `position`; its log ended at `end` when it answered."""
        if self.fetched == self.folded:  # markers and aborted records are skipped without being handed over
            self.fetched = self.folded = position
        self._later_end(end)
        self._answered(answered)

    def asked(self, end: int, answered: int) -> None:
        """The broker was asked for the end after assignment, and answered at `answered`."""
        self.was_asked = True
        self._later_end(end)
        self._answered(answered)

    def hand(self, position: int) -> int:
        """Records below `position` were fetched and handed over; they are unfolded until `fold` says so.

        Returns how many batches were handed over since the assignment: the number of this one.
        """
        self.fetched = position
        self._handed += 1
        return self._handed

    def fold(self, position: int, recorded: int | None) -> None:
        """Everything below `position` is folded; `recorded` is the latest among what was folded now."""
        self.folded = position
        if recorded is not None:
            self.reach(recorded)

    def reach(self, recorded: int) -> None:
        """Everything recorded before `recorded` is folded."""
        if self.latest is None or recorded > self.latest:
            self.latest = recorded

    def behind(self) -> bool:
        """Whether records are known to be unread, or nothing is known yet: catching up."""
        return self.end is None or self.folded is None or self.folded < self.end

    def lag(self) -> int:
        """How many offsets are known to be unread."""
        return 0 if self.end is None else max(0, self.end - (self.folded or 0))

    def at_end(self, at: int) -> bool:
        """Read to its end: asked after assignment, all of it folded, and the broker answers."""
        if not self.was_asked or self.end is None or self.folded is None or self.answered is None:
            return False
        return self.folded == self.fetched and self.folded >= self.end and at - self.answered <= ANSWER_HOLDS

    def _later_end(self, end: int | None) -> None:
        if end is not None and (self.end is None or end > self.end):
            self.end = end

    def _answered(self, answered: int | None) -> None:
        if answered is not None and (self.answered is None or answered > self.answered):
            self.answered = answered


class PartitionTime:
    """The times of a partition's input topics, and what they make of its subjects' clocks (T5)."""

    def __init__(self, settle: int, topics: Iterable[str] = INPUT_TOPICS) -> None:
        """`settle`: how far behind the wall a topic read to its end stands, in ms of the process's clock."""
        self.settle = settle
        self.topics = {topic: TopicTime() for topic in topics}

    def forget(self) -> None:
        """The partition was taken away or given anew: no topic is at its end until the broker is asked."""
        for topic in self.topics.values():
            topic.forget()

    def of_topic(self, name: str, wall: int | None, at: int) -> int:
        """The topic's time, in ms; never back. `wall` None is the clock `events`: only records move time."""
        topic = self.topics[name]
        topic.time = max(topic.time, self._reached(topic, wall, at))
        return topic.time

    def of_kind(self, kind: str, wall: int | None, at: int) -> int:
        """The time of a kind of subject: the earliest over the topics its clocks read, in ms."""
        return min(self.of_topic(name, wall, at) for name in KIND_TOPICS[kind])

    def answered_within(self, age: int, at: int) -> bool:
        """Whether the broker answered for some topic in the last `age` ms."""
        return any(t.answered is not None and at - t.answered <= age for t in self.topics.values())

    def stale(self, kind: str, at: int) -> list[str]:
        """The topics of a kind whose end is to be asked (again) before they can count as read to it."""
        return [name for name in KIND_TOPICS[kind] if self._to_be_asked(self.topics[name], at)]

    def _to_be_asked(self, topic: TopicTime, at: int) -> bool:
        return not topic.was_asked or topic.answered is None or at - topic.answered > ANSWER_HOLDS

    def _reached(self, topic: TopicTime, wall: int | None, at: int) -> int:
        if topic.at_end(at):
            return (self._latest() if wall is None else wall) - self.settle
        if topic.latest is None:
            return BEGINNING
        # T3: the instant of the last record folded may have more records, so it is not over yet; and catching
        # up stands as far behind the records as live time does behind the wall, so both say the same.
        reached = topic.latest - 1
        return (reached if wall is None else min(reached, wall)) - self.settle

    def _latest(self) -> int:
        folded = [topic.latest for topic in self.topics.values() if topic.latest is not None]
        return max(folded, default=self.settle)
