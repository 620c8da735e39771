"""What was handed over of a subject, and which of it counts: each record once, with its fate (S1, S7)."""

from collections.abc import Iterable
from typing import NamedTuple

from clocks.history import UNREAD, History
from schemas.events import WITHDRAWN
from schemas.facts import Fact

STANDING = "standing"
Key = tuple[str, str]


class Record(NamedTuple):
    """One content of one event: how often it came, its fate, and the fact that decided that fate."""

    fact: Fact
    times: int
    fate: str
    by: Fact | None = None


def read(facts: Iterable[Fact]) -> tuple[History, list[Record]]:
    """The history that facts make, and every record of them once."""
    history, came = History(), _Came()
    for fact in sorted(facts, key=lambda fact: fact.recorded):
        came.note(fact)
        if fact.type not in UNREAD:
            history.add(fact)
    fates = _Fates(history)
    return history, [Record(same[0], len(same), *fates.of(same[0])) for same in came.records]


def doubles(history: History, fact: Fact) -> list[Fact]:
    """The facts that tell what this one tells, itself included: under other ids, told twice (S1)."""
    return [each for each in history if _tell_the_same(each, fact)]


class _Came:
    """Records with equal content under one id, together, in the order in which they were recorded."""

    def __init__(self) -> None:
        self.records: list[list[Fact]] = []
        self._contents: dict[Key, list[list[Fact]]] = {}

    def note(self, fact: Fact) -> None:
        contents = self._contents.setdefault((fact.source, fact.id), [])
        same = next((same for same in contents if same[0] == fact), None)
        if same is not None:
            same.append(fact)
            return
        contents.append([fact])
        self.records.append(contents[-1])


class _Fates:
    """What became of each fact that a history was handed."""

    def __init__(self, history: History) -> None:
        self._held = {(fact.source, fact.id): fact for fact in history}
        self._standing = history.standing()
        self._keys = {(fact.source, fact.id) for fact in self._standing}
        self._gone: dict[Key, Fact] = {
            (fact.source, fact.data["event"]): fact for fact in history if fact.type == WITHDRAWN
        }

    def of(self, fact: Fact) -> tuple[str, Fact | None]:
        """Its fate, and the fact that decided it."""
        key = (fact.source, fact.id)
        held = self._held.get(key)
        if fact.type in UNREAD:
            return "unread", None
        if held is None:
            return "left-out", None
        if held != fact:
            return "superseded", held
        if fact.type == WITHDRAWN:
            return "withdrawal", self._held.get((fact.source, fact.data["event"]))
        if key in self._gone:
            return "withdrawn", self._gone[key]
        if key in self._keys:
            return STANDING, None
        return "told-twice", next(each for each in self._standing if _tell_the_same(each, fact))


def _tell_the_same(one: Fact, other: Fact) -> bool:
    return one.time == other.time and one.type == other.type and one.data == other.data
