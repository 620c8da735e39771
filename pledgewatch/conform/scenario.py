"""A scenario ready to be played: events decoded at the border, times in ms, wants as plain values."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clocks.feeds import Feed
from clocks.standard import Pack
from schemas.facts import Event


@dataclass(frozen=True)
class Happening:
    """One event to hand over, and its words for the timeline."""

    event: Event
    words: str

    @property
    def seen(self) -> int:
        """When it was recorded, in ms."""
        return self.event.fact.recorded


@dataclass(frozen=True)
class Entry:
    """One announcement or one clock, wanted or come: `at` in ms (None at the end), `values` by key.

    `when` is when it was said, in ms: the millisecond after the due for a `within` clock.
    """

    at: int | None
    clock: str
    values: dict[str, Any]
    when: int = 0

    def satisfies(self, wanted: "Entry") -> bool:
        """Whether this entry, which came, is the one that was wanted: only the keys given are compared."""
        return (
            self.at == wanted.at
            and self.clock == wanted.clock
            and all(self.values.get(key) == value for key, value in wanted.values.items())
        )


Entries = tuple[Entry, ...]


@dataclass(frozen=True)
class Case:
    """One case: what is handed over in order of recording, until when (ms), and what is wanted of it."""

    path: Path
    line: int
    rule: str
    name: str
    pack: Pack
    start: int
    until: int | None
    happenings: tuple[Happening, ...]
    said: Entries | None
    stages: Entries | None
    verdicts: Entries | None
    feeds: tuple[Feed, ...] = ()

    @property
    def events(self) -> list[Event]:
        """The events in the order in which they are handed over."""
        return [happening.event for happening in self.happenings]


@dataclass(frozen=True)
class Outcome:
    """What came: changes of verdict, stages, and the clocks at the end (at `ended`, ms)."""

    said: Entries
    stages: Entries
    verdicts: Entries
    ended: int
