"""Who may be to be forgotten, by the hour: never cancelled, for whoever is called is looked at again (S8)."""

from collections.abc import Iterable
from heapq import heappop, heappush

from clocks.settled import read_times, saved_times
from schemas.times import HOUR

NEVER = 1 << 62


def hour_after(moment: int) -> int:
    """The whole hour (ms) after a moment (ms)."""
    return (moment // HOUR + 1) * HOUR


class Hours:
    """Subjects by the hour after which to look whether they are to be forgotten.

    Hours, because what leaves together shares a transaction and one record of each week's counts. It costs an
    event nothing: a subject is put in once, and again only where it is held for longer than was known then.
    """

    __slots__ = ("_hours", "_order", "earliest")

    def __init__(self) -> None:
        self._hours: dict[int, list[str]] = {}
        self._order: list[int] = []
        self.earliest = NEVER
        """The time (ms) at which somebody is next to be looked at."""

    def add(self, subject: str, moment: int) -> None:
        """Look at `subject` within the hour after `moment` (ms)."""
        hour = moment // HOUR + 1
        names = self._hours.get(hour)
        if names is None:
            names = self._hours[hour] = []
            heappush(self._order, hour)
            self.earliest = self._order[0] * HOUR
        names.append(subject)

    def pop(self, now: int, most: int) -> list[str]:
        """Take out up to `most` of the earliest hour, if it has come at `now` (ms)."""
        if self.earliest > now:
            return []
        names = self._hours[self._order[0]]
        taken = names[-most:]
        del names[-most:]
        if not names:
            del self._hours[heappop(self._order)]
            self.earliest = self._order[0] * HOUR if self._order else NEVER
        return taken


class Leaving:
    """The subjects of each kind by their hours, and how far time had come when one was last forgotten."""

    def __init__(self, kinds: Iterable[str]) -> None:
        self._hours = {kind: Hours() for kind in kinds}
        self.earliest = NEVER
        """The time (ms) at which anybody is next to be looked at."""
        self.reached = dict.fromkeys(self._hours, 0)
        """By kind, the time (ms) when a subject was last forgotten; it outlives restarts and never goes back."""

    def add(self, kind: str, subject: str, moment: int) -> None:
        """Look at `subject` within the hour after `moment` (ms)."""
        hours = self._hours[kind]
        hours.add(subject, moment)
        if hours.earliest < self.earliest:
            self.earliest = hours.earliest

    def pop(self, kind: str, now: int, most: int) -> list[str]:
        """Take out up to `most` subjects of a kind whose hour has come at `now` (ms)."""
        subjects = self._hours[kind].pop(now, most)
        if subjects:
            self.earliest = min(hours.earliest for hours in self._hours.values())
        return subjects

    def next(self, kind: str) -> int:
        """When (ms) a subject of this kind is next to be looked at; NEVER where there is none."""
        return self._hours[kind].earliest

    def waiting(self, times: dict[str, int]) -> bool:
        """Whether the hour of any has come by the time of its kind (ms)."""
        return any(hours.earliest <= times[kind] for kind, hours in self._hours.items())

    def left(self, kind: str, now: int) -> None:
        """A subject of a kind was forgotten at `now` (ms)."""
        self.reached[kind] = max(now, self.reached[kind])

    def save(self) -> bytes:
        """The ledger's record of how far time had come."""
        return saved_times(self.reached)

    def restore(self, value: bytes) -> None:
        """Take in such a record."""
        for kind, time in read_times(value).items():
            self.left(kind, time)
