"""Tiles that count, and whether what they count can be believed: 0 only where somebody watches."""

from collections.abc import Mapping
from typing import NamedTuple

from grafana_foundation_sdk.builders import stat

from grafana.dashboards.palette import AT_RISK, BREACHED, MET, steps, words
from grafana.dashboards.panels import ToBoard, asking, prop, tiles, told
from grafana.dashboards.targets import PROMETHEUS, now

NOW_WATCHED = 'count(up{job="pledgewatch-worker"} == 1)'
"""How many workers are seen; nothing where none is, so that a wall that sees nothing does not read 0."""
UNWATCHED = "max(installation:pledge_partitions_missing:count or max(max_over_time(pledge_partitions[1h])))"
"""How many partitions no worker has; all of them where no worker is seen any more."""
SILENT = f"""
count(count by (feed) (
  min by (feed, topic, partition) (pledge_feed_age_seconds)
    > on (feed, topic) group_left () max by (feed, topic) (pledge_feed_silence_seconds)
  unless (max by (feed, topic, partition) (pledge_feed_outage) == 1)
)) or 0 * {NOW_WATCHED}
""".strip()
"""How many feeds are silent for too long, and have told of no outage."""
BEHIND = "clamp_min(max(topic:pledge_behind_seconds:max), 0)"
"""How far the slowest topic's time is behind the workers' clock, in seconds."""
REGISTER_BEHIND = "min(pledge_register_behind_seconds)"
"""How long ago the register last held the whole ledger, in seconds."""
NOT_SEEN = -1
"""What a measure of health is where there is none: a tile that was left out would be missed by nobody."""


class Slow(NamedTuple):
    """A measure in seconds, and from when on it is at risk and bad."""

    at_risk: float
    bad: float


def count(title: str, about: str, series: str, colour: str, path: str) -> stat.Panel:
    """How many there are of something that there should be none of, with a way to them on the board."""
    panel = told(tiles(), title, about, "none", "not watched")
    asking(panel, PROMETHEUS, now(f"sum({series}) or 0 * {NOW_WATCHED}", title))
    panel.thresholds(steps(MET, (1, colour))).mappings(words({"0": ("none", MET)}))
    return panel.data_links([ToBoard(path)])


def health(title: str, about: str, measures: Mapping[str, tuple[str, Slow | None]]) -> stat.Panel:
    """Measures by name, each in PromQL: seconds, or how many there are of what there should be none of."""
    panel = told(tiles(), title, about, "none", "not watched")
    asked = (now(f"{series} or vector({NOT_SEEN})", name) for name, (series, _) in measures.items())
    asking(panel, PROMETHEUS, *asked)
    unseen = {str(NOT_SEEN): ("not seen", BREACHED)}
    panel.thresholds(steps(MET, (1, BREACHED))).mappings(words({"0": ("none", MET), **unseen}))
    for name, (_, slow) in measures.items():
        if slow is not None:
            colours = steps(MET, (slow.at_risk, AT_RISK), (slow.bad, BREACHED)).build()
            as_time = [prop("unit", "s"), prop("decimals", 0), prop("thresholds", colours)]
            panel.override_by_name(name, [*as_time, prop("mappings", words(unseen))])
    return panel
