"""`pledgewatch conform`: what it is given, what it prints, how it ends."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pledgewatch.conform.command import DIFFER, HOLD, UNREADABLE, command

CONFORMANCE = Path(__file__).resolve().parents[2] / "conformance"
GOOD = CONFORMANCE / "calls" / "c1-999-within-ten-seconds.yaml"
WRONG = CONFORMANCE / "failing" / "differs" / "wrong-due.yaml"
BAD = CONFORMANCE / "failing" / "unreadable" / "unknown-pack.yaml"


def conform(*arguments: object) -> Result:
    return CliRunner().invoke(command, [str(each) for each in arguments])


def test_a_file_that_holds_ends_with_0():
    result = conform(GOOD)

    assert result.exit_code == HOLD
    assert result.stdout == "7 of 7 cases in 1 file hold, each also doubled, restored and reordered\n"


def test_a_folder_is_read_with_what_is_below_it_but_not_with_what_must_fail():
    result = conform(CONFORMANCE)

    assert result.exit_code == HOLD
    assert "FAILS" not in result.output


def test_what_must_fail_is_run_when_it_is_asked_for():
    result = conform(CONFORMANCE / "failing")

    assert result.exit_code == UNREADABLE
    assert "FAILS" in result.stdout


def test_without_a_path_the_scenarios_that_come_with_it_are_run():
    assert conform().stdout == conform(CONFORMANCE).stdout


def test_every_case_is_named_on_request():
    result = conform(GOOD, "--verbose")

    assert result.stdout.count("holds ") == 7
    assert f"holds {GOOD}:6: C1: answered one millisecond before its ten seconds are up" in result.stdout


def test_the_other_files_are_run_all_the_same():
    result = conform(BAD, WRONG, GOOD)

    # It could not all be read, which outranks that some of it does not hold.
    assert result.exit_code == UNREADABLE
    assert "7 of 8 cases in 2 files hold" in result.stdout
    assert "1 file could not be read" in result.stdout


def test_a_failing_case_is_enough_to_end_with_1():
    assert conform(GOOD, WRONG).exit_code == DIFFER


@pytest.mark.parametrize("path", ["no-such-file.yaml", "no-such-folder"])
def test_a_path_that_is_not_there_is_named(path: str, tmp_path: Path):
    result = conform(tmp_path / path)

    assert result.exit_code == UNREADABLE
    assert str(tmp_path / path) in result.stderr


def test_an_empty_folder_is_no_success(tmp_path: Path):
    result = conform(tmp_path)

    assert result.exit_code == UNREADABLE
    assert "no scenario file" in result.stderr


def test_an_empty_file_is_named(tmp_path: Path):
    file = tmp_path / "empty.yaml"
    file.write_text("")

    result = conform(file)

    assert result.exit_code == UNREADABLE
    assert f"{file}:1: the document is empty" in result.stderr
