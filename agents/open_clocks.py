"""An open clock as people ask about it: for the board, which shows it, and the register, which Grafana asks."""

from typing import Any

from clocks.roll import open_clock
from clocks.saying import ClockState
from clocks.subject import Subject


def seen(clock: str, subject: Subject, state: ClockState, about: dict[str, Any]) -> dict[str, Any]:
    """What is to be said of an open clock, `about` being its attributes (clocks/attributes.py).

    Times in ms; `unresourced` is the moment at which the lack of a unit is to be said, None where there is none.
    """
    held, finding = open_clock(subject, state), state.finding
    assert finding is not None  # noqa: S101 - `open_clock` has no other
    return {
        "clock": clock,
        "subject": clock.partition("/")[0],
        "standard": held.standard,
        "borough": held.borough,
        "ward": about.get("ward", ""),
        "grade": held.grade,
        "line": about.get("line", ""),
        "team": about.get("team", ""),
        "cohort": held.cohort,
        "stage": held.stage,
        "start": held.start,
        "due": held.due,
        "breach_at": finding.breach_at,
        "at_risk": finding.at_risk,
        "unresourced": finding.unresourced,
        "units": len(about.get("units", ())),
        "flags": tuple(about.get("flags", ())),
        "chased": about.get("chased") or 0,
    }
