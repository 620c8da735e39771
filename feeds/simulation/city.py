"""What all the subjects of one day share: its chance, its rates, its numbering and what is going on."""

from collections import deque
from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple
from zlib import crc32

from feeds.simulation.places import Place, somewhere
from feeds.simulation.rates import Rates

_DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class Happening(NamedTuple):
    """Something that happened to a subject at an instant (ms), not yet recorded."""

    at: int
    type: str
    subject: str
    data: dict[str, Any]


class Incident(NamedTuple):
    """An incident as it was created; `at` in ms."""

    subject: str
    at: int
    grade: str
    place: Place


class City:
    """One simulated day's London. All chance comes from `random`, so equal cities live equal days."""

    def __init__(self, random: Random, rates: Rates, label: str) -> None:
        self.random = random
        self.rates = rates
        self.label = label
        self._numbers = {"CALL": 0, "CAD": 0, "MSG": 0}
        self._recent: dict[str, deque[Incident]] = {}

    def subject(self, kind: str) -> str:
        """The next subject of a kind: numbered through the day, under the day's own label."""
        self._numbers[kind] += 1
        return f"{kind}-{self.label}-{self._numbers[kind]:05}"

    def somewhere(self) -> Place:
        """A ward, by how busy it is."""
        return somewhere(self.random)

    def is_exercise(self) -> bool:
        """Whether a subject about to begin is an exercise (M8)."""
        return self.random.random() < self.rates.volumes.exercises

    def recent(self, borough: str) -> deque[Incident]:
        """The borough's latest incidents, newest last."""
        if borough not in self._recent:
            self._recent[borough] = deque(maxlen=12)
        return self._recent[borough]


def day_label(start: int, seed: int) -> str:
    """Four characters that tell the subjects of one simulated day from those of another."""
    number = crc32(f"{start}/{seed}".encode())
    return "".join(_DIGITS[number // len(_DIGITS) ** place % len(_DIGITS)] for place in range(4))


Tell = Callable[..., None]
"""`tell(at, type, **data)`: one more happening of the subject; `at` in ms, fractions cut off."""


def telling(subject: str, story: list[Happening]) -> Tell:
    """A `tell` that adds what happens to `subject` to `story`."""

    def tell(at: float, type_: str, /, **data: Any) -> None:
        story.append(Happening(int(at), type_, subject, data))

    return tell
