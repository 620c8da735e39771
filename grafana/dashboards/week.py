"""Managers' week: this week and the eight before, with all that a share stands on, and what was revised since."""

from grafana_foundation_sdk.builders import barchart, bargauge, stat, table, timeseries
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import dashboard, filled
from grafana.dashboards.lines import coloured, columns, lines, target_line
from grafana.dashboards.palette import BREACHED, MET, OTHERS, UNKNOWN, steps
from grafana.dashboards.panels import asking, bars, in_size, in_words, prop, standing, tiles, told
from grafana.dashboards.shares import FEW, of_weeks, standings
from grafana.dashboards.sql import COUNTED, COUNTS, SHOWN, interval, percentile, share, wilson
from grafana.dashboards.tables import CLOCK, NAMED, VERDICT, WIDE, in_time, rows
from grafana.dashboards.targets import BOTH, PROMETHEUS, REGISTER, Sql, now, over_time
from grafana.dashboards.variables import constant, from_register, standards_of

UID = "pledgewatch-week"
_WEEKS = (
    f"SELECT DISTINCT week FROM verdicts WHERE {COUNTED} AND $__timeFilter(due_at) ORDER BY week DESC LIMIT 9"
)
"""The weeks that the dashboard's time touches, the latest nine; each is shown whole."""
_OF_STANDARD = f"{COUNTED} AND standard = ${{standard:sqlstring}}"
_OF_WEEK = f"{COUNTED} AND week = ${{week:sqlstring}}"
_MONDAY = "(to_date(week, 'IYYY\"-W\"IW')::timestamp AT TIME ZONE ${zone:sqlstring})"
_ENDED = "((to_date(week, 'IYYY\"-W\"IW') + 7)::timestamp AT TIME ZONE ${zone:sqlstring})"
"""Midnight after the week's Sunday, local time (N1)."""
_BY_WEEK = f"""
WITH weeks AS (
  SELECT week, {COUNTS}
  FROM verdicts WHERE {_OF_STANDARD} AND week IN ({_WEEKS}) GROUP BY week
)"""


def week() -> Dashboard:
    """The whole dashboard."""
    about = "For managers: this week and the eight before, by standard and borough, with all that a share stands on."
    found = (
        dashboard(UID, "Managers' week", about, "now-63d", "5m")
        .with_variable(from_register("week", "Week", _WEEKS))
        .with_variable(
            from_register("standard", "Standard", standards_of(f"{COUNTED} AND $__timeFilter(due_at)"))
        )
        .with_variable(constant("zone", "Time zone of the weeks", "Europe/London"))
    )
    return filled(
        found,
        [
            ("Every promise in $week", 7, [(24, _this_week())]),
            ("${standard:text}: this week and the eight before", 9, [(12, _shares()), (12, _counts())]),
            ("", 9, [(24, _weeks())]),
            ("${standard:text} by borough in $week", 11, [(24, _boroughs())]),
            ("What became known after a week had ended", 9, [(10, _revised()), (14, _revisions())]),
            ("", 8, [(24, _as_known())]),
            ("Calls, counted five ways", 8, [(14, _five_ways()), (10, _five_ways_now())]),
            (
                "How long it took, and what is not in the share, in $week",
                10,
                [(14, _took()), (10, _left_out())],
            ),
        ],
    )


def _this_week() -> stat.Panel:
    about = (
        "The share kept of what fell due in the week so far, the worst first. Below or above its target only where "
        "the whole 95 % interval is, else close to it; under 30 are too few to say (N3). Nine weeks are kept."
    )
    panel = told(tiles(), "Kept in $week", about, "percentunit", "not watched")
    found = standings(of_weeks('week="$week"'), 'standard=~".+"', "none yet")
    return standing(panel, PROMETHEUS, found).decimals(1).text(in_size(14, 30))


def _shares() -> timeseries.Panel:
    about = (
        "The share of each week with its 95 % interval; the target is dashed. Under 30 there is an interval and no "
        "share (N3). A week stands at its Monday."
    )
    sql = f"""{_BY_WEEK}
SELECT {_MONDAY} AS time, CASE WHEN judged >= {FEW} THEN kept::float8 / judged END AS share,
  {wilson("-")} AS "95 % from", {wilson("+")} AS "95 % to"
FROM weeks WHERE judged > 0 ORDER BY 1
"""
    panel = lines("Share kept each week", about, "percentunit", "nothing has fallen due")
    target = over_time('max(pledge_targets{standard="$standard"} @ end())', "target")
    asking(panel, BOTH, Sql(sql, over_time=True), target)
    large = [prop("custom.showPoints", "always"), prop("custom.pointSize", 9)]
    thin = [*coloured(OTHERS[0]), prop("custom.lineWidth", 1)]
    band = [prop("custom.fillBelowTo", "95 % from"), prop("custom.fillOpacity", 20)]
    panel.override_by_name("share", [*coloured(MET), *large]).override_by_name("95 % from", thin)
    panel.override_by_name("95 % to", [*thin, *band]).override_by_name("target", coloured(BREACHED))
    return target_line(panel, "target").max(1)


