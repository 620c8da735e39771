"""The clocks of a victim's case: one round after the other, until it is closed (M6)."""

from collections.abc import Iterable
from typing import NamedTuple

from clocks.finding import NOTHING, Finding, Judgement
from clocks.standard import Pack, Standard
from clocks.stopping import Running, cohort_of
from schemas.facts import Fact


def judge_case(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a case by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "crime.recorded"), None)
    standard = pack.standards.get("victim-update")
    if start is None or standard is None:
        return NOTHING
    updates = _not_before([fact for fact in facts if fact.type == "victim.updated"], start)
    closes = _not_before([fact for fact in facts if fact.type == "case.closed"], start)
    return Judgement(
        findings=_Case(start, standard, pack).rounds(updates, closes[0] if closes else None),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


class _Happening(NamedTuple):
    """A fact, and where it counts from, in ms."""

    fact: Fact
    at: int


def _not_before(facts: Iterable[Fact], start: Fact) -> list[_Happening]:
    """What came before the start counts as at the start (T7)."""
    return [_Happening(fact, max(fact.time, start.time)) for fact in facts]


class _Case(NamedTuple):
    start: Fact
    standard: Standard
    pack: Pack

    def rounds(self, updates: list[_Happening], close: _Happening | None) -> tuple[Finding, ...]:
        """One finding a round: each update ends its round and begins the next; at one ms it precedes the close."""
        found = []
        running = self._round(1, _Happening(self.start, self.start.time), self.start.recorded)
        counted = [update for update in updates if self._counts(update.fact)]
        for number, update in enumerate(counted, 2):
            if close is not None and update.at > close.at:
                break
            fact, at = update
            found.append(running.stopped(fact, at, fact.time, skew=fact.time < self.start.time))
            running = self._round(number, update, max(running.known, fact.recorded))
        return (*found, _last(running, close, early=None if counted else updates))

    def _counts(self, update: Fact) -> bool:
        """Not too long before the start (T7)."""
        return update.time >= self.start.time - self.pack.skew_of(update)

    def _round(self, number: int, begun: _Happening, known: int) -> Running:
        """A round is known once all the updates that number it are."""
        due = self.pack.due(self.standard, begun.at)
        evidence = tuple(dict.fromkeys((self.start.id, begun.fact.id)))
        return Running(self.standard, begun.at, due, known, evidence, number)


def _last(running: Running, close: _Happening | None, early: list[_Happening] | None) -> Finding:
    """The round that no update ended; `early` are updates too long before the start to count (T7)."""
    if close is not None:
        return running.called_off(close.fact, close.at, "case-closed")
    if early:
        return running.unverifiable(early[-1].fact, "stop-before-start")
    return running.unended()
