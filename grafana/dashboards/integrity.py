"""Integrity: where figures may have been helped along. Each sign has honest causes too: it says where to look."""

from grafana_foundation_sdk.builders import barchart, table
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import dashboard, filled
from grafana.dashboards.lines import coloured, columns
from grafana.dashboards.palette import AT_RISK, BREACHED, MET, OTHERS, UNKNOWN
from grafana.dashboards.panels import asking
from grafana.dashboards.shares import FEW
from grafana.dashboards.sql import COUNTED, COUNTS, LIMIT, interval, percentile, share, wilson
from grafana.dashboards.tables import CLOCK, LEFT, WIDE, in_time, on_colour, rows
from grafana.dashboards.targets import REGISTER, Sql
from grafana.dashboards.variables import from_register, standards_of

UID = "pledgewatch-integrity"
LOOK, NOTHING, FEW_WORDS = "worth a look", "nothing to see", "too few to say"
_SIGNS = {
    "borough": WIDE,
    "sign": on_colour({LOOK: (LOOK, AT_RISK), NOTHING: (NOTHING, MET), FEW_WORDS: (FEW_WORDS, UNKNOWN)}),
}
_DUE = f"{COUNTED} AND $__timeFilter(due_at)"
_OF_STANDARD = f"{_DUE} AND standard = ${{standard:sqlstring}}"
_STOPPED = f"{_OF_STANDARD} AND verdict IN ('met', 'breached') AND elapsed_ms IS NOT NULL"
_TWENTIETH = f"greatest(1, ceil(20 * (elapsed_ms / 1000.0) / {LIMIT}))"
"""Which twentieth of its time a clock stopped in: the 20th ends with the limit itself, which is in time (T3)."""
_DOWNGRADED = f"{_OF_STANDARD} AND reason = 'regraded'"
_USED = "extract(epoch FROM happened_at - start_at)"
_BOROUGH = "coalesce(nullif(borough, ''), 'not told')"


def integrity() -> Dashboard:
    """The whole dashboard."""
    about = "For inspectors: where a figure may have been helped along. Every sign has honest causes too."
    standards = standards_of(f"{_DUE} AND standard LIKE 'attend-%'")
    return filled(
        dashboard(UID, "Integrity", about, "now-28d", "5m").with_variable(
            from_register("standard", "Standard", standards)
        ),
        [
            ("Stopped just under the limit", 10, [(13, _heaps()), (11, _heaping())]),
            ("Downgraded close to the deadline", 10, [(9, _when_downgraded()), (15, _downgrades())]),
            ("", 8, [(24, _latest_downgrades())]),
            ("Keyed late", 10, [(10, _lateness()), (14, _keyed())]),
            ("First grade and last", 6, [(24, _grades())]),
        ],
    )


def _heaps() -> barchart.Panel:
    about = (
        "Clocks by how much of their time they took, in twentieths. An honest hill falls evenly through 100 %; a "
        "peak just before it, with a hollow just after, is a heap. The last column holds all that took longer."
    )
    sql = f"""
WITH stopped AS (SELECT least({_TWENTIETH}, 41)::int AS part, verdict FROM verdicts WHERE {_STOPPED})
SELECT CASE WHEN part = 41 THEN 'over 200 %' ELSE 5 * part || ' %' END AS "up to",
  count(*) FILTER (WHERE verdict = 'met') AS "in time", count(*) FILTER (WHERE verdict = 'breached') AS late
FROM generate_series(1, 41) AS part LEFT JOIN stopped USING (part)
WHERE EXISTS (SELECT FROM stopped)
GROUP BY part ORDER BY part
"""
    panel = columns("How much of its time each took", about, "up to", "nothing has stopped in this time")
    asking(panel, REGISTER, Sql(sql)).x_tick_label_rotation(-45)
    return panel.override_by_name("in time", coloured(MET)).override_by_name("late", coloured(BREACHED))