def _counts() -> barchart.Panel:
    about = (
        "How many the shares beside are of, and how many are not in them and say nothing of the promise (N2)."
    )
    sql = f"""{_BY_WEEK}
SELECT week, kept AS "in time", late, excluded, unverifiable FROM weeks ORDER BY week
"""
    panel = columns("Clocks that fell due each week", about, "week", "nothing has fallen due")
    asking(panel, REGISTER, Sql(sql))
    return (
        panel.override_by_name("in time", coloured(MET))
        .override_by_name("late", coloured(BREACHED))
        .override_by_name("excluded", coloured(UNKNOWN))
        .override_by_name("unverifiable", coloured(OTHERS[2]))
    )


def _weeks() -> table.Panel:
    about = (
        "By the local ISO week in which a clock fell due (N1), as it stands now. Shares are made of these counts and "
        "never averaged (N2). Under 30 there is no percentage (N3). This week is not over."
    )
    sql = f"{_BY_WEEK}\nSELECT week, {SHOWN} FROM weeks ORDER BY week DESC"
    return rows("${standard:text} week by week", about, sql, "nothing has fallen due", {})


def _boroughs() -> table.Panel:
    about = (
        "The boroughs of the week, those with most late first. Their counts add up to the standard's, their shares "
        "do not. Compare no boroughs whose intervals overlap."
    )
    sql = f"""
WITH boroughs AS (
  SELECT coalesce(nullif(borough, ''), 'not told') AS borough, {COUNTS}
  FROM verdicts WHERE {_OF_STANDARD} AND week = ${{week:sqlstring}} GROUP BY 1
)
SELECT borough, {SHOWN} FROM boroughs ORDER BY late DESC, judged DESC, borough
"""
    return rows("Boroughs", about, sql, "nothing has fallen due in this week", {"borough": WIDE})


_THEN = f"""
WITH weeks AS (
  SELECT week, {_ENDED} AS ended FROM ({_WEEKS}) AS latest
), of_weeks AS (
  SELECT verdicts.*, ended FROM verdicts JOIN weeks USING (week)
  WHERE standard = ${{standard:sqlstring}} AND cohort = 'live'
), at_end AS (
  SELECT DISTINCT ON (clock, first_about_at) clock, first_about_at, week, verdict, reason
  FROM of_weeks WHERE known_at < ended ORDER BY clock, first_about_at, revision DESC
), now AS (
  SELECT clock, first_about_at, week, borough, verdict, reason, known_at, keyed_late_ms, ended
  FROM of_weeks WHERE counted
)"""
"""Each clock as it was known when its week ended, and as it counts now."""


def _revised() -> table.Panel:
    about = (
        "Each week as it was known at the midnight that ended it, and as it stands now (N6). A running week has no "
        "share of its end yet."
    )
    sql = f"""{_THEN}, before AS (
  SELECT week, count(*) FILTER (WHERE verdict IN ('met', 'breached')) AS judged,
    count(*) FILTER (WHERE verdict = 'met') AS kept
  FROM at_end GROUP BY week
), after AS (
  SELECT week, count(*) FILTER (WHERE verdict IN ('met', 'breached')) AS judged,
    count(*) FILTER (WHERE verdict = 'met') AS kept, max(ended) AS ended
  FROM now GROUP BY week
), changed AS (
  SELECT now.week, count(*) AS clocks FROM now LEFT JOIN at_end USING (clock, first_about_at)
  WHERE now.known_at >= now.ended AND now.verdict IS DISTINCT FROM at_end.verdict GROUP BY now.week
)
SELECT after.week, CASE WHEN ended > now() THEN 'not over' ELSE {share("before.kept", "before.judged")} END
    AS "when it ended", {share("after.kept", "after.judged")} AS now, after.judged AS counted,
  coalesce(changed.clocks, 0) AS revised
FROM after LEFT JOIN before USING (week) LEFT JOIN changed USING (week)
ORDER BY after.week DESC
"""
    return rows("${standard:text}: then and now", about, sql, "nothing has fallen due", {})


