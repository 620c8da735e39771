"""The questions of all panels: what Grafana fills in, and PromQL that is right and asks for what there is."""

import re
from pathlib import Path

import promql_parser
import pytest
import yaml

from grafana.queries import Shown, dashboards, panels, queries
from schemas.times import HOUR, parse_time

ROOT = Path(__file__).parents[2]
UNTIL = parse_time("2026-11-22T12:00:00Z")
SHOWN = Shown(UNTIL - HOUR, UNTIL, {"borough": "King's Cross", "week": "2026-W47", "standard": "call-999"})
ALL = list(queries(SHOWN))
PROMQL = [each for each in ALL if each.source == "prometheus"]
SQL = [each for each in ALL if each.source == "register"]


def _documented():
    """The labels of each metric that a part shows, by the page made of the collectors, and of Prometheus' own."""
    page = (ROOT / "docs/reference/metrics.md").read_text()
    found = {}
    for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", page, re.M):
        known = {*re.findall(r"`(\w+)`", labels), "job", "instance"}
        for ending in ("_bucket", "_sum", "_count") if kind == "histogram" else ("",):
            found[name + ending] = known | ({"le"} if ending == "_bucket" else set())
    return {**found, "up": {"job", "instance"}}


def _recorded():
    """The labels that are known of each recorded series: any that its expression names."""
    found = {}
    for path in (ROOT / "grafana/rules").glob("*.yaml"):
        for group in yaml.safe_load(path.read_text())["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    found.setdefault(rule["record"], set()).update(rule.get("labels", {}))
    return found


def selectors(expression):
    """Every selector of series in an expression."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
    for part in ("expr", "lhs", "rhs", "vector_selector", "param"):
        inner = getattr(expression, part, None)
        if inner is not None and not isinstance(inner, str):
            yield from selectors(inner)
    for argument in getattr(expression, "args", None) or []:
        yield from selectors(argument)


def test_every_question_of_every_panel_is_among_them():
    asked = sum(len(panel["targets"]) for each in dashboards().values() for panel in panels(each))
    assert len([each for each in ALL if each.letter]) == asked
    assert {each.dashboard for each in ALL} == set(dashboards())


@pytest.mark.parametrize("query", ALL, ids=lambda each: f"{each.dashboard} {each.panel} {each.letter}")
def test_nothing_is_left_to_be_filled_in(query):
    assert "$" not in query.text


def test_times_and_values_are_filled_in_as_grafana_does():
    wards = next(each for each in SQL if each.panel == "Promises by ward")
    assert "borough = 'King''s Cross'" in wards.text
    assert "due_at BETWEEN '2026-11-22T11:00:00+00:00' AND '2026-11-22T12:00:00+00:00'" in wards.text
    tile = next(
        each for each in PROMQL if each.dashboard == "pledgewatch-borough" and each.panel == "At risk"
    )
    assert """borough="King's Cross\"""" in tile.text


def test_the_boroughs_to_choose_from_are_asked_for_as_promql():
    (asked,) = [each.text for each in PROMQL if each.panel == "variable borough"]
    assert asked == 'count by (borough) (borough:pledge_clocks:sum{borough!="other"})'


@pytest.mark.parametrize("query", PROMQL, ids=lambda each: f"{each.dashboard} {each.panel} {each.letter}")
def test_promql_parses_and_asks_for_metrics_and_labels_that_there_are(query):
    shown, recorded = _documented(), _recorded()
    for selector in selectors(promql_parser.parse(query.text)):
        assert selector.name in shown or selector.name in recorded
        for matcher in selector.matchers.matchers:
            if selector.name in shown:
                assert matcher.name in shown[selector.name], selector.name


def test_promql_of_a_name_that_is_gone_would_be_noticed():
    (selector,) = selectors(promql_parser.parse('sum(rate(pledge_gone_total{topic="x"}[5m]))'))
    assert selector.name not in _documented() and selector.name not in _recorded()


def test_counters_of_several_workers_are_increased_before_they_are_summed():
    for query in PROMQL:
        assert not re.search(r"(rate|increase)\((sum|max|min)", query.text)


def test_raw_counts_are_never_summed_over_workers_but_by_the_rules():
    """A partition on the move is shown by two workers: grafana/rules takes the greatest first."""
    for query in PROMQL:
        assert not re.search(
            r"sum[^(]*\(pledge_(clocks|calls|week_clocks|open_clocks|unresourced)\b", query.text
        )
