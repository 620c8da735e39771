"""In which order batches are folded: topics whose events one kind of subject reads are merged by recording.

An incident's `dispatch` may be read an hour ahead of its `arrival`. Folded as they come, a late cancellation would
call an incident breached whose arrival is waiting to be read (T5). So an event waits while another topic of its kind
has a backlog that has not come as far.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.events import INPUT_TOPICS, KIND_TOPICS
from schemas.facts import Event
from streams.partition_time import PartitionTime

_NO_LIMIT = 1 << 62
Taken = tuple[Event, Any]
"""An event and the record it came in."""


class Waiting:
    """A fetched batch, decoded, of which something is still to be folded."""

    __slots__ = ("events", "message", "position")

    def __init__(self, message: Any, position: int, events: deque[Taken]) -> None:
        self.message, self.position, self.events = message, position, events


class Ended(NamedTuple):
    """A batch of `topic` is folded to its end; `message` is what Faust is to be told."""

    topic: str
    message: Any
    position: int


def companions(topic: str) -> tuple[str, ...]:
    """The topics that are merged with this one, itself among them, in the order of INPUT_TOPICS."""
    together = {each for topics in KIND_TOPICS.values() if topic in topics for each in topics}
    return tuple(each for each in INPUT_TOPICS if each in together)


class Merge:
    """The waiting batches of one set of topics."""

    def __init__(self, topics: tuple[str, ...], time: PartitionTime) -> None:
        self.topics = topics
        self._time = time
        self._waiting: dict[str, deque[Waiting]] = {topic: deque() for topic in topics}

    def add(self, topic: str, waiting: Waiting) -> None:
        """Takes in a batch behind those of its topic."""
        self._waiting[topic].append(waiting)

    def clear(self) -> None:
        """Forgets what waits: it will be read again."""
        for waiting in self._waiting.values():
            waiting.clear()

    def held(self) -> dict[str, int]:
        """How many events of each topic wait; topics without any are left out."""
        held = {topic: sum(len(each.events) for each in waiting) for topic, waiting in self._waiting.items()}
        return {topic: number for topic, number in held.items() if number}

    def __bool__(self) -> bool:
        return any(self._waiting.values())

    def ready(self, at: int) -> Iterator[Taken | Ended]:
        """What may be folded now, in order; times are looked at again after each batch's end.

        `at` is the uptime in ms, by which answers of the broker are held to be fresh.
        """
        while (topic := self._earliest()) is not None:
            batch, limit = self._waiting[topic][0], self._limit(topic, at)
            events = batch.events
            while events and events[0][0].fact.recorded <= limit:
                yield events.popleft()
            if events and self._earliest() == topic:
                return  # held back: the others have not come so far
            if not events:
                self._waiting[topic].popleft()
                yield Ended(topic, batch.message, batch.position)

    def _earliest(self) -> str | None:
        """The topic whose next event was recorded first."""
        heads = [(_recorded(waiting[0]), topic) for topic, waiting in self._waiting.items() if waiting]
        return min(heads)[1] if heads else None

    def _limit(self, topic: str, at: int) -> int:
        """Up to which recording the other topics allow this one to be folded."""
        return min((self._come(each, at) for each in self.topics if each != topic), default=_NO_LIMIT)

    def _come(self, topic: str, at: int) -> int:
        """How far a topic has come: to its next event, or for good where it is read to its end."""
        if self._waiting[topic]:
            return _recorded(self._waiting[topic][0])
        time = self._time.topics[topic]
        return _NO_LIMIT if time.at_end(at) else time.latest or 0


def _recorded(batch: Waiting) -> int:
    return batch.events[0][0].fact.recorded if batch.events else 0
