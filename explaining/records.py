"""What was handed over of a subject, and which of it counts: each record once, with its fate (S1, S7, S8)."""

from collections.abc import Iterable
from typing import NamedTuple

from clocks.forgetting import Recollection, lives
from clocks.history import UNREAD, History
from clocks.standard import Pack
from schemas.events import WITHDRAWN
from schemas.facts import Fact

STANDING = "standing"
FOREVER = 1 << 62
"""A time (ms) by which every deadline has passed."""
Key = tuple[str, str]


class Record(NamedTuple):
    """One content of one event: how often it came, its fate, and the fact that decided that fate."""

    fact: Fact
    times: int
    fate: str
    by: Fact | None = None


class Part(NamedTuple):
    """What was recorded of a subject from `since` on, and before `until` (ms): until it was forgotten (S8)."""

    history: History
    records: list[Record]
    since: int
    until: int


def read(kind: str, facts: Iterable[Fact], pack: Pack) -> list[Part]:
    """The histories that facts make, one unless the subject was forgotten in between, and every record once."""
    in_order = sorted(facts, key=lambda fact: fact.recorded)
    histories = _histories(kind, in_order, pack)
    begun = [min(fact.recorded for fact in history) for history in histories[1:]]
    spans = zip(histories, [0, *begun], [*begun, FOREVER], strict=True)
    return [
        Part(history, _records(in_order, history, since, until), since, until)
        for history, since, until in spans
    ]


def part_of(history: History) -> Part:
    """A history by itself: each of its facts is told once."""
    in_order = sorted(history, key=lambda fact: fact.recorded)
    return Part(history, _records(in_order, history, 0, FOREVER), 0, FOREVER)


def _histories(kind: str, facts: list[Fact], pack: Pack) -> list[History]:
    kept = Recollection()
    for fact in facts:
        if fact.type not in UNREAD:
            kept.add(fact)
    return (lives(kind, kept, pack) if len(kept) else []) or [History()]


def _records(facts: list[Fact], history: History, since: int, until: int) -> list[Record]:
    came, fates = _Came(), _Fates(history)
    for fact in facts:
        if since <= fact.recorded < until:
            came.note(fact)
    return [Record(same[0], len(same), *fates.of(same[0])) for same in came.records]


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
        self._rest = "left-out" if history.full else "too-late"
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
            return self._rest, None
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
