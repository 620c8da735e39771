"""The times of a row, one by one and one after the other: missing, heaped, in the future, the wrong way round."""

from collections import Counter
from dataclasses import dataclass, field

from schemas.times import MINUTE, SECOND

EXAMPLES = 5
"""How many lines are named where a thing was found."""


@dataclass
class TimeSeen:
    """One time: whether an event needs it, how often it is given, how rounded it is, how far it reaches (ms)."""

    name: str
    needed: bool
    given: int = 0
    missing: int = 0
    unreadable: int = 0
    whole_minutes: int = 0
    future: int = 0
    doubts: Counter[str] = field(default_factory=Counter)
    first: int | None = None
    last: int | None = None
    unreadable_lines: list[int] = field(default_factory=list)
    future_lines: list[int] = field(default_factory=list)
    doubt_lines: list[int] = field(default_factory=list)

    def see(self, line: int, instant: int, now: int) -> None:
        """Counts one time (ms); one after `now` is in the future."""
        self.given += 1
        self.whole_minutes += instant % MINUTE == 0
        self.first = instant if self.first is None else min(self.first, instant)
        self.last = instant if self.last is None else max(self.last, instant)
        if instant > now:
            self.future += 1
            _remember(self.future_lines, line)

    def see_unreadable(self, line: int) -> None:
        """Counts one cell that holds no time."""
        self.unreadable += 1
        _remember(self.unreadable_lines, line)

    def see_doubt(self, line: int, doubt: str) -> None:
        """Counts one time of which a clock change makes a doubt."""
        self.doubts[doubt] += 1
        _remember(self.doubt_lines, line)


@dataclass
class Interval:
    """From one time to the next that is given: its lengths, to the second, and those that are negative."""

    before: str
    after: str
    lengths: Counter[int] = field(default_factory=Counter)
    smallest: int = 0
    largest: int = 0
    negative: int = 0
    negative_lines: list[int] = field(default_factory=list)

    def see(self, line: int, length: int) -> None:
        """Counts one length (ms)."""
        self.smallest = length if not self.lengths else min(self.smallest, length)
        self.largest = length if not self.lengths else max(self.largest, length)
        self.lengths[length // SECOND] += 1
        if length < 0:
            self.negative += 1
            _remember(self.negative_lines, line)

    @property
    def count(self) -> int:
        """How many rows have both times."""
        return self.lengths.total()

    @property
    def median(self) -> int:
        """The length (ms, to the second) that half of them do not exceed."""
        left = (self.count + 1) // 2
        for seconds in sorted(self.lengths):
            left -= self.lengths[seconds]
            if left <= 0:
                return seconds * SECOND
        return 0


@dataclass
class Disorder:
    """Rows that begin before a row above them, and by how much (ms) at most."""

    rows: int = 0
    most: int = 0
    lines: list[int] = field(default_factory=list)
    _latest: int | None = None

    def see(self, line: int, begun: int) -> None:
        """Counts one row by its first time (ms)."""
        if self._latest is not None and begun < self._latest:
            self.rows += 1
            self.most = max(self.most, self._latest - begun)
            _remember(self.lines, line)
        self._latest = begun if self._latest is None else max(self._latest, begun)


def _remember(lines: list[int], line: int) -> None:
    if len(lines) < EXAMPLES:
        lines.append(line)
