"""What a simulated stretch of London comes to, as the engine judges it: the published figures' simulated sides."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from statistics import fmean

from clocks.finding import BREACHED, EXCLUDED, MET
from clocks.standard import Pack
from feeds.simulation.rhythm import hour_of
from feeds.simulation.writing import Line
from pledgewatch.judging import Verdict, verdicts
from schemas.decoding import decode
from schemas.facts import Event
from schemas.times import MINUTE, SECOND

IMMEDIATE, SOON = "attend-immediate", "attend-priority"


@dataclass
class Measured:
    """Live clocks that were met or breached, and the calls given up; durations in ms.

    `attended` holds the time to the first arrival by grade as first given, `late` how many had none.
    """

    answered: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    abandoned: Counter[str] = field(default_factory=Counter)
    attended: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    never: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    presented: Counter[int] = field(default_factory=Counter)
    late_by_hour: Counter[int] = field(default_factory=Counter)
    created: Counter[int] = field(default_factory=Counter)
    overdue_by_hour: Counter[int] = field(default_factory=Counter)
    events: int = 0

    def add(self, verdict: Verdict) -> None:
        """Counts one clock."""
        if verdict.cohort != "live":
            return
        self.verdicts[verdict.standard][verdict.verdict] += 1
        if verdict.standard.startswith("call"):
            self._call(verdict)
        elif verdict.standard in (IMMEDIATE, SOON) and verdict.verdict in (MET, BREACHED):
            self._attendance(verdict)

    def _call(self, verdict: Verdict) -> None:
        line, finding = verdict.attributes["line"], verdict.finding
        if line == "999":
            self.presented[hour_of(finding.start)] += 1
            self.late_by_hour[hour_of(finding.start)] += verdict.verdict == BREACHED
        if finding.ending == "call.abandoned":
            self.abandoned[line] += 1
        elif finding.elapsed is not None and verdict.verdict != EXCLUDED:
            self.answered[line].append(finding.elapsed)

    def _attendance(self, verdict: Verdict) -> None:
        grade, finding = verdict.attributes["grade"], verdict.finding
        if verdict.standard == IMMEDIATE:
            self.created[hour_of(finding.start)] += 1
            self.overdue_by_hour[hour_of(finding.start)] += verdict.verdict == BREACHED
        if finding.ending == "unit.arrived" and finding.elapsed is not None:
            self.attended[grade].append(finding.elapsed)
        else:
            self.never[grade] += 1


def measured(lines: Iterable[Line], pack: Pack) -> Measured:
    """The lines as `judge` judges them, every deadline played out."""
    result = Measured()
    for verdict in verdicts(_events(lines, result), pack):
        result.add(verdict)
    return result


def _events(lines: Iterable[Line], into: Measured) -> Iterator[Event]:
    for line in lines:
        into.events += 1
        yield decode(line.value, line.topic)


def _share_within(durations: list[int], limit: int) -> float:
    return sum(each <= limit for each in durations) / len(durations)


FIGURES: dict[str, Callable[[Measured], float]] = {
    "answered-999-in-10s": lambda of: _share_within(of.answered["999"], 10 * SECOND),
    "answered-101-in-30s": lambda of: _share_within(of.answered["101"], 30 * SECOND),
    "abandoned-101": lambda of: of.abandoned["101"] / (of.abandoned["101"] + len(of.answered["101"])),
    "immediate-mean-minutes": lambda of: fmean(of.attended["I"]) / MINUTE,
    "immediate-in-15": lambda of: _share_within(of.attended["I"], 15 * MINUTE),
    "soon-in-60": lambda of: _share_within(of.attended["S"], 60 * MINUTE),
}
"""How each of the figures a profile may name is reckoned."""
