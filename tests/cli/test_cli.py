"""The command line as a whole: help, errors and exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

import pledgewatch.cli as cli
from schemas.errors import PledgeWatchError
from tests.cli.events import event, written


def _pledgewatch(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pledgewatch", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=cwd)


def test_help_lists_every_command_and_imports_none() -> None:
    script = "import sys; sys.argv = ['pledgewatch', '--help']\nfrom pledgewatch.cli import run\nrun()\n"
    script += (
        "print([name for name in sys.modules if name.startswith(('pledgewatch.commands', 'faust', 'yaml'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
    assert all(f"  {name} " in done.stdout for name in cli.COMMANDS)


def test_an_unknown_command_is_wrong_usage() -> None:
    done = _pledgewatch("juge")
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command 'juge'" in done.stderr


def test_what_is_not_built_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(cli.COMMANDS, "someday", cli.Entry("pledgewatch.commands.someday", "Not yet."))
    assert cli.run(["someday"]) == 2
    assert capsys.readouterr().err == "pledgewatch: someday is not built yet\n"


@pytest.mark.parametrize(
    ("raised", "code", "words"),
    [
        (PledgeWatchError("mend it"), 2, "pledgewatch: mend it\n"),
        (FileNotFoundError(2, "No such file or directory", "x.jsonl"), 2, "x.jsonl: No such file"),
        (KeyboardInterrupt(), 130, ""),
        (RuntimeError("oh"), 70, "a fault of ours: RuntimeError: oh"),
    ],
)
def test_what_a_command_raises_becomes_a_message_and_a_code(
    raised: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr(cli.pledgewatch, "main", fail)
    assert cli.run([]) == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said


def test_a_reader_that_stops_reading_is_no_error(tmp_path: Path) -> None:
    call = event("+0s", "call.presented", "CALL-{}", line="999", id="x{}")
    lines = [call.replace(b"{}", str(number).encode()) for number in range(5_000)]
    events = written(tmp_path / "e.jsonl", *lines)
    command = f"{sys.executable} -m pledgewatch judge {events} | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.splitlines()[1] == "141"


def test_standards_list_show_and_validate_answer() -> None:
    listed, shown = _pledgewatch("standards", "list"), _pledgewatch("standards", "show", "national-2026")
    assert "met-pledge-2009" in listed.stdout
    assert "within 15m (urban 15m, rural 20m)" in shown.stdout
    assert _pledgewatch("standards", "validate", "national-2026").returncode == 0


def test_validating_a_bad_pack_names_every_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("apiVersion: pledgewatch/v1\nkind: Pack\n")
    done = _pledgewatch("standards", "validate", "bad.yaml", "met-pledge-2009", cwd=tmp_path)
    assert done.returncode == 1
    assert "bad.yaml:2: kind: " in done.stderr
    assert "met-pledge-2009: met-pledge-2009, version 1: 10 standards, sound" in done.stdout


def test_a_pack_that_does_not_exist_is_a_usage_error() -> None:
    assert _pledgewatch("standards", "show", "none-such").returncode == 2
