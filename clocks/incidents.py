"""The attendance clocks of an incident: a walk over its events up to the end (I1-I10)."""

from collections.abc import Callable

from msgspec.structs import replace

from clocks.classes import IMMEDIATE, PRIORITY, Classes
from clocks.finding import NOTHING, Finding, Judgement
from clocks.resources import unresourced_gap
from clocks.standard import Pack
from clocks.stopping import Running, Stop, clamped, cohort_of, first_stop
from schemas.facts import Fact

_NOT_WALKED = {"unit.arrived", "unit.staged", "incident.created"}
_UNDOING = {
    "incident.reopened": ("incident.cancelled", "incident.closed"),
    "incident.unmerged": ("incident.merged",),
    "incident.released": ("incident.absorbed",),
}
"""What each event undoes of what came before it; a release only its own child's absorption."""


def judge_incident(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge an incident by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "incident.created"), None)
    if start is None:
        return NOTHING
    arrival = first_stop([fact for fact in facts if fact.type in pack.arrivals], start, pack)
    rest = [fact for fact in facts if fact.type not in _NOT_WALKED]
    rest = _without_the_undone(clamped(rest, start.time))
    walk = _Walk(start, pack)
    walk.until(arrival, rest)
    return Judgement(
        findings=walk.findings(rest),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
        first_grade=start.data["grade"],
        grade=walk.classes.grade,
    )


def _without_the_undone(facts: list[Fact]) -> list[Fact]:
    """Leave out what a later reopening, unmerging or release made as if it had never been (I9, I10)."""
    if not any(fact.type in _UNDOING for fact in facts):
        return facts
    kept = []
    undone: set[tuple[str, str | None]] = set()
    for fact in reversed(facts):
        child = fact.data.get("child")
        if fact.type in _UNDOING:
            undone.update((name, child) for name in _UNDOING[fact.type])
        elif (fact.type, child) not in undone:
            kept.append(fact)
    kept.reverse()
    return kept


_End = Callable[[Running], Finding]
"""What the event that ended the incident makes of a running clock."""


class _Walk:
    """The runs of an incident's clocks as its events go by."""

    def __init__(self, start: Fact, pack: Pack) -> None:
        self.start = start
        self.classes = Classes(start, pack)
        self._in_class: str | None = None
        self._current: Running | None = None
        self._left_late = False
        self._first_clock: int | None = None
        self._last_immediate: Running | None = None
        self._left: dict[str, Finding] = {}
        self._end: _End | None = None
        self._early: Fact | None = None
        self._reclass(start, start.time)

    def until(self, arrival: Stop, facts: list[Fact]) -> None:
        """Walk the facts up to the end (I1); at one ms an arrival comes before all but the start (S2)."""
        for fact in facts:
            if arrival.fact is not None and fact.time >= arrival.at:
                break
            self._end = _ending(fact)
            if self._end is not None:
                return
            self._meet(fact)
        if arrival.fact is not None:
            self._end = _arrival(arrival.fact, arrival.at, self.start)
        self._early = arrival.early

    def findings(self, facts: list[Fact]) -> tuple[Finding, ...]:
        """One finding a standard: of several runs the last counts (I12)."""
        found = self._left
        if self._current is not None:
            found[self._current.standard.id] = self._last(self._current, facts)
        if self.start.data.get("on_view"):
            return tuple(self._on_view(finding) for finding in found.values())
        return tuple(found.values())

    def _last(self, current: Running, facts: list[Fact]) -> Finding:
        if self._end is not None:
            return self._end(current)
        if self._early is not None:
            return current.unverifiable(self._early, "stop-before-start")
        gap = unresourced_gap(self.start, facts)
        return gap.noted_on(current) if gap else current.unended()

    def _on_view(self, finding: Finding) -> Finding:
        """Found by officers on the spot: no promise was tested (I4)."""
        running = Running(
            self.classes.pack.standards[finding.standard], finding.start, finding.due, finding.known, ()
        )
        return running.excluded(self.start, "on-view")

    def _meet(self, fact: Fact) -> None:
        match fact.type:
            case "incident.regraded":
                self.classes.regrade(fact.data)
            case "incident.flagged":
                self.classes.flag(fact.data)
            case "incident.absorbed":
                self.classes.absorb(fact)
            case _:
                return
        self._reclass(fact, fact.time)

    def _reclass(self, fact: Fact, at: int) -> None:
        wanted = self.classes.now
        if self._left_late:
            return
        if wanted != self._in_class:
            before = self._leave(fact, at)
            if not self._left_late:
                self._enter(wanted, fact, at, before)
        elif self._current is not None:
            self._current = self._promised(self._current)

    def _leave(self, fact: Fact, at: int) -> Running | None:
        """In time the clock is excluded; late, its breach stands and no other clock starts (I5)."""
        before = self._current
        if before is None:
            return None
        if not before.standard.in_time(at, before.due):
            self._left_late = True
            return before
        self._left[before.standard.id] = before.called_off(fact, at, "regraded")
        self._current = None
        return before

    def _enter(self, wanted: str | None, fact: Fact, at: int, before: Running | None) -> None:
        self._in_class = wanted
        standard = self.classes.standard(wanted)
        if standard is None:
            return
        if self._first_clock is None:
            self._first_clock = at
        begun = self._first_clock if wanted == PRIORITY else at
        known = max(self.start.recorded, fact.recorded)
        evidence = (self.start.id,) if fact is self.start else (self.start.id, fact.id)
        running = Running(standard, begun, begun + standard.limit_in(self.classes.area), known, evidence)
        if wanted == IMMEDIATE:
            running = self._immediate(running, at, before)
        self._current = self._promised(running)

    def _immediate(self, running: Running, at: int, before: Running | None) -> Running:
        """Back in time the earlier deadline holds; never later than the priority deadline until then (I6)."""
        earlier = self._last_immediate
        if earlier is not None and running.standard.in_time(at, earlier.due):
            running = replace(running, start=earlier.start, due=earlier.due)
        if before is not None and before.due < running.due:
            running = replace(running, start=before.start, due=before.due)
        self._last_immediate = running
        return running

    def _promised(self, running: Running) -> Running:
        """Never later than what an absorbed child was promised (I9)."""
        for promise in self.classes.promises:
            if promise.due < running.due:
                running = replace(
                    running,
                    start=promise.since,
                    due=promise.due,
                    known=max(running.known, promise.absorbed.recorded),
                    evidence=tuple(dict.fromkeys((*running.evidence, promise.absorbed.id))),
                )
        return running


def _ending(fact: Fact) -> _End | None:
    """What a cancellation, a close without need, or a merge makes of the running clock (I8, I9)."""
    reason = _ENDINGS.get(fact.type)
    if fact.type == "incident.closed" and fact.data.get("resolution") == "no-attendance-required":
        reason = "no-attendance-required"
    if reason is None:
        return None
    return lambda running: running.called_off(fact, fact.time, reason)


_ENDINGS = {"incident.cancelled": "cancelled", "incident.merged": "merged"}


def _arrival(fact: Fact, at: int, start: Fact) -> _End:
    skew = fact.time < start.time
    return lambda running: running.stopped(fact, at, fact.time, skew)
