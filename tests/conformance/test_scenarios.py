"""Every scenario file holds, in every manner of running it."""

import re
from pathlib import Path

import pytest

from pledgewatch.conform.reading import read_cases, scenario_files
from pledgewatch.conform.running import run
from pledgewatch.conform.scenario import Case
from pledgewatch.conform.timeline import story

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
FILES = scenario_files([CONFORMANCE])
CASES = [case for file in FILES for case in read_cases(file)]


def _name(case: Case) -> str:
    return f"{case.path.stem}:{case.line}:{case.name}"


@pytest.mark.parametrize("case", CASES, ids=map(_name, CASES))
def test_a_case_holds(case: Case):
    result = run(case)

    assert not result.failed, "\n" + story(result)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_named_after_its_rule_and_lies_with_its_kind(file: Path):
    rule = read_cases(file)[0].rule

    assert file.stem.startswith(f"{rule.lower()}-")
    assert file.parent.name in {"calls", "incidents", "messages", "contact", "time", "stream", "packs"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_two_cases_of_a_file_have_one_name(file: Path):
    names = re.findall(r"^  - case: (.*)$", file.read_text(), re.MULTILINE)

    assert len(names) == len(set(names)) == len(read_cases(file))


@pytest.mark.parametrize("pack", ["met-pledge-2009", "national-2026"])
def test_both_packs_are_played(pack: str):
    assert any(case.pack.id == pack for case in CASES)


def test_every_case_wants_something():
    wanting = [case for case in CASES if (case.said, case.stages, case.verdicts) != (None, None, None)]

    assert wanting == CASES
