"""The control room's wall: what is about to go wrong, in six things that can be read from five metres."""

from grafana_foundation_sdk.builders import bargauge, stat
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import dashboard, filled
from grafana.dashboards.palette import AT_RISK, BREACHED, MET, steps, words
from grafana.dashboards.panels import ToBoard, asking, bars, in_size, prop, rows_of, standing, tiles, told
from grafana.dashboards.shares import of_standards, standings
from grafana.dashboards.targets import PROMETHEUS, REGISTER, Sql, now

UID = "pledgewatch-wall"
NOW_WATCHED = 'count(up{job="pledgewatch-worker"} == 1)'
"""How many workers are seen; nothing where none is, so that a wall that sees nothing does not read 0."""
UNWATCHED = "installation:pledge_partitions_missing:count or max(max_over_time(pledge_partitions[1h]))"
"""How many partitions no worker has; all of them where no worker is seen any more."""
SILENT = """
min by (feed, topic, partition) (pledge_feed_age_seconds)
  > on (feed, topic) group_left () max by (feed, topic) (pledge_feed_silence_seconds)
unless (max by (feed, topic, partition) (pledge_feed_outage) == 1)
""".strip()
"""How old each feed is that is silent for too long and has said of no outage."""
BEHIND = "clamp_min(max(topic:pledge_behind_seconds:max), 0)"
"""How far the slowest topic's time is behind the workers' clock, in seconds."""
LIVE = 'standard=~"call-.*|attend-.*"'
"""The promises that a control room can still keep while it looks."""


def wall() -> Dashboard:
    """The whole dashboard."""
    about = "For supervisors: what is late, what is about to be, and whether this wall can be believed."
    return filled(
        dashboard(UID, "Control room wall", about, "now-1h", "5s"),
        [
            ("", 8, [(8, _at_risk()), (8, _late()), (8, _without_unit())]),
            ("", 11, [(12, _next()), (12, _last_hour())]),
            ("", 5, [(24, _believed())]),
        ],
    )


def _count(title: str, about: str, series: str, colour: str) -> stat.Panel:
    panel = told(tiles(), title, about, "none", "not watched")
    asking(panel, PROMETHEUS, now(f"sum({series}) or 0 * {NOW_WATCHED}", title))
    return panel.thresholds(steps(MET, (1, colour))).mappings(words({"0": ("none", MET)}))


def _at_risk() -> stat.Panel:
    about = "Clocks past three quarters of their time (P1) that can still be kept. Calls have no such stage."
    panel = _count("At risk", about, 'standard:pledge_open_clocks:sum{stage="at-risk"}', AT_RISK)
    return panel.data_links([ToBoard("/clocks?stage=at-risk")])


def _late() -> stat.Panel:
    about = "Clocks past their deadline that nobody has ended: somebody is still waiting."
    panel = _count("Late, still open", about, 'standard:pledge_open_clocks:sum{stage="breached"}', BREACHED)
    return panel.data_links([ToBoard("/clocks?stage=breached")])


def _without_unit() -> stat.Panel:
    about = "Incidents that should have a unit by now and have none: immediate after 2 min, priority after 40 (P1)."
    panel = _count("No unit", about, "borough:pledge_unresourced:sum", BREACHED)
    return panel.data_links([ToBoard("/clocks?unit=none")])


_NEXT = """
SELECT concat_ws(' · ', subject, {words}nullif(borough, ''), CASE WHEN units = 0 THEN 'no unit' END) AS incident,
  extract(epoch FROM due_at - now()) AS "time left"
FROM open_clocks
WHERE stage = '{stage}' AND standard LIKE 'attend-%' AND cohort = 'live' AND due_at > now()
ORDER BY due_at
LIMIT {limit}
"""


def _next() -> bargauge.Panel:
    about = (
        "The incidents whose time runs out next, with the time that is left: those at risk first, then the others. "
        "Reckoned by the database's clock: not for a day in fast motion."
    )
    panel = told(bars(), "Next to go over", about, "dthms", "no incident is waiting")
    at_risk = Sql(_NEXT.format(words="'at risk', ", stage="at-risk", limit=4))
    asking(panel, REGISTER, at_risk, Sql(_NEXT.format(words="'running', ", stage="running", limit=2)))
    panel.override_by_query("A", [prop("color", {"mode": "fixed", "fixedColor": AT_RISK})])
    panel.override_by_query("B", [prop("color", {"mode": "fixed", "fixedColor": MET})])
    panel.min(0).max(900).reduce_options(rows_of(6)).data_links([ToBoard("/clocks")])
    return panel.name_placement(options.BarGaugeNamePlacement.TOP).text(in_size(22, 34))


def _last_hour() -> stat.Panel:
    about = (
        "The share kept of what fell due in the last hour, the worst first. Below or above its target only where the "
        "whole 95 % interval is, else close to it; under 30 are too few to say (N3). Running clocks are not in it."
    )
    panel = told(tiles(), "Kept in the last hour", about, "percentunit", "no calls yet")
    counted = of_standards(f'window="1h", {LIVE}')
    standing(panel, PROMETHEUS, standings(counted, LIVE, "none yet")).decimals(1)
    return panel.orientation(options.VizOrientation.HORIZONTAL).text(in_size(26, 44))


def _believed() -> stat.Panel:
    about = (
        "Whether what is above can be believed: partitions that no worker watches, feeds silent beyond their time, "
        "and how far the slowest partition is behind the wall's clock."
    )
    panel = told(tiles(), "Can this wall be believed?", about, "none", "not watched")
    asking(
        panel,
        PROMETHEUS,
        now(UNWATCHED, "Partitions unwatched"),
        now(f"count(count by (feed) ({SILENT})) or 0 * {NOW_WATCHED}", "Feeds silent"),
        now(BEHIND, "Behind"),
    )
    panel.thresholds(steps(MET, (1, BREACHED))).mappings(words({"0": ("none", MET)}))
    slow = steps(MET, (30, AT_RISK), (120, BREACHED)).build()
    as_time = [prop("unit", "s"), prop("decimals", 0), prop("thresholds", slow), prop("mappings", [])]
    panel.override_by_query("C", as_time)
    return panel
