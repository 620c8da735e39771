"""`pledgewatch judge --against`: the clocks another pack judges otherwise, and a line that counts them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pledgewatch.cli import run
from tests.cli.events import event, written

Judge = Callable[..., tuple[int, list[dict[str, Any]], str]]

DAY = [
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney"),
    event("+14m", "unit.arrived", "CAD-1", unit="GD21"),
    event("+0s", "incident.created", "CAD-2", grade="S", borough="Camden"),
    event("+40m", "unit.arrived", "CAD-2", unit="GD22"),
    event("+0s", "message.received", "MSG-1", team="Hackney-Central"),
    event("+2h", "message.responded", "MSG-1", kind="reply"),
]


@pytest.fixture
def judge(capfd: pytest.CaptureFixture[str]) -> Judge:
    def ask(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
        code = run(["judge", *arguments])
        said = capfd.readouterr()
        return code, [json.loads(line) for line in said.out.splitlines()], said.err

    return ask


@pytest.fixture
def day(tmp_path: Path) -> str:
    return str(written(tmp_path / "day.jsonl", *DAY))


def test_a_clock_that_differs_is_a_line_with_both_verdicts_and_why(judge: Judge, day: str) -> None:
    code, (immediate, message, _), _ = judge(day, "--against", "met-2012")
    assert code == 0
    assert immediate == {
        "clock": "CAD-1/attend-immediate",
        "subject": "CAD-1",
        "standard": "attend-immediate",
        "differing": ["verdict", "due"],
        "a": {
            "pack": "met-pledge-2009",
            "version": 1,
            "verdict": "breached",
            "reason": None,
            "start": "2009-10-24T19:00:00.000Z",
            "due": "2009-10-24T19:12:00.000Z",
            "stop": "2009-10-24T19:14:00.000Z",
            "elapsed_ms": 840_000,
        },
        "b": {
            "pack": "met-2012",
            "version": 1,
            "verdict": "met",
            "reason": None,
            "start": "2009-10-24T19:00:00.000Z",
            "due": "2009-10-24T19:15:00.000Z",
            "stop": "2009-10-24T19:14:00.000Z",
            "elapsed_ms": 840_000,
        },
        "because": [
            "attend-immediate is within 12m in met-pledge-2009, within 15m in met-2012; it stopped after 14m"
        ],
        "cohort": "live",
        "evidence": ["CAD-1-incident.created-+0s", "CAD-1-unit.arrived-+14m"],
        "borough": "Hackney",
        "grade": "I",
        "first_grade": "I",
    } | {key: value for key, value in immediate.items() if key == "units"}
    assert message["b"] == {"pack": "met-2012", "version": 1} | dict.fromkeys(
        ("verdict", "reason", "start", "due", "stop", "elapsed_ms")
    )


def test_the_last_line_counts_all_clocks(judge: Judge, day: str) -> None:
    _, lines, _ = judge(day, "--against", "met-2012")
    assert lines[-1] == {
        "summary": {
            "a": "met-pledge-2009",
            "b": "met-2012",
            "clocks": 3,
            "same": 1,
            "differ": 2,
            "verdict_differs": 2,
            "changes": [
                {"standard": "attend-immediate", "a": "breached", "b": "met", "clocks": 1},
                {"standard": "snt-reply", "a": "met", "b": None, "clocks": 1},
            ],
        }
    }


def test_it_judges_as_things_stood_at_the_time_asked_for(judge: Judge, day: str) -> None:
    _, lines, _ = judge(day, "--against", "met-2012", "--at", "2009-10-24T19:12:00.001Z")
    assert {line["a"]["verdict"]: line["b"]["verdict"] for line in lines[:-1]} == {
        "breached": "running",
        "running": None,
    }
    _, last, _ = judge(day, "--against", "met-2012", "--at", "last")
    assert last[-1]["summary"]["clocks"] == 3


def test_packs_that_follow_one_another_can_be_held_against_one(judge: Judge, day: str) -> None:
    """By the second chain the later pack holds from the day before on, so nothing differs from it."""
    chain = "met-pledge-2009,met-2012@2009-10-24"
    _, lines, _ = judge(day, "--standards", chain, "--against", "met-2012")
    assert lines[-1]["summary"]["differ"] == 0
    assert lines[-1]["summary"]["a"] == "met-pledge-2009,met-2012"
    _, lines, _ = judge(day, "--standards", chain, "--against", "met-pledge-2009")
    assert lines[-1]["summary"]["differ"] == 2


def test_announcements_are_not_compared(judge: Judge, day: str) -> None:
    code, _, told = judge(day, "--against", "met-2012", "--said")
    assert code == 2
    assert "it does not go with --said" in told


def test_a_pack_that_is_not_there_is_a_clear_error(judge: Judge, day: str) -> None:
    code, lines, told = judge(day, "--against", "met-2112")
    assert (code, lines) == (2, [])
    assert "there is no standards pack 'met-2112'" in told


def test_lines_that_cannot_be_read_are_told_as_ever(judge: Judge, tmp_path: Path) -> None:
    code, lines, told = judge(str(written(tmp_path / "bad.jsonl", b"{}\n")), "--against", "met-2012")
    assert code == 1
    assert lines[-1]["summary"]["clocks"] == 0
    assert "1 of 1 lines not read" in told
