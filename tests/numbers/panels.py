"""Every panel of every dashboard asks its question of the run, for each value that its variables may take."""

import re
from itertools import cycle, islice

from grafana.queries import Query, Shown, dashboards, queries
from schemas.times import DAY, HOUR

BOROUGH = "Camden"
WINDOWS = ("1h", "24h", "7d")
_UNITS = {"h": HOUR, "d": DAY}


def choices(run):
    """Values of all variables at once; together they show every standard, week and window there is."""
    standards = [standard for (standard,) in run.told("SELECT DISTINCT standard FROM verdicts ORDER BY 1")]
    weeks = [week for (week,) in run.told("SELECT DISTINCT week FROM verdicts WHERE counted ORDER BY 1 DESC")]
    some = max(len(standards), len(weeks))
    for standard, week, window in islice(zip(cycle(standards), cycle(weeks), cycle(WINDOWS)), some):
        yield {"borough": BOROUGH, "standard": standard, "week": week, "window": window}


def unanswered(run):
    """The questions that no choice of variables has an answer to, as (dashboard, panel, letter)."""
    left: set[tuple[str, ...]] | None = None
    for chosen in choices(run):
        questions = [each for each in asked(run, chosen) if left is None or named(each) in left]
        left = {named(each) for each in questions if not answer(run, each)}
    return left


def asked(run, chosen):
    """What each dashboard asks, over the time that it shows unless told otherwise."""
    for uid, dashboard in dashboards().items():
        until = run.now()
        found = re.fullmatch(r"now-(\d+)([hd])", dashboard["time"]["from"])
        shown = Shown(until - int(found[1]) * _UNITS[found[2]], until, chosen)
        yield from (each for each in queries(shown) if each.dashboard == uid)


def named(question: Query):
    """Which question it is."""
    return question.dashboard, question.panel, question.letter


def answer(run, question: Query):
    """Its series or rows; AssertionError or an error of PostgreSQL where it is wrong."""
    if question.source == "register":
        return run.told(question.text)
    if question.instant:
        return run.prometheus.query(question.text)
    return run.prometheus.query_range(question.text, run.now() / 1000 - 60, run.now() / 1000, 1)
