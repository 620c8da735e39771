"""Wanted against come: what is missing, what is too many, what differs."""

from dataclasses import dataclass

from pledgewatch.conform.scenario import Entries, Entry


@dataclass(frozen=True)
class Pair:
    """What was wanted beside what came; None on one side is missing, or one too many."""

    wanted: Entry | None
    came: Entry | None

    @property
    def holds(self) -> bool:
        """Whether what came is what was wanted."""
        return self.wanted is not None and self.came is not None and self.came.satisfies(self.wanted)


@dataclass(frozen=True)
class Comparison:
    """One list compared: its pairs, and whether a complete list came in a wrong order."""

    pairs: tuple[Pair, ...]
    disordered: bool = False

    @property
    def holds(self) -> bool:
        """Whether everything wanted came, in order, and nothing else."""
        return not self.disordered and all(pair.holds for pair in self.pairs)


def compare_said(wanted: Entries | None, came: Entries) -> Comparison:
    """Announcements: in the order in which they were said, or of the moments they are about."""
    pairs = _paired(wanted, came)
    if wanted is None or not all(pair.holds for pair in pairs):
        return Comparison(pairs)
    orders = (came, tuple(sorted(came, key=lambda entry: (entry.at or 0, entry.clock))))
    in_order = any(all(map(Entry.satisfies, order, wanted)) for order in orders)
    return Comparison(pairs, disordered=not in_order)


def compare_verdicts(wanted: Entries | None, came: Entries) -> Comparison:
    """Clocks at the end, in any order."""
    return Comparison(_paired(wanted, came))


def _paired(wanted: Entries | None, came: Entries) -> tuple[Pair, ...]:
    """Each want with what satisfies it; else with what came of the same clock; else with nothing."""
    if wanted is None:
        return tuple(Pair(each, each) for each in came)
    left = list(came)
    exact = {index: _take(left, want, exactly=True) for index, want in enumerate(wanted)}
    pairs = [
        Pair(want, exact[index] or _take(left, want, exactly=False)) for index, want in enumerate(wanted)
    ]
    return tuple(pairs + [Pair(None, each) for each in left])


def _take(left: list[Entry], want: Entry, *, exactly: bool) -> Entry | None:
    for index, each in enumerate(left):
        if each.satisfies(want) if exactly else _about_the_same(each, want):
            return left.pop(index)
    return None


def _about_the_same(came: Entry, want: Entry) -> bool:
    return came.clock == want.clock and (came.at == want.at or want.at is None)
