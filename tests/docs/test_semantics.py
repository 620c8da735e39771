"""The page of the rules and the scenario files name the same rules."""

import re

import pytest

from tests.docs.pages import ROOT, text_of

RULES = re.findall(r"^\*\*([A-Z]\d+)\.\*\* (.*)$", text_of("semantics.md"), re.MULTILINE)
NAMES = [name for name, _ in RULES]
FILES = sorted(
    path for path in (ROOT / "conformance").rglob("*.yaml") if "failing" not in path.relative_to(ROOT).parts
)
RULE_OF = {
    path: re.search(r"^rule: (\w+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1] for path in FILES
}
ENGINE_RULES = [*(f"T{n}" for n in (1, 2, 3, 4, 6, 7)), *(f"S{n}" for n in range(1, 6)), "C1", "C2"]
ENGINE_RULES += [*(f"I{n}" for n in range(1, 13)), "M1", "M2", "M3", "M8", "N1", "P1"]


def test_the_rules_are_numbered_without_a_gap():
    numbers = {"T": 8, "S": 8, "C": 3, "I": 12, "M": 8, "N": 6, "P": 5}

    assert [f"{letter}{n + 1}" for letter, count in numbers.items() for n in range(count)] == NAMES


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_file_names_a_rule_that_is_written(path):
    assert RULE_OF[path] in NAMES


def test_every_rule_of_the_engine_has_scenario_files():
    assert not set(ENGINE_RULES) - set(RULE_OF.values())


def test_no_rule_with_scenarios_is_called_not_built():
    unbuilt = {name for name, words in RULES if words.startswith("*Not built yet.*")}

    assert not unbuilt & set(RULE_OF.values())
