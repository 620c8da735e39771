"""Every rule that is built is shown on every side of its boundaries, or proven by tests that exist."""

import ast
from functools import cache
from pathlib import Path

import pytest

from pledgewatch.conform.document import CaseDocument, ScenarioDocument
from pledgewatch.conform.reading import scenario_files
from pledgewatch.conform.rules import Rule, read_chapters
from schemas.documents import read_document

ROOT = Path(__file__).resolve().parents[2]
CONFORMANCE = ROOT / "conformance"
RULES = [rule for chapter in read_chapters(CONFORMANCE) for rule in chapter.rules]
SCENARIOS = [read_document(file, ScenarioDocument) for file in scenario_files([CONFORMANCE])]
BUILT = [rule for rule in RULES if not rule.text.startswith("*Not built yet.*")]
OF_THE_STREAM = {
    "T5",
    "T8",
    "S5",
    "S7",
    "S8",
    "C3",
    *(f"N{n}" for n in range(2, 7)),
    *(f"P{n}" for n in range(2, 6)),
}
"""What scenarios cannot show: the stream and its border, restarts, counting, telling people."""

Side = tuple[str, str]


def cases_of(rule: Rule, scenarios: list[ScenarioDocument] = SCENARIOS) -> list[CaseDocument]:
    return [case for scenario in scenarios if scenario.rule == rule.rule for case in scenario.cases]


def shown(cases: list[CaseDocument]) -> set[Side]:
    return {(name, side) for case in cases for name, sides in case.shows.items() for side in sides}


def wanted(rule: Rule) -> set[Side]:
    return {(name, side) for name, sides in rule.boundaries.items() for side in sides}


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {each.name for each in tree.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}


def of(rules):
    return pytest.mark.parametrize("rule", rules, ids=[rule.rule for rule in rules])


@of([rule for rule in BUILT if rule.rule not in OF_THE_STREAM])
def test_a_rule_that_scenarios_can_show_names_its_boundaries(rule):
    assert rule.boundaries, f"{rule.rule} is built: name its boundaries in conformance/rules/"


@of([rule for rule in BUILT if rule.rule in OF_THE_STREAM])
def test_a_rule_that_scenarios_cannot_show_names_its_tests(rule):
    assert rule.boundaries or rule.tests, f"{rule.rule} is built: name its tests in conformance/rules/"


@of(RULES)
def test_every_side_of_every_boundary_is_shown_by_a_case(rule):
    assert not wanted(rule) - shown(cases_of(rule)), f"no case of a scenario file of {rule.rule} shows this"


@of(RULES)
def test_no_case_shows_what_its_rule_does_not_name(rule):
    assert not shown(cases_of(rule)) - wanted(rule), f"{rule.rule} has no such boundary or side"


@of([rule for rule in RULES if rule.tests])
def test_the_tests_a_rule_names_exist(rule):
    for test in rule.tests:
        path, _, name = test.partition("::")
        assert name in functions(ROOT / path), test


def test_a_side_that_no_case_shows_would_be_found():
    rule = Rule(rule="X1", text="Now.", boundaries={"now": ("before", "at", "after")})
    case = {"case": "a", "events": [], "shows": {"now": ["before", "at"], "then": "at"}}
    scenario = ScenarioDocument.model_validate(
        {"about": "a", "rule": "X1", "pack": "p", "start": "2009-10-24T10:00:00Z", "cases": [case]}
    )
    cases = cases_of(rule, [scenario])

    assert wanted(rule) - shown(cases) == {("now", "after")}
    assert shown(cases) - wanted(rule) == {("then", "at")}
