"""The subjects a shard holds: who is let in, who comes too late, and whose time to be forgotten has come (S8)."""

from collections.abc import Iterable, Iterator

from clocks.finding import Finding
from clocks.forgetting import KEPT, forgotten_already, forgotten_at, may_join, too_late
from clocks.history import History
from clocks.leaving import NEVER, Leaving, hour_after
from clocks.standard import Pack
from clocks.subject import Subject
from schemas.events import KIND_TOPICS, kind_of
from schemas.facts import Event, Fact
from schemas.times import DAY


class Held(dict[str, Subject]):
    """Subjects by name; with `forgets` false everybody may come, and nobody leaves."""

    def __init__(self, pack: Pack, forgets: bool) -> None:
        super().__init__()
        self.too_late: list[Event] = []
        """What came for subjects that are not held, too late to begin them."""
        self.leaving = Leaving(KIND_TOPICS)
        self._pack, self._forgets = pack, forgets

    def keep(self, name: str, subject: Subject) -> None:
        """Hold a subject, and look at it again when it may be to be forgotten."""
        self[name] = subject
        if self._forgets:
            self.leaving.add(subject.kind, name, subject.kept_until)

    def admit(self, event: Event, now: int) -> Subject | None:
        """The subject an event belongs to, new where none is held; None where it is too late for it at `now` (ms)."""
        name, fact, subject = event.subject, event.fact, self.get(event.subject)
        if self._forgets and self._comes_too_late(kind_of(name), subject, fact, now):
            self.too_late.append(event)
            return None
        if subject is None:
            subject = Subject(kind_of(name), History(), self._pack)
            subject.kept_until = fact.recorded + KEPT if self._forgets else NEVER
            self.keep(name, subject)
        return subject

    def has_left(self, subject: Subject, recorded: int, findings: Iterable[Finding]) -> bool:
        """Whether a subject of which that is found was to be forgotten before a fact was recorded (ms)."""
        moment = forgotten_at(subject.kind, subject.history, findings, self._pack)
        subject.kept_until = subject.history.last_recorded() + KEPT
        return moment is not None and recorded > moment

    def pop_due(self, kind: str, now: int, most: int) -> Iterator[tuple[str, Subject]]:
        """Up to `most` subjects of a kind whose time has come at `now` (ms); who may stay is looked at again."""
        for name in self.leaving.pop(kind, now, most):
            subject = self.get(name)
            if subject is None:
                continue
            moment = subject.forgotten_at(self._pack)
            if moment is not None and hour_after(moment) <= now:
                yield name, subject
            else:
                self.leaving.add(kind, name, now + DAY if moment is None else moment)

    def _comes_too_late(self, kind: str, subject: Subject | None, fact: Fact, now: int) -> bool:
        if subject is not None:
            return not may_join(kind, subject.history, fact, self._pack)
        now = max(now, self.leaving.reached[kind])
        return too_late(kind, fact, self._pack) or forgotten_already(kind, fact, self._pack, now)
