"""Moments at which something is to be looked at again, one a subject, in order and truly cancelled.

A heap of every moment ever set stalls for seconds when time jumps over its dead entries. Here the moments lie in
slots of one second; a moved deadline leaves its slot at once, and only the numbers of the slots are in a heap.
"""

from heapq import heappop, heappush

SLOT = 1_000
"""The width of a slot in ms."""


class Deadlines:
    """One moment (ms) a subject."""

    __slots__ = ("_earliest", "_moments", "_order", "_slots")

    def __init__(self) -> None:
        self._moments: dict[str, int] = {}
        self._slots: dict[int, dict[str, int]] = {}
        self._order: list[int] = []
        self._earliest: int | None = None  # of what is held, where it is known; looked for when asked

    def __len__(self) -> int:
        return len(self._moments)

    def set(self, subject: str, moment: int | None) -> None:
        """Look at `subject` at `moment` and at no other; None: not at all."""
        held = self._moments.get(subject)
        if held == moment:
            return
        if held is not None:
            del self._slots[held // SLOT][subject]
        if held == self._earliest:
            self._earliest = None
        if moment is None:
            del self._moments[subject]
            return
        self._moments[subject] = moment
        slot = self._slots.get(moment // SLOT)
        if slot is None:
            slot = self._slots[moment // SLOT] = {}
            heappush(self._order, moment // SLOT)
        slot[subject] = moment
        if self._earliest is not None and moment < self._earliest:
            self._earliest = moment

    def next(self) -> int | None:
        """The earliest moment, or None."""
        if self._earliest is None:
            self._earliest = self._look()
        return self._earliest

    def _look(self) -> int | None:
        while self._order:
            slot = self._slots[self._order[0]]
            if slot:
                return min(slot.values())
            del self._slots[heappop(self._order)]
        return None

    def pop_due(self, now: int) -> list[tuple[int, str]]:
        """Take out the earliest slot's moments up to `now`, in (moment, subject) order; empty when none is due."""
        earliest = self.next()
        if earliest is None or earliest > now:
            return []
        self._earliest = None
        slot = self._slots[earliest // SLOT]
        due = sorted((moment, subject) for subject, moment in slot.items() if moment <= now)
        for _, subject in due:
            del slot[subject], self._moments[subject]
        return due