def _heaping() -> table.Panel:
    about = (
        "The last twentieth before the limit beside its neighbours. Worth a look: more than the mean of the two by "
        f"over three standard deviations. Under {FEW} in the three together there are too few to say."
    )
    sql = f"""
WITH near AS (
  SELECT {_BOROUGH} AS borough, count(*) FILTER (WHERE {_TWENTIETH} = 19) AS before,
    count(*) FILTER (WHERE {_TWENTIETH} = 20) AS last, count(*) FILTER (WHERE {_TWENTIETH} = 21) AS after
  FROM verdicts WHERE {_STOPPED} GROUP BY 1
)
SELECT borough, before AS "90–95 %", last AS "95–100 %", after AS "100–105 %",
  CASE WHEN before + last + after < {FEW} THEN '{FEW_WORDS}'
    WHEN last - (before + after) / 2.0 > 3 * sqrt(last + (before + after) / 4.0) THEN '{LOOK}'
    ELSE '{NOTHING}' END AS sign
FROM near ORDER BY last - (before + after) / 2.0 DESC, borough
"""
    return rows("Heaping by borough", about, sql, "nothing has stopped in this time", _SIGNS)


def _when_downgraded() -> barchart.Panel:
    about = (
        "Incidents taken out of the standard by a lower grade, by how much of their time had gone. New facts come at "
        "any time; those that wait for the deadline do not. What is late already stays late."
    )
    sql = f"""
WITH gone AS (
  SELECT least(greatest(ceil(10 * {_USED} / {LIMIT}), 1), 11)::int AS part FROM verdicts WHERE {_DOWNGRADED}
)
SELECT CASE WHEN part = 11 THEN 'later' ELSE 10 * part || ' %' END AS "up to", count(gone.part) AS downgraded
FROM generate_series(1, 11) AS part LEFT JOIN gone USING (part)
WHERE EXISTS (SELECT FROM gone)
GROUP BY part ORDER BY part
"""
    panel = columns("When downgrades came", about, "up to", "no downgrades in this time")
    return asking(panel, REGISTER, Sql(sql)).override_by_name("downgraded", coloured(OTHERS[2]))


def _downgrades() -> table.Panel:
    about = (
        "How many of a borough's incidents left the standard by a lower grade, and how many of them in the last "
        "quarter of their time, where chance would put a quarter. Worth a look: the whole interval is above that."
    )
    sql = f"""
WITH boroughs AS (
  SELECT {_BOROUGH} AS borough, count(*) AS begun, count(*) FILTER (WHERE reason = 'regraded') AS downgraded,
    count(*) FILTER (WHERE reason = 'regraded' AND {_USED} > 0.75 * {LIMIT}) AS at_the_last
  FROM verdicts WHERE {_OF_STANDARD} GROUP BY 1
)
SELECT borough, begun AS incidents, downgraded, at_the_last AS "in the last quarter",
  {share("at_the_last", "downgraded")} AS share, {interval("at_the_last", "downgraded")} AS "95 % interval",
  CASE WHEN downgraded < {FEW} THEN '{FEW_WORDS}'
    WHEN ({wilson("-", "at_the_last", "downgraded")}) > 0.25 THEN '{LOOK}'
    ELSE '{NOTHING}' END AS sign
FROM boroughs WHERE downgraded > 0 ORDER BY at_the_last DESC, downgraded DESC, borough
"""
    return rows("Downgrades by borough", about, sql, "no downgrades in this time", _SIGNS)


def _latest_downgrades() -> table.Panel:
    about = "The downgrades with the least time left, each with its way to its story: who changed the grade, and why."
    sql = f"""
SELECT clock, {_BOROUGH} AS borough, first_grade AS "first grade", grade AS "last grade",
  happened_at AS "taken out", extract(epoch FROM due_at - happened_at) AS "time left"
FROM verdicts WHERE {_DOWNGRADED}
ORDER BY (due_at - happened_at) LIMIT 50
"""
    columns = {**CLOCK, "borough": WIDE, "taken out": WIDE, "time left": LEFT}
    return rows("Downgrades with the least time left", about, sql, "no downgrades in this time", columns)


