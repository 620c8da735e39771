"""Step 2: bytes to events, once; what cannot be read goes to the dead letters with its reason (S7, T8)."""

from collections import deque
from collections.abc import Container, Iterable
from typing import Any

from agents.dead_letters import dead_letter
from agents.merging import Taken
from clocks.shard import Failure
from schemas.decoding import FUTURE_ALLOWED, check_future, decode
from schemas.errors import Refused
from schemas.events import OF_SOURCES
from schemas.facts import Event
from streams.ledger import Entry
from streams.observed import Observed
from streams.partitioning import partition_of


class Border:
    """Where the records of one partition become events."""

    def __init__(self, partition: int, partitions: int, observed: Observed) -> None:
        self._partition, self._partitions, self._observed = partition, partitions, observed
        self.dead: list[Entry] = []
        """Dead letters that wait to be written."""

    def events(
        self, records: Iterable[Any], topic: str, wall: int | None, held: Container[str]
    ) -> deque[Taken]:
        """The events of a batch, in order; `wall` in ms, `held` are the subjects that need not be checked."""
        taken: deque[Taken] = deque()
        checked: set[str] = set()
        for record in records:
            try:
                event = self._event(record, topic, wall)
                if event.subject not in held and event.subject not in checked:
                    self._check_partition(event)
                    checked.add(event.subject)
                if event.dropped:
                    self._observed.dropped_fields[topic] += event.dropped
                taken.append((event, record))
            except Refused as refused:
                self.park(record, refused)
        return taken

    def park(self, record: Any, refused: Refused) -> None:
        """Puts a record to the dead letters, and counts it."""
        self.dead.append(dead_letter(record, refused))
        self._observed.dead_letters[record.topic, refused.reason] += 1

    def park_too_late(self, taken: Iterable[Taken], late: Iterable[Event]) -> None:
        """Puts the records of events that came too late for a subject that is not held to the dead letters (S8)."""
        ids = {id(event) for event in late}
        for event, record in taken if ids else ():
            if id(event) in ids:
                detail = (
                    f"{event.subject} is not held, and this was recorded over 8 days after its last deadline"
                )
                self.park(record, Refused("too-late", "recordedtime", detail))

    def park_failed(self, taken: Iterable[Taken], failure: Failure) -> None:
        """Puts the records of a subject that cannot be judged to the dead letters; its clocks are unverifiable."""
        for event, record in taken:
            if event.subject == failure.subject:
                self.park(record, Refused("judge-failed", "", repr(failure.error)))

    def take_dead(self) -> list[Entry]:
        """The dead letters since the last call."""
        dead, self.dead = self.dead, []
        return dead

    def _event(self, record: Any, topic: str, wall: int | None) -> Event:
        if record.value is None:
            raise Refused("not-json", "", "the record has no value")
        event = decode(record.value, topic)
        fact = event.fact
        # Without a wall a record is compared with its own recording (T8).
        latest = (fact.recorded if wall is None else wall) + FUTURE_ALLOWED
        if fact.recorded > latest or fact.time > latest or fact.time > fact.recorded:
            check_future(event, latest - FUTURE_ALLOWED)
        return event

    def _check_partition(self, event: Event) -> None:
        if event.fact.type in OF_SOURCES:  # sent to every partition
            return
        right = partition_of(event.subject, self._partitions)
        if right != self._partition:
            detail = f"{event.subject} belongs on partition {right} (murmur2)"
            raise Refused("wrong-partition", "subject", detail)
