"""Single differences between two packs, each of which can be put into the one from the other on its own."""

from collections.abc import Collection

from msgspec.structs import replace

from clocks.standard import Pack, Standard

SKEW, STAGED, DAYS = "skew", "staged", "days"
"""The differences of packs as a whole; all others are named after their standard."""


def levers(a: Pack, b: Pack) -> tuple[str, ...]:
    """The differences of two packs that can bear on a verdict or a due."""
    standards = dict.fromkeys((*a.standards, *b.standards))
    whole = {
        SKEW: a.skew != b.skew,
        STAGED: counts_staged(a) != counts_staged(b),
        DAYS: (a.zone, a.holidays) != (b.zone, b.holidays),
    }
    return (
        *(
            each
            for each in standards
            if _judged_by(a.standards.get(each)) != _judged_by(b.standards.get(each))
        ),
        *(name for name, differs in whole.items() if differs),
    )


def mixed(a: Pack, b: Pack, from_b: Collection[str]) -> Pack:
    """Pack `a` with these differences taken from `b`."""
    names = dict.fromkeys((*a.standards, *b.standards))
    chosen = {name: (b if name in from_b else a).standards.get(name) for name in names}
    skew, staged, days = (b if name in from_b else a for name in (SKEW, STAGED, DAYS))
    counts = counts_staged(staged)
    return replace(
        days,
        standards={name: replace(each, counts_staged=counts) for name, each in chosen.items() if each},
        skew=skew.skew,
        arrivals=staged.arrivals,
        before=None,
    )


def _judged_by(standard: Standard | None) -> Standard | None:
    """A standard less what no verdict and no due depends on, and what a pack's standards have in common."""
    return standard and replace(
        standard,
        sentence="",
        target_percent=None,
        at_risk_percent=None,
        unresourced_after=None,
        counts_staged=False,
    )


def counts_staged(pack: Pack) -> bool:
    """Whether a unit staged nearby counts as an arrival (I2)."""
    return "unit.staged" in pack.arrivals
