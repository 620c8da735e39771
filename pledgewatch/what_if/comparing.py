"""The same history judged by two packs: the clocks that come out otherwise, and which difference makes them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from clocks.feeds import Feed
from clocks.forgetting import Recollection
from clocks.judging import pack_of
from clocks.silence import Feeds, with_skews
from clocks.standard import Pack
from pledgewatch.judging import Verdict, gathered, heard, judged
from pledgewatch.what_if.levers import levers, mixed
from schemas.facts import Event

_Names = tuple[str, int, str, int]
_OUTCOME = ("verdict", "reason", "due")


class Compared(NamedTuple):
    """A clock by either pack, None where that one has no such clock; `levers` make the difference, if any."""

    clock: str
    pack_a: Pack
    pack_b: Pack
    a: Verdict | None
    b: Verdict | None
    levers: tuple[str, ...]

    @property
    def differing(self) -> tuple[str, ...]:
        """Which of verdict, reason and due are not the same."""
        ours, theirs = (_outcome(each) or (None, None, None) for each in (self.a, self.b))
        pairs = zip(_OUTCOME, ours, theirs, strict=True)
        return tuple(name for name, mine, yours in pairs if mine != yours)


class WhatIf:
    """Judges histories by pack `a`, by pack `b`, and by what lies between them, beside the same feeds."""

    def __init__(self, a: Pack, b: Pack, feeds: Sequence[Feed] = ()) -> None:
        self.a, self.b = with_skews(a, feeds), with_skews(b, feeds)
        self.too_late = 0
        """Events so far that came too late for a subject that was forgotten by then (S8)."""
        self._named = feeds
        self._levers: dict[_Names, tuple[str, ...]] = {}
        self._mixed: dict[tuple[_Names, frozenset[str]], Pack] = {}

    def compared(self, events: Iterable[Event], at: int) -> Iterator[Compared]:
        """Every clock that either pack gives these events, as they stand at `at` (ms)."""
        feeds, events = heard(self._named, events, at)
        for name, (_, history) in gathered(enumerate(events), at).items():
            facts = history.standing()
            # Of packs that follow one another only the one that held when the subject began can matter (N5).
            a, b = pack_of(facts, self.a), pack_of(facts, self.b)
            yield from self._clocks(_Subject(name, history, a, b, at, feeds))
            self.too_late += history.too_late

    def _clocks(self, subject: "_Subject") -> Iterator[Compared]:
        names = subject.names
        if names not in self._levers:
            self._levers[names] = levers(subject.a, subject.b)
        ours, theirs = self._judged(subject, ()), self._judged(subject, self._levers[names])
        for clock in dict.fromkeys((*ours, *theirs)):
            mine, yours = ours.get(clock), theirs.get(clock)
            found = () if _outcome(mine) == _outcome(yours) else self._made_by(subject, clock, yours)
            yield Compared(clock, subject.a, subject.b, mine, yours, found)

    def _made_by(self, subject: "_Subject", clock: str, yours: Verdict | None) -> tuple[str, ...]:
        """The differences each of which is enough alone; else those without which it would not come out so."""
        wanted, every = _outcome(yours), self._levers[subject.names]

        def comes_out(from_b: Iterable[str]) -> bool:
            return _outcome(self._judged(subject, from_b).get(clock)) == wanted

        enough = [each for each in every if comes_out({each})]
        needed = [each for each in every if not comes_out({*every} - {each})]
        return tuple(enough or needed or every)

    def _judged(self, subject: "_Subject", from_b: Iterable[str]) -> dict[str, Verdict]:
        key = (subject.names, frozenset(from_b))
        if key not in self._mixed:
            self._mixed[key] = mixed(subject.a, subject.b, key[1])
        found = judged(subject.name, subject.history, self._mixed[key], subject.at, subject.feeds)
        return {each.clock: each for each in found}


class _Subject(NamedTuple):
    """A history, the two packs that judge it, when (ms), and beside which feeds."""

    name: str
    history: Recollection
    a: Pack
    b: Pack
    at: int
    feeds: Feeds

    @property
    def names(self) -> _Names:
        """The two packs by id and version."""
        return self.a.id, self.a.version, self.b.id, self.b.version


def _outcome(verdict: Verdict | None) -> tuple[str, str | None, int] | None:
    return verdict and (verdict.verdict, verdict.finding.reason, verdict.finding.due)
