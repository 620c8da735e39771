"""How the clocks of a subject stand, for those who ask a shard."""

from collections.abc import Iterator
from typing import NamedTuple

from clocks.finding import Finding
from clocks.saying import NEVER_RAN, Revision
from clocks.subject import Subject


class ClockView(NamedTuple):
    """One clock as people ask for it; times in ms UTC, `finding` None only where it never ran."""

    clock: str
    subject: str
    standard: str
    verdict: str
    reason: str | None
    finding: Finding | None
    cohort: str
    said: tuple[Revision, ...]


def views(name: str, subject: Subject) -> Iterator[ClockView]:
    """The clocks of a subject."""
    for key, state in subject.clocks.items():
        finding = state.finding
        yield ClockView(
            clock=f"{name}/{key}",
            subject=name,
            standard=key.partition("#")[0],
            verdict=state.verdict,
            reason=NEVER_RAN if finding is None else finding.reason,
            finding=finding,
            cohort=subject.judgement.cohort,
            said=tuple(state.said),
        )
