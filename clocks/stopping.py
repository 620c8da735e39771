"""What all judges share: starts, stops, and the stop that comes before its start."""

from collections.abc import Iterable

import msgspec

from clocks.finding import BREACHED, EXCLUDED, MET, UNVERIFIABLE, Finding
from clocks.history import order_key
from clocks.standard import Pack, Standard
from schemas.facts import Fact


class Running(msgspec.Struct, frozen=True, gc=False):
    """A clock that started: what its due is reckoned from, when it is due, and the facts that say so."""

    standard: Standard
    start: int
    due: int
    known: int
    evidence: tuple[str, ...]
    round: int | None = None

    def unended(self, unresourced: int | None = None, unresourced_known: int | None = None) -> Finding:
        """Nothing has ended it: time decides."""
        return Finding(
            standard=self.standard.id,
            start=self.start,
            due=self.due,
            breach_at=self.standard.breach_moment(self.due),
            known=self.known,
            round=self.round,
            evidence=self.evidence,
            at_risk=self._at_risk(),
            unresourced=unresourced,
            unresourced_known=unresourced_known,
        )

    def stopped(self, by: Fact, at: int, stop: int | None = None, skew: bool = False) -> Finding:
        """Ended by a stop at `at`: met in time, else breached. `stop` is told where it differs from `at`."""
        verdict = MET if self.standard.in_time(at, self.due) else BREACHED
        return self._ended(by, at, verdict, stop=at if stop is None else stop, skew=skew)

    def ended_by(self, stop: "Stop", start: Fact) -> Finding:
        """Ended by the first stop that counts; unverifiable where all came too early (T7); else time decides."""
        if stop.fact is not None:
            return self.stopped(stop.fact, stop.at, stop.fact.time, skew=stop.fact.time < start.time)
        if stop.early is not None:
            return self.unverifiable(stop.early, "stop-before-start")
        return self.unended()

    def called_off(self, by: Fact, at: int, reason: str) -> Finding:
        """Ended without a stop: excluded in time, else breached and stopped then."""
        if self.standard.in_time(at, self.due):
            return self._ended(by, at, EXCLUDED, reason=reason)
        return self._ended(by, at, BREACHED, stop=at)

    def excluded(self, by: Fact, reason: str) -> Finding:
        """Excluded whatever the time."""
        return self._ended(by, None, EXCLUDED, reason=reason)

    def unverifiable(self, by: Fact, reason: str) -> Finding:
        """Cannot be judged by what there is."""
        return self._ended(by, None, UNVERIFIABLE, reason=reason)

    def _ended(
        self,
        by: Fact,
        at: int | None,
        verdict: str,
        *,
        reason: str | None = None,
        stop: int | None = None,
        skew: bool = False,
    ) -> Finding:
        return Finding(
            standard=self.standard.id,
            start=self.start,
            due=self.due,
            breach_at=self.standard.breach_moment(self.due),
            known=self.known,
            round=self.round,
            verdict=verdict,
            reason=reason,
            stop=stop,
            skew=skew,
            ended=at,
            ending=by.type,
            decided=by.recorded,
            evidence=(*self.evidence, by.id) if by.id not in self.evidence else self.evidence,
        )

    def _at_risk(self) -> int | None:
        """Its share of the time (P1); none where that had passed when the clock became known."""
        percent = self.standard.at_risk_percent
        if percent is None:
            return None
        moment = self.start + (self.due - self.start) * percent // 100
        return moment if moment >= self.known else None


class Stop(msgspec.Struct, frozen=True, gc=False):
    """The first stop that counts, where it counts from, and one too early to count (T7)."""

    fact: Fact | None
    at: int
    early: Fact | None


def first_stop(stops: Iterable[Fact], start: Fact, pack: Pack) -> Stop:
    """The first of the ordered stops that is no more before the start than its feed's clock may differ (T7)."""
    early = None
    for fact in stops:
        if fact.time >= start.time or fact.time >= start.time - pack.skew_of(fact):
            return Stop(fact, max(fact.time, start.time), early)
        early = fact
    return Stop(None, 0, early)


def clamped(facts: list[Fact], start: int) -> list[Fact]:
    """The facts in order with none before the start: what came earlier counts as at the start (T7)."""
    if not facts or facts[0].time >= start:
        return facts
    moved = [fact if fact.time >= start else msgspec.structs.replace(fact, time=start) for fact in facts]
    return sorted(moved, key=order_key)


def cohort_of(start: Fact) -> str:
    """Exercises are counted apart, then mystery shoppers, then the rest (M3, M8)."""
    if start.data.get("exercise"):
        return "exercise"
    return "probe" if start.data.get("probe") else "live"
