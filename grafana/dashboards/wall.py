"""The control room's wall: what is about to go wrong, in six things that can be read from five metres."""

from grafana_foundation_sdk.builders import bargauge, stat
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import dashboard, filled
from grafana.dashboards.palette import AT_RISK, BREACHED, MET
from grafana.dashboards.panels import ToBoard, asking, bars, in_size, prop, rows_of, standing, tiles, told
from grafana.dashboards.shares import of_standards, standings
from grafana.dashboards.targets import PROMETHEUS, REGISTER, Sql
from grafana.dashboards.watching import BEHIND, REGISTER_BEHIND, SILENT, UNWATCHED, Slow, count, health

UID = "pledgewatch-wall"
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


def _at_risk() -> stat.Panel:
    about = "Clocks past three quarters of their time (P1) that can still be kept. Calls have no such stage."
    series = 'standard:pledge_open_clocks:sum{stage="at-risk"}'
    return count("At risk", about, series, AT_RISK, "/clocks?stage=at-risk")


def _late() -> stat.Panel:
    about = "Clocks past their deadline that nobody has ended: somebody is still waiting."
    series = 'standard:pledge_open_clocks:sum{stage="breached"}'
    return count("Late, still open", about, series, BREACHED, "/clocks?stage=breached")


def _without_unit() -> stat.Panel:
    about = "Incidents that should have a unit by now and have none: immediate after 2 min, priority after 40 (P1)."
    return count("No unit", about, "borough:pledge_unresourced:sum", BREACHED, "/clocks?unit=none")


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
    at_risk = Sql(_NEXT.format(words="'at risk', ", stage="at-risk", limit=3))
    asking(panel, REGISTER, at_risk, Sql(_NEXT.format(words="'running', ", stage="running", limit=2)))
    panel.override_by_query("A", [prop("color", {"mode": "fixed", "fixedColor": AT_RISK})])
    panel.override_by_query("B", [prop("color", {"mode": "fixed", "fixedColor": MET})])
    panel.min(0).max(900).reduce_options(rows_of(5)).data_links([ToBoard("/clocks")])
    panel.sizing(options.BarGaugeSizing.MANUAL).max_viz_height(64)
    return panel.name_placement(options.BarGaugeNamePlacement.TOP).text(in_size(20, 30))


def _last_hour() -> stat.Panel:
    about = (
        "The share kept of what fell due in the last hour, the worst first. Below or above its target only where the "
        "whole 95 % interval is, else close to it; under 30 are too few to say (N3). Running clocks are not in it."
    )
    panel = told(tiles(), "Kept in the last hour", about, "percentunit", "not watched")
    counted = of_standards(f'window="1h", {LIVE}')
    standing(panel, PROMETHEUS, standings(counted, LIVE, "no calls yet")).decimals(1)
    return panel.orientation(options.VizOrientation.HORIZONTAL).text(in_size(26, 44))


def _believed() -> stat.Panel:
    about = (
        "Whether what is above can be believed: partitions that no worker watches, feeds silent beyond their time, "
        "how far the slowest topic is behind, and the register, which tells what is next to go over."
    )
    measures = {
        "Partitions unwatched": (UNWATCHED, None),
        "Feeds silent": (SILENT, None),
        "Behind": (BEHIND, Slow(30, 60)),
        "Register behind": (REGISTER_BEHIND, Slow(30, 60)),
    }
    return health("Can this wall be believed?", about, measures).text(in_size(22, 36))