def _lateness() -> barchart.Panel:
    about = (
        "How long after they happened stops were keyed. What is keyed in bulk after a shift is at the right."
    )
    sql = f"""
WITH keyed AS (
  SELECT width_bucket(keyed_late_ms / 60000.0, ARRAY[1, 5, 15, 60]::numeric[]) AS part
  FROM verdicts WHERE {_OF_STANDARD} AND keyed_late_ms IS NOT NULL
)
SELECT (ARRAY['under 1 min', '1–5 min', '5–15 min', '15–60 min', 'over 1 h'])[part + 1] AS "keyed after",
  count(keyed.part) AS stops
FROM generate_series(0, 4) AS part LEFT JOIN keyed USING (part)
WHERE EXISTS (SELECT FROM keyed)
GROUP BY part ORDER BY part
"""
    panel = columns("How late stops were keyed", about, "keyed after", "nothing was keyed in this time")
    return asking(panel, REGISTER, Sql(sql)).override_by_name("stops", coloured(OTHERS[0]))


def _keyed() -> table.Panel:
    about = (
        "By borough: how late stops were keyed (percentiles of real ones, N4), and how many arrivals in time were "
        "keyed only after the deadline had passed (made good): on them the word of one person stands."
    )
    late = "keyed_late_ms / 1000.0"
    sql = f"""
SELECT {_BOROUGH} AS borough, count(*) AS stops, {percentile(0.5, late)} AS median, {percentile(0.9, late)} AS "90th",
  max({late}) AS longest, count(*) FILTER (WHERE keyed_late_ms > 300000) AS "over 5 min",
  count(*) FILTER (WHERE verdict = 'met') AS "in time",
  count(*) FILTER (WHERE verdict = 'met' AND stop_at + keyed_late_ms * interval '1 ms' > due_at) AS "made good"
FROM verdicts
WHERE {_OF_STANDARD} AND keyed_late_ms IS NOT NULL
GROUP BY 1 ORDER BY "made good" DESC, stops DESC, borough
"""
    times = {"borough": WIDE} | {name: in_time() for name in ("median", "90th", "longest")}
    return rows("Keyed late, by borough", about, sql, "nothing was keyed in this time", times)


def _grades() -> table.Panel:
    about = (
        "All attendance, by the grade it was first given and by the grade it ended with. The two shares of a grade "
        "tell what regrading did to the figure; what was taken out is in no share of its standard."
    )
    sql = f"""
WITH attended AS (SELECT * FROM verdicts WHERE {_DUE} AND standard LIKE 'attend-%'),
first AS (
  SELECT first_grade AS grade, {COUNTS}, count(*) FILTER (WHERE reason = 'regraded') AS taken
  FROM attended GROUP BY 1
), last AS (
  SELECT grade, {COUNTS} FROM attended GROUP BY 1
)
SELECT grade, coalesce(first.judged, 0) AS "first: counted", coalesce(first.kept, 0) AS "first: in time",
  {share("coalesce(first.kept, 0)", "coalesce(first.judged, 0)")} AS "first: share",
  {interval("coalesce(first.kept, 0)", "coalesce(first.judged, 0)")} AS "first: 95 % interval",
  coalesce(first.taken, 0) AS "taken out",
  coalesce(last.judged, 0) AS "last: counted", coalesce(last.kept, 0) AS "last: in time",
  {share("coalesce(last.kept, 0)", "coalesce(last.judged, 0)")} AS "last: share",
  {interval("coalesce(last.kept, 0)", "coalesce(last.judged, 0)")} AS "last: 95 % interval"
FROM first FULL JOIN last USING (grade)
ORDER BY grade
"""
    title = "The same incidents by their first grade and by their last"
    return rows(title, about, sql, "nothing has fallen due", {})
