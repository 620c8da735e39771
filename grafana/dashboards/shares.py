"""Shares as they may be shown (N3): with their counts, a word for how they stand to the target, and never of few."""

from collections.abc import Mapping
from typing import NamedTuple

from grafana_foundation_sdk.builders import prometheus

from grafana.dashboards.palette import AT_RISK, BREACHED, MET, UNKNOWN
from grafana.dashboards.targets import now

FEW = 30
"""Fewer clocks than this have no share (N3), as `figures.rate.FEW`: neither package may import the other."""
Z = 1.959963984540054
"""As `figures.wilson.Z95`."""


class Counted(NamedTuple):
    """What a share is made of, in PromQL: a series a standard each."""

    share: str
    met: str
    judged: str
    low: str
    high: str


def of_standards(where: str) -> Counted:
    """All boroughs together, by the recording rules; `where` picks standards and a window."""
    met = f'sum by (standard) (standard:pledge_clocks:sum{{verdict="met", cohort="live", {where}}})'
    share, low, high, judged = (
        f"max by (standard) (standard:{name}{{{where}}})"
        for name in (
            "pledge_kept:ratio",
            "pledge_kept_low:ratio",
            "pledge_kept_high:ratio",
            "pledge_judged:sum",
        )
    )
    return Counted(share, met, judged, low, high)


def of_borough(where: str) -> Counted:
    """One borough; there are no rules for its intervals, as there would be thousands of them."""
    met = f'sum by (standard) (borough:pledge_clocks:sum{{verdict="met", cohort="live", {where}}})'
    share = f"max by (standard) (borough:pledge_kept:ratio{{{where}}})"
    judged = f"max by (standard) (borough:pledge_judged:sum{{{where}}})"
    return Counted(share, met, judged, _wilson("-", share, judged), _wilson("+", share, judged))


def _wilson(sign: str, share: str, of: str) -> str:
    reach = f"{Z} * sqrt({share} * (1 - {share}) / {of} + {Z**2 / 4} / ({of}) ^ 2)"
    return f"(({share} + {Z**2 / 2} / {of} {sign} {reach}) / (1 + {Z**2} / {of}))"


class Standing(NamedTuple):
    """How shares stand to their targets, and the question that finds those that stand so."""

    word: str
    colour: str
    shown: bool
    """Whether the share is shown; else the word is, in its place."""
    query: prometheus.Dataquery


def standings(counted: Counted, standards: str, none: str) -> list[Standing]:
    """Each standard once, the worst first, by how `pledgewatch figures` would say that it stands to its target.

    `standards` matches those that are expected: what was not judged at all reads `none`, and is not 0 %.
    """
    target = f"max by (standard) (pledge_targets{{{standards}}})"
    enough = f"{counted.share} and {counted.judged} >= {FEW}"
    below, close, above = (
        f"{enough} and {where}"
        for where in (
            f"{counted.high} < {target}",
            f"{counted.low} < {target} and {counted.high} >= {target}",
            f"{counted.low} >= {target}",
        )
    )
    counts = {"kept": f"{counted.met} or 0 * {counted.judged}", "of": counted.judged}
    promised = {**counts, "target": f"round(100 * {target})"}
    told = "{{standard}} · %s {{target}} %%: {{kept}} of {{of}}"
    bare = "{{standard}} · {{kept}} of {{of}}"
    few = f"{counted.share} and {counted.judged} < {FEW}"
    return [
        Standing("below", BREACHED, True, now(_naming(below, promised), told % "below")),
        Standing("too close to call", AT_RISK, True, now(_naming(close, promised), told % "too close to")),
        Standing("above", MET, True, now(_naming(above, promised), told % "above")),
        Standing("no target", UNKNOWN, True, now(_naming(f"{enough} unless {target}", counts), bare)),
        Standing("too few to say", UNKNOWN, False, now(_naming(few, counts), bare)),
        Standing(none, UNKNOWN, False, now(f"{target} unless {counted.judged} > 0", "{{standard}}")),
    ]


def _naming(series: str, by_name: Mapping[str, str]) -> str:
    """The series with numbers as labels, so that a legend can tell them: Grafana knows no other way."""
    told = f"({series})"
    for name, number in by_name.items():
        told += f' * on (standard) group_left ({name}) count_values by (standard) ("{name}", {number})'
    return told
