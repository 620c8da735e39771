"""A borough and its wards: what is open there now, and how it stands."""

from grafana_foundation_sdk.builders import common, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import breaches, dashboard, filled
from grafana.dashboards.lines import lines, target_line, tinted
from grafana.dashboards.palette import AT_RISK, BREACHED, MET, STANDARDS, words
from grafana.dashboards.panels import asking, in_size, in_words, standing, tiles, told
from grafana.dashboards.shares import COLOURS, coded, of_borough, standings
from grafana.dashboards.sql import COUNTED, COUNTS, SHOWN
from grafana.dashboards.tables import CLOCK, LEFT, NAMED, STAGED, WIDE, rows
from grafana.dashboards.targets import PROMETHEUS, now, over_time
from grafana.dashboards.variables import choice, from_prometheus
from grafana.dashboards.watching import NOW_WATCHED, count

UID = "pledgewatch-borough"
_HERE = 'borough="$borough"'
_ANY = 'standard=~".+"'
_WINDOWS = {"1h": "hour", "24h": "24 hours", "7d": "7 days"}


def borough() -> Dashboard:
    """The whole dashboard."""
    about = "For supervisors and borough commanders: one borough, what is open there now and how its promises stand."
    found = (
        dashboard(UID, "Borough", about, "now-24h", "30s")
        .with_variable(from_prometheus("borough", "Borough", 'borough:pledge_clocks:sum{borough!="other"}'))
        .with_variable(choice("window", "Fell due in the last", _WINDOWS, "24h"))
        .annotation(breaches("borough:$borough"))
    )
    return filled(
        found,
        [
            ("", 5, [(6, _at_risk()), (6, _late()), (6, _without_unit()), (6, _oldest())]),
            ("How $borough keeps its promises", 11, [(12, _kept()), (12, _states())]),
            ("", 8, [(24, _over_time())]),
            ("Open now", 10, [(24, _open())]),
            ("Wards", 10, [(24, _wards())]),
        ],
    )


def _at_risk() -> stat.Panel:
    series = f'borough:pledge_open_clocks:sum{{stage="at-risk", {_HERE}}}'
    about = "Clocks past three quarters of their time (P1) that can still be kept. Calls have no such stage."
    return count("At risk", about, series, AT_RISK, "/clocks?stage=at-risk&borough=${borough:percentencode}")


def _late() -> stat.Panel:
    series = f'borough:pledge_open_clocks:sum{{stage="breached", {_HERE}}}'
    about = "Clocks past their deadline that nobody has ended: somebody is still waiting."
    path = "/clocks?stage=breached&borough=${borough:percentencode}"
    return count("Late, still open", about, series, BREACHED, path)


def _without_unit() -> stat.Panel:
    about = "Incidents that should have a unit by now and have none (P1)."
    path = "/clocks?unit=none&borough=${borough:percentencode}"
    return count("No unit", about, f"borough:pledge_unresourced:sum{{{_HERE}}}", BREACHED, path)


def _oldest() -> stat.Panel:
    about = "How long the oldest unattended incident has waited, immediate or priority. Other promises last for days."
    panel = told(tiles(), "Longest waiting incident", about, "dthms", "not watched")
    oldest = f'max(borough:pledge_oldest_open_seconds:max{{standard=~"attend-.*", {_HERE}}})'
    asking(panel, PROMETHEUS, now(f"{oldest} or 0 * {NOW_WATCHED}", "Longest waiting incident"))
    panel.color_mode(options.BigValueColorMode.NONE)
    return panel.mappings(words({"0": ("none waiting", MET)}))


def _kept() -> stat.Panel:
    about = (
        "The share kept of what fell due in that time, the worst first. Below or above its target only where the "
        "whole 95 % interval is, else close to it; under 30 are too few to say (N3). Running clocks are not in it."
    )
    panel = told(tiles(), "Kept in the last ${window:text}", about, "percentunit", "not watched")
    counted = of_borough(f'window="$window", {_HERE}')
    standing(panel, PROMETHEUS, standings(counted, _ANY, "none yet"))
    return panel.decimals(1).orientation(options.VizOrientation.HORIZONTAL).text(in_size(14, 18))


def _states() -> statetimeline.Panel:
    about = "How each share stood to its target at each moment: of what had fallen due in the last ${window:text}."
    panel = told(statetimeline.Panel(), "Standing over time", about, "none", "nothing has fallen due yet")
    counted = of_borough(f'window="$window", {_HERE}')
    asking(panel, PROMETHEUS, over_time(coded(counted, _ANY), "{{standard}}"))
    coded_words = {str(code): (word, colour) for code, (word, colour) in enumerate(COLOURS.items())}
    panel.mappings(words(coded_words)).show_value(options.VisibilityMode.NEVER).row_height(0.8)
    panel.legend(common.VizLegendOptions().show_legend(True).display_mode(options.LegendDisplayMode.LIST))
    return in_words(panel)


def _over_time() -> timeseries.Panel:
    about = "The shares of the ${window:text} before each moment, where at least 30 were judged; targets are dashed."
    panel = lines("Share kept, and its target", about, "percentunit", "fewer than 30 have fallen due")
    counted = of_borough(f'window="$window", {_HERE}')
    enough = f"{counted.share} and {counted.judged} >= 30"
    target = f"max by (standard) (pledge_targets) and on (standard) ({enough})"
    asking(panel, PROMETHEUS, over_time(enough, "{{standard}}"), over_time(target, "{{standard}} target"))
    tinted(panel, STANDARDS.values())
    return in_words(target_line(panel, ".* target")).min(0).max(1)


def _open() -> table.Panel:
    about = (
        "Clocks that wait for their stop, the earliest due first; below zero is how long they are over. By the "
        "database's clock: not for a day in fast motion."
    )
    sql = """
SELECT clock, standard, stage, extract(epoch FROM due_at - now()) AS "time left", due_at AS due, ward, grade,
  units, CASE WHEN unresourced_at <= now() AND units = 0 THEN 'no unit' END AS lacking, chased, flags
FROM open_clocks
WHERE borough = ${borough:sqlstring} AND cohort = 'live'
ORDER BY due_at
LIMIT 200
"""
    columns = {**CLOCK, **NAMED, **STAGED, "time left": LEFT, "due": WIDE}
    return rows("Open clocks in $borough", about, sql, "no clock is open", columns)


def _wards() -> table.Panel:
    about = (
        "What fell due in the time that is shown, by ward. Wards have few: read the counts, and compare no shares "
        "whose intervals overlap. Their counts add up to the borough's; their shares do not."
    )
    sql = f"""
WITH by_ward AS (
  SELECT coalesce(nullif(ward, ''), 'not told') AS ward, standard, {COUNTS}
  FROM verdicts
  WHERE {COUNTED} AND borough = ${{borough:sqlstring}} AND $__timeFilter(due_at)
  GROUP BY 1, 2
)
SELECT ward, standard, {SHOWN} FROM by_ward ORDER BY late DESC, judged DESC, ward
"""
    return rows("Promises by ward", about, sql, "nothing has fallen due in this time", NAMED)
