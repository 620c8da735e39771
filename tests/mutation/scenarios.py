"""Every scenario in every manner, a file at a time, read when its turn comes: for `make mutate`.

Not named test_…: the suite plays the scenarios itself (tests/conformance), each case a test of its own.
"""

from pathlib import Path

import pytest

from pledgewatch.conform.reading import read_cases, scenario_files
from pledgewatch.conform.running import run


@pytest.mark.parametrize(
    "path",
    scenario_files([Path(__file__).parents[2] / "conformance"]),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_every_case_of_a_file_holds(path: Path) -> None:
    assert not any(run(case).failed for case in read_cases(path))
