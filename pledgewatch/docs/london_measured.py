"""What simulated stretches of London come to, judged: `python -m pledgewatch.docs.london_measured` writes them down.

A week takes half a minute, so docs/london-day.json keeps what was measured; the page is made of that, and tests
measure it again.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from random import Random

import msgspec

from clocks.finding import BREACHED
from clocks.standard import Pack
from feeds.simulation.day import day
from feeds.simulation.rhythm import hour_of
from feeds.simulation.writing import Line
from figures.calls import Calls
from figures.clock import Clock, clock_of
from figures.durations import Durations
from figures.gathering import Gathering
from pledgewatch.commands.simulate import START
from pledgewatch.judging import FOREVER, verdicts
from schemas.decoding import decode
from schemas.facts import Event
from schemas.times import MINUTE, parse_time
from standards.loader import DEFAULT_PACK, load_pack

KEPT = Path(__file__).resolve().parents[2] / "docs" / "london-day.json"
SEED = 1
DAY_HOURS, WEEK_HOURS = 24.0, 168.0
EMERGENCY, OTHER_CALLS, IMMEDIATE, SOON = "999", "101", "I", "S"


class Hourly(msgspec.Struct):
    """Clocks by the local hour they started in, and those of them that were breached."""

    started: list[int] = msgspec.field(default_factory=lambda: [0] * 24)
    late: list[int] = msgspec.field(default_factory=lambda: [0] * 24)

    def add(self, start: int, verdict: str) -> None:
        """Counts one that started at `start` (ms)."""
        self.started[hour_of(start)] += 1
        self.late[hour_of(start)] += verdict == BREACHED


class Stretch(msgspec.Struct):
    """A simulated stretch: the published figures' simulated sides, durations (ms), and its hours."""

    events: int
    figures: dict[str, float]
    durations: dict[str, Durations]
    hours: dict[str, Hourly]


class Kept(msgspec.Struct):
    """What the page is made of."""

    monday: Stretch
    week: Stretch


class _Measuring:
    """Live calls by line, and attendances by grade, of those met or breached."""

    def __init__(self) -> None:
        self.events = 0
        self.gathered = {name: Gathering() for name in (EMERGENCY, OTHER_CALLS, IMMEDIATE, SOON)}
        self.hours = {EMERGENCY: Hourly(), IMMEDIATE: Hourly()}

    def read(self, lines: Iterable[Line]) -> Iterator[Event]:
        """The lines as events, counted."""
        for line in lines:
            self.events += 1
            yield decode(line.value, line.topic)

    def add(self, clock: Clock, start: int) -> None:
        """One clock that started at `start` (ms)."""
        if clock.cohort != "live":
            return
        name = clock.attributes.get("line") or clock.attributes.get("grade", "")
        if name in self.hours and clock.standard in ("call-999", "attend-immediate"):
            self.hours[name].add(start, clock.kind.verdict)
        if name in self.gathered and not clock.called_off:
            self.gathered[name].add(clock)
        elif name in (EMERGENCY, OTHER_CALLS):
            self.gathered[name].kinds[clock.kind] += 1


def measured(lines: Iterable[Line], pack: Pack) -> Stretch:
    """The lines as `judge` judges them, every deadline played out."""
    measuring = _Measuring()
    for verdict in verdicts(measuring.read(lines), pack):
        clock = clock_of(verdict.clock, verdict.finding, verdict.cohort, verdict.attributes, FOREVER)
        measuring.add(clock, verdict.finding.start)
    figures = {name: reckon(measuring.gathered) for name, reckon in FIGURES.items()}
    durations = {name: each.figure().durations for name, each in measuring.gathered.items()}
    return Stretch(measuring.events, figures, durations, measuring.hours)


def simulated(hours: float) -> Stretch:
    """So many hours from Monday, 1 March 2010 on, measured."""
    lines = day(Random(SEED), parse_time(START), hours=hours, seed=SEED)  # noqa: S311 - seeded on purpose
    return measured(lines, load_pack(DEFAULT_PACK))


def kept() -> Kept:
    """What was measured and written down."""
    return msgspec.json.decode(KEPT.read_bytes(), type=Kept)


Reckon = Callable[[dict[str, Gathering]], float]


def _calls(gathering: Gathering) -> Calls:
    calls = gathering.figure().counts.calls
    return calls or Calls()


def _answered_in_time(line: str) -> Reckon:
    def share(of: dict[str, Gathering]) -> float:
        calls = _calls(of[line])
        return calls.answered_in / calls.answered

    return share


def _abandoned(line: str) -> Reckon:
    def share(of: dict[str, Gathering]) -> float:
        calls = _calls(of[line])
        return calls.abandoned / (calls.answered + calls.abandoned)

    return share


def _within(grade: str, minutes: int) -> Reckon:
    def share(of: dict[str, Gathering]) -> float:
        return sum(ran <= minutes * MINUTE for ran in of[grade].ran) / len(of[grade].ran)

    return share


def _mean_minutes(grade: str) -> Reckon:
    return lambda of: sum(of[grade].ran) / len(of[grade].ran) / MINUTE


FIGURES: dict[str, Reckon] = {
    "answered-999-in-10s": _answered_in_time(EMERGENCY),
    "answered-101-in-30s": _answered_in_time(OTHER_CALLS),
    "abandoned-101": _abandoned(OTHER_CALLS),
    "immediate-mean-minutes": _mean_minutes(IMMEDIATE),
    "immediate-in-15": _within(IMMEDIATE, 15),
    "soon-in-60": _within(SOON, 60),
}
"""How each figure that a profile may name is reckoned; of attendances, of those somebody arrived at."""


def main() -> int:
    """Measures anew; `make docs` then writes the page."""
    whole = Kept(monday=simulated(DAY_HOURS), week=simulated(WEEK_HOURS))
    KEPT.write_bytes(msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    print(f"{KEPT.name}: {whole.week.events:,} events in the week; now run `make docs`")
    return 0


if __name__ == "__main__":
    sys.exit(main())
