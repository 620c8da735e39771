"""The plain engine holds to every scenario, too: verdicts, what is said, and stages."""

from pathlib import Path

import pytest

from pledgewatch.conform.comparing import compare_said, compare_verdicts
from pledgewatch.conform.reading import read_cases, scenario_files
from pledgewatch.conform.running import Result, Run
from pledgewatch.conform.timeline import story
from schemas.documents import read_yaml
from tests.plain_engine.comparing import feeds_of, plainly

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
CASES = [case for file in scenario_files([CONFORMANCE]) for case in read_cases(file)]


@pytest.mark.parametrize("case", CASES, ids=[f"{case.path.stem}:{case.name}" for case in CASES])
def test_a_case_holds_on_the_plain_engine(case):
    came = plainly(case, read_yaml(case.path).value["pack"], feeds_of(case.path))
    run = Run(
        "the plain engine",
        compare_said(case.said, came.said),
        compare_said(case.stages, came.stages),
        compare_verdicts(case.verdicts, came.verdicts),
    )

    assert run.holds, "\n" + story(Result(case, (run,)))
