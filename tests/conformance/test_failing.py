"""What must fail fails, with its message and its exit code."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pledgewatch.conform.command import DIFFER, UNREADABLE, command

FAILING = Path(__file__).resolve().parents[2] / "conformance" / "failing"
DIFFERS = sorted((FAILING / "differs").glob("*.yaml"))
UNREADABLES = sorted((FAILING / "unreadable").glob("*.yaml"))


def _expected(file: Path) -> str:
    """The message the file names; by pattern, for some of these files are no YAML."""
    found = re.search(r'^expect: "(.+)"$', file.read_text(), re.MULTILINE)
    assert found, f"{file} names no message"
    return found[1]


@pytest.mark.parametrize("file", DIFFERS, ids=lambda file: file.stem)
def test_a_case_that_does_not_hold_says_why(file: Path):
    result = CliRunner().invoke(command, [str(file)])

    assert result.exit_code == DIFFER, result.output
    assert _expected(file) in result.output
    # One timeline a failing case, which begins with where it stands.
    assert result.stdout.count("FAILS ") == 1
    assert f"FAILS {file}:" in result.stdout


@pytest.mark.parametrize("file", UNREADABLES, ids=lambda file: file.stem)
def test_a_file_that_cannot_be_read_says_where(file: Path):
    result = CliRunner().invoke(command, [str(file)])

    assert result.exit_code == UNREADABLE, result.output
    assert _expected(file) in result.stderr
    assert f"pledgewatch: {file}:" in result.stderr
    assert "Traceback" not in result.output


def test_there_are_files_of_both_kinds():
    assert len(DIFFERS) >= 15
    assert len(UNREADABLES) >= 15
