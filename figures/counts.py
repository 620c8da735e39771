"""Judged clocks counted by what became of them; no shares are kept, only what they are made of (N2)."""

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from clocks.finding import BREACHED, EXCLUDED, MET, RUNNING, UNVERIFIABLE
from figures.calls import Calls, calls_of
from figures.rate import Rate


class Kind(NamedTuple):
    """What became of a clock; `outcome` tells how a call ended (C3), and is empty for all else."""

    verdict: str
    reason: str = ""
    outcome: str = ""


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many clocks met and broke their promise, and how many say nothing of it, and why."""

    met: int = 0
    breached: int = 0
    running: int = 0
    excluded: dict[str, int] = {}
    unverifiable: dict[str, int] = {}
    calls: Calls | None = None

    @property
    def rate(self) -> Rate:
        """Met out of met and breached: what runs, is excluded or unverifiable is not in it (N1, C2)."""
        return Rate(self.met, self.met + self.breached)

    @property
    def clocks(self) -> int:
        """All of them."""
        rest = sum(self.excluded.values()) + sum(self.unverifiable.values())
        return self.met + self.breached + self.running + rest


def counts_of(kinds: Mapping[Kind, int]) -> Counts:
    """The counts of clocks by kind; tallies, metrics and rows of SQL come down to kinds as judged clocks do."""
    verdicts: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    for kind, number in kinds.items():
        verdicts[kind.verdict] += number
        outcomes[kind.outcome] += number
    return Counts(
        met=verdicts[MET],
        breached=verdicts[BREACHED],
        running=verdicts[RUNNING],
        excluded=_reasons(kinds, EXCLUDED),
        unverifiable=_reasons(kinds, UNVERIFIABLE),
        calls=calls_of(outcomes) if any(outcomes.keys()) else None,
    )


def _reasons(kinds: Mapping[Kind, int], verdict: str) -> dict[str, int]:
    found: Counter[str] = Counter()
    for kind, number in kinds.items():
        if kind.verdict == verdict:
            found[kind.reason] += number
    return dict(sorted(found.items()))
