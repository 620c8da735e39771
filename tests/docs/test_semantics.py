"""The rules, the scenario files, and the page that is made of both."""

import shutil

import pytest

from pledgewatch.conform.document import ScenarioDocument
from pledgewatch.conform.reading import scenario_files
from pledgewatch.conform.rules import read_chapters
from pledgewatch.docs import semantics_page
from pledgewatch.docs.semantics_page import CONFORMANCE
from schemas.documents import DocumentError, read_document

RULES = [rule for chapter in read_chapters(CONFORMANCE) for rule in chapter.rules]
NAMES = [rule.rule for rule in RULES]
FILES = scenario_files([CONFORMANCE])
SCENARIOS = {file: read_document(file, ScenarioDocument) for file in FILES}
RULES_SHOWN = {scenario.rule for scenario in SCENARIOS.values()}
PAGE = semantics_page.page()


def test_the_rules_are_numbered_without_a_gap():
    numbers = {"T": 8, "S": 8, "C": 3, "I": 12, "M": 8, "N": 6, "P": 5}

    assert [f"{letter}{n + 1}" for letter, count in numbers.items() for n in range(count)] == NAMES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_scenario_file_names_a_rule_that_is_written(file):
    assert SCENARIOS[file].rule in NAMES


def test_no_rule_with_scenarios_is_called_not_built():
    unbuilt = {rule.rule for rule in RULES if rule.text.startswith("*Not built yet.*")}

    assert not unbuilt & RULES_SHOWN


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_the_page_has_every_rule_with_its_text(rule):
    assert f"\n**{rule.rule}.** {rule.text}" in PAGE


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_page_has_every_scenario_under_its_rule(file):
    under = PAGE.partition(f"\n**{SCENARIOS[file].rule}.** ")[2].partition("\n</details>\n")[0]

    assert f"(../conformance/{file.relative_to(CONFORMANCE).as_posix()})" in under
    assert not [case.case for case in SCENARIOS[file].cases if f"\n  - {case.case}: " not in under]


@pytest.fixture
def copy(tmp_path):
    """Rules and calls of our own, to be changed."""
    for folder in ("rules", "calls"):
        shutil.copytree(CONFORMANCE / folder, tmp_path / folder)
    return tmp_path


def changed(file, old, new):
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_changed_rule_changes_the_page(copy):
    changed(copy / "rules/4-calls.yaml", "stops at `call.answered`", "stops at hello")

    assert "**C1.** Starts at `call.presented`, stops at hello" in semantics_page.page(copy)


def test_a_changed_scenario_changes_the_page(copy):
    changed(copy / "calls/c2-abandoned-calls.yaml", "case: abandoned at the due", "case: hung up at the due")

    assert (
        "\n  - hung up at the due: *excluded* (abandoned-in-time) · abandoned around the due: at\n"
        in semantics_page.page(copy)
    )


def test_a_rule_with_an_unknown_key_is_refused_with_file_and_line(copy):
    changed(copy / "rules/4-calls.yaml", "  - rule: C2\n", "  - rule: C2\n    txet: none\n")

    with pytest.raises(DocumentError, match=r"4-calls.yaml:\d+: rules\.\d\.txet"):
        semantics_page.page(copy)
