"""What one simulated city shares: its chance, its numbers, its time, and what has been told of it."""

import heapq
from collections.abc import Callable, Iterator
from itertools import count
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from feeds.simulation.parameters import Profile
from feeds.simulation.places import Place, somewhere
from feeds.simulation.recording import Happening, Recorder
from feeds.simulation.rhythm import Rota
from feeds.simulation.writing import Line

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Subject(NamedTuple):
    """Something clocks could run for; of what began before the first day opened nothing is told."""

    name: str
    told: bool


class City:
    """All chance comes from `random`, so equal cities live equal days. `now`, in ms, never goes back."""

    def __init__(
        self,
        random: Random,
        profile: Profile,
        rate: float,
        label: str,
        since: int,
        opens: int,
        recorder: Recorder,
    ) -> None:
        self.random = random
        self.profile = profile
        self.rate = rate
        self.rota = Rota(profile.shifts)
        self.now = since
        self._opens = opens
        self._label = label
        self._recorder = recorder
        self._numbers = {
            kind: count(1) for kind in ("CALL", "CAD", "MSG", "APPT", "COMMENT", "RTC", "CASE", "WARD")
        }
        self._agenda: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._entered = count()
        self._pending: list[Line] = []

    def subject(self, kind: str) -> Subject:
        """The next subject of a kind: numbered through, under the city's own label."""
        if self.now < self._opens:
            return Subject(f"{kind}-{self._label}-earlier", told=False)
        return Subject(f"{kind}-{self._label}-{next(self._numbers[kind]):05}", told=True)

    def somewhere(self) -> Place:
        """A ward, by how busy it is."""
        return somewhere(self.random)

    def is_exercise(self) -> bool:
        """Whether a subject about to begin is an exercise (M8)."""
        return self.chance(self.profile.volumes.exercises)

    def chance(self, share: float) -> bool:
        """Whether something happens that happens so often."""
        return self.random.random() < share

    def tell(self, subject: Subject, at: float, type_: str, /, **data: Any) -> None:
        """What happens to `subject` at `at` (ms, fractions cut off), now or later; it is recorded after now."""
        if subject.told:
            for line in self._recorder.lines(Happening(int(at), type_, subject.name, data), self.now):
                heapq.heappush(self._pending, line)

    def mistake(self, subject: Subject, at: float, type_: str, /, **data: Any) -> None:
        """What will happen at `at`, now and then entered too early, in error."""
        if subject.told:
            for line in self._recorder.mistaken(Happening(int(at), type_, subject.name, data), self.now):
                heapq.heappush(self._pending, line)

    def at(self, at: float, action: Callable[..., None], /, *arguments: Any) -> None:
        """Do `action` at `at` (ms), or now if that has passed."""
        heapq.heappush(self._agenda, (max(int(at), self.now), next(self._entered), action, arguments))

    def live(self, until: int) -> Iterator[Line]:
        """Do all that is to be done up to `until` (ms); the lines recorded before that, in order."""
        while self._agenda and self._agenda[0][0] <= until:
            at, _, action, arguments = heapq.heappop(self._agenda)
            yield from self._recorded_before(at)
            self.now = at
            action(*arguments)
        yield from self._recorded_before(until)
        self.now = until

    def _recorded_before(self, at: int) -> Iterator[Line]:
        while self._pending and self._pending[0].recorded < at:
            yield heapq.heappop(self._pending)


def day_label(start: int, seed: int) -> str:
    """Four characters that tell the subjects of one simulated day from those of another."""
    number = crc32(f"{start}/{seed}".encode())
    return "".join(_DIGITS[number // len(_DIGITS) ** place % len(_DIGITS)] for place in range(4))