def _revisions() -> table.Panel:
    about = (
        "Clocks that count otherwise than when their week had ended, with the date on which that became known (N6), "
        "the latest first. One that was not known at all then, or still running, has no earlier verdict."
    )
    sql = f"""{_THEN}
SELECT now.clock, now.week, coalesce(at_end.verdict, 'not known') AS was, now.verdict AS is, now.reason, now.borough,
  now.known_at AS "became known", now.keyed_late_ms / 1000.0 AS "keyed late"
FROM now LEFT JOIN at_end USING (clock, first_about_at)
WHERE now.known_at >= now.ended AND now.verdict IS DISTINCT FROM at_end.verdict
ORDER BY now.known_at DESC LIMIT 200
"""
    times = {"became known": WIDE, "keyed late": in_time()}
    columns = {**CLOCK, "was": VERDICT, "is": VERDICT, **times}
    empty = "no revisions: every week stands as it ended"
    return rows("Revisions of ${standard:text}", about, sql, empty, columns)


def _as_known() -> timeseries.Panel:
    about = (
        "The share of each week as Prometheus saw it at each moment: where a line still moves after its week has "
        "ended, the week was revised. It knows only what it watched."
    )
    panel = lines("Each week's share, as it was known", about, "percentunit", "fewer than 30 have fallen due")
    enough = f'week:pledge_judged:sum{{standard="$standard"}} >= {FEW}'
    known = f'week:pledge_kept:ratio{{standard="$standard"}} and {enough}'
    return asking(panel, PROMETHEUS, over_time(known, "{{week}}"))


_WAYS = """(VALUES
    (1, 'giving up in time counts as kept', answered_in + left_in_time, answered + abandoned),
    (2, 'answered calls alone', answered_in, answered),
    (3, 'every abandoned call counts against', answered_in, answered + abandoned),
    (4, 'giving up in time is left out: the share used everywhere here', answered_in, answered + abandoned_late),
    (5, 'giving up within 5 s counts as kept', answered_in + abandoned_5s, answered + abandoned)
  ) AS ways (way, counted_so, kept, judged)"""


def _five_ways() -> table.Panel:
    about = (
        "The same calls of the week in the five ways that call centres count them (C3). A share without its way "
        "can be compared with nothing."
    )
    ended = {
        "answered_in": "outcome = 'in'",
        "answered": "outcome IN ('in', 'late')",
        "abandoned": "outcome LIKE 'abandoned%'",
        "left_in_time": "outcome IN ('abandoned_5s', 'abandoned_in')",
        "abandoned_5s": "outcome = 'abandoned_5s'",
        "abandoned_late": "outcome = 'abandoned_late'",
    }
    counts = ",\n    ".join(f"count(*) FILTER (WHERE {where}) AS {name}" for name, where in ended.items())
    sql = f"""
WITH calls AS (
  SELECT standard, {counts}
  FROM verdicts WHERE {_OF_WEEK} AND outcome <> '' GROUP BY standard
)
SELECT standard, way, counted_so AS "counted so", kept, judged AS of, {share()} AS share,
  {interval()} AS "95 % interval"
FROM calls, LATERAL {_WAYS}
ORDER BY standard, way
"""
    columns = {**NAMED, "counted so": [prop("custom.width", 360)]}
    return rows("Calls of $week", about, sql, "no calls in this week", columns)


def _five_ways_now() -> bargauge.Panel:
    about = "The five ways over the last seven days, by line. Their numbers are those of the table beside."
    panel = told(bars(), "The last seven days", about, "percentunit", "no calls yet")
    asking(panel, PROMETHEUS, now('line:pledge_calls_kept:ratio{window="7d"}', "{{line}} · way {{way}}"))
    return in_words(panel).min(0).max(1).decimals(1).thresholds(steps(OTHERS[0]))


def _took() -> table.Panel:
    about = (
        "How long the clocks that stopped took; those that have not stopped yet have no duration. Percentiles are "
        "those of real clocks (N4), and never averaged."
    )
    took = "elapsed_ms / 1000.0"
    sql = f"""
SELECT standard, count(*) AS stopped, avg({took}) AS mean, {percentile(0.5, took)} AS median,
  {percentile(0.9, took)} AS "90th", {percentile(0.95, took)} AS "95th", max({took}) AS longest
FROM verdicts
WHERE {_OF_WEEK} AND verdict IN ('met', 'breached') AND elapsed_ms IS NOT NULL
GROUP BY standard ORDER BY standard
"""
    times = {name: in_time() for name in ("mean", "median", "90th", "95th", "longest")}
    return rows("How long it took", about, sql, "nothing has stopped in this week", {**NAMED, **times})


def _left_out() -> table.Panel:
    about = "What fell due and is in no share, and why: it says nothing of the promise; it is not left out silently."
    sql = f"""
SELECT standard, verdict, reason, count(*) AS clocks
FROM verdicts WHERE {_OF_WEEK} AND verdict IN ('excluded', 'unverifiable')
GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2, 3
"""
    columns = {**NAMED, "verdict": VERDICT}
    return rows("Not in the share", about, sql, "everything that fell due is in the share", columns)
