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
BELOW, CLOSE, ABOVE, FREE, TOO_FEW = "below", "too close to call", "above", "no target", "too few to say"
COLOURS = {BELOW: BREACHED, CLOSE: AT_RISK, ABOVE: MET, FREE: UNKNOWN, TOO_FEW: UNKNOWN}


class Counted(NamedTuple):
    """What a share is made of, in PromQL: a series a standard each."""

    share: str
    met: str
    judged: str
    low: str
    high: str


def of_standards(where: str) -> Counted:
    """All boroughs together, by the recording rules; `where` picks standards and a window."""
    return _of("standard", where)


def of_weeks(where: str) -> Counted:
    """All boroughs together, in a local ISO week."""
    return _of("week", where)


def _of(level: str, where: str) -> Counted:
    met = f'sum by (standard) ({level}:pledge_clocks:sum{{verdict="met", cohort="live", {where}}})'
    share, low, high, judged = (
        f"max by (standard) ({level}:{name}{{{where}}})"
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


def by_word(counted: Counted, standards: str) -> dict[str, str]:
    """The shares in PromQL by how `pledgewatch figures` would say that they stand to their targets, the worst first.

    `standards` matches those that are expected.
    """
    target = target_of(standards)
    enough = f"{counted.share} and {counted.judged} >= {FEW}"
    return {
        BELOW: f"{enough} and {counted.high} < {target}",
        CLOSE: f"{enough} and {counted.low} < {target} and {counted.high} >= {target}",
        ABOVE: f"{enough} and {counted.low} >= {target}",
        FREE: f"{enough} unless {target}",
        TOO_FEW: f"{counted.share} and {counted.judged} < {FEW}",
    }


def coded(counted: Counted, standards: str) -> str:
    """A number a standard, over time, for how it stands: its place in the list of the words."""
    found = by_word(counted, standards).values()
    return " or ".join(f"0 * ({share}) + {code}" for code, share in enumerate(found))


def target_of(standards: str) -> str:
    """What the pack promises, a share a standard."""
    return f"max by (standard) (pledge_targets{{{standards}}})"


class Standing(NamedTuple):
    """How shares stand to their targets, and the question that finds those that stand so."""

    word: str
    colour: str
    shown: bool
    """Whether the share is shown; else the word is, in its place."""
    query: prometheus.Dataquery


def standings(counted: Counted, standards: str, none: str) -> list[Standing]:
    """Each standard once, the worst first; what was not judged at all reads `none`, and is not 0 %."""
    counts = {"kept": f"{counted.met} or 0 * {counted.judged}", "of": counted.judged}
    promised = {**counts, "target": f"round(100 * {target_of(standards)})"}
    found = []
    for word, share in by_word(counted, standards).items():
        to_target = word in (BELOW, CLOSE, ABOVE)
        shown = "close to" if word == CLOSE else word
        against = f"{shown} {{{{target}}}} %: " if to_target else ""
        legend = f"{{{{standard}}}} · {against}{{{{kept}}}} of {{{{of}}}}"
        query = now(_naming(share, promised if to_target else counts), legend)
        found.append(Standing(word, COLOURS[word], word != TOO_FEW, query))
    nothing = now(f"{target_of(standards)} unless {counted.judged} > 0", "{{standard}}")
    return [*found, Standing(none, UNKNOWN, False, nothing)]


def _naming(series: str, by_name: Mapping[str, str]) -> str:
    """The series with numbers as labels, so that a legend can tell them: Grafana knows no other way."""
    told = f"({series})"
    for name, number in by_name.items():
        told += f' * on (standard) group_left ({name}) count_values by (standard) ("{name}", {number})'
    return told
