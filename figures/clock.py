"""A judged clock as figures see it."""

from typing import Any

import msgspec

from clocks.finding import MET, Finding
from clocks.tallies import call_outcome
from figures.counts import Kind

CALLED_OFF = frozenset(
    {"call.abandoned", "incident.cancelled", "incident.closed", "incident.merged", "case.closed"}
)
"""What stops a late clock without anybody having answered, come or replied (C2, I8, I9, M6)."""


class Clock(msgspec.Struct, frozen=True, gc=False):
    """A clock, when it fell due (ms UTC), what became of it, how long it ran (ms), and what is known of it.

    `ran` is None without a stop. `called_off`: it stopped without what was promised. `early`: it was met before its
    due, and that is still to come.
    """

    name: str
    standard: str
    cohort: str
    due: int
    kind: Kind
    ran: int | None
    called_off: bool
    early: bool
    attributes: dict[str, Any]


def clock_of(name: str, finding: Finding, cohort: str, attributes: dict[str, Any], at: int) -> Clock:
    """A clock of the engine as it stands at `at` (ms)."""
    standard, verdict = finding.standard, finding.at(at)
    outcome = call_outcome(finding, verdict) if standard.startswith("call-") else ""
    kind = Kind(verdict, finding.reason or "", outcome)
    off = finding.stop is not None and finding.ending in CALLED_OFF
    early = verdict == MET and finding.due > at
    return Clock(name, standard, cohort, finding.due, kind, finding.elapsed, off, early, attributes)
