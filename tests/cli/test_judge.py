"""`pledgewatch judge`: events in, verdicts or announcements out."""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pledgewatch.cli import run
from schemas.announcements import Announcement
from tests.cli.events import event, written

INCIDENT = [
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney"),
    event("+2m", "unit.dispatched", "CAD-1", unit="GD21"),
    event("+8m", "unit.diverted", "CAD-1", unit="GD21", to="CAD-2"),
    event("+11m58s", "unit.arrived", "CAD-1", seen="+15m", unit="GD22"),
]
CALL = [
    event("+1m", "call.presented", "CALL-1", line="999", source="acd"),
    event("+1m15s", "call.answered", "CALL-1", source="acd"),
]
OPEN = [event("+2m", "incident.created", "CAD-9", grade="S", borough="Camden")]


@pytest.fixture
def day(tmp_path: Path) -> str:
    return str(written(tmp_path / "day.jsonl", *INCIDENT, *CALL, *OPEN))


class Judge:
    """Runs the command and reads its lines."""

    def __init__(self, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        self._captured = capfdbinary
        self.code = -1
        self.complaints = ""

    def __call__(self, *arguments: str) -> list[dict[str, Any]]:
        self.code = run(["judge", *arguments])
        out, err = self._captured.readouterr()
        self.complaints = err.decode()
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def judge(capfdbinary: pytest.CaptureFixture[bytes]) -> Judge:
    return Judge(capfdbinary)


def _verdicts(lines: list[dict[str, Any]]) -> dict[str, str]:
    return {line["clock"]: line["verdict"] for line in lines}


def test_every_clock_is_a_line_with_its_times_its_evidence_and_its_subjects_attributes(
    judge: Judge, day: str
) -> None:
    found = next(line for line in judge(day) if line["clock"] == "CAD-1/attend-immediate")
    assert found == {
        "clock": "CAD-1/attend-immediate",
        "subject": "CAD-1",
        "standard": "attend-immediate",
        "verdict": "met",
        "reason": None,
        "start": "2009-10-24T19:00:00.000Z",
        "due": "2009-10-24T19:12:00.000Z",
        "stop": "2009-10-24T19:11:58.000Z",
        "elapsed_ms": 718_000,
        "cohort": "live",
        "evidence": ["CAD-1-incident.created-+0s", "CAD-1-unit.arrived-+11m58s"],
        "borough": "Hackney",
        "grade": "I",
        "first_grade": "I",
    } | {key: value for key, value in found.items() if key == "units"}


def test_without_a_time_every_deadline_is_played_out(judge: Judge, day: str) -> None:
    assert _verdicts(judge(day))["CAD-9/attend-priority"] == "breached"


@pytest.mark.parametrize("at", ["2009-10-24T20:20:00+01:00", "last"])
def test_at_a_time_what_is_not_due_yet_runs(judge: Judge, day: str, at: str) -> None:
    assert _verdicts(judge(day, "--at", at))["CAD-9/attend-priority"] == "running"


def test_what_was_recorded_after_the_time_asked_for_is_not_known_then(judge: Judge, day: str) -> None:
    before, after = "2009-10-24T20:14:59.999+01:00", "2009-10-24T20:15:00+01:00"
    assert _verdicts(judge(day, "--at", before))["CAD-1/attend-immediate"] == "breached"
    assert _verdicts(judge(day, "--at", after))["CAD-1/attend-immediate"] == "met"


def test_the_order_of_the_lines_changes_no_verdict(judge: Judge, day: str, tmp_path: Path) -> None:
    lines = Path(day).read_bytes().splitlines(keepends=True) * 2
    Random(3).shuffle(lines)
    shuffled = str(written(tmp_path / "shuffled.jsonl", *lines))
    assert sorted(judge(day), key=str) == sorted(judge(shuffled), key=str)


def test_another_pack_is_another_judgement(judge: Judge, day: str) -> None:
    found = next(line for line in judge(day, "--standards", "national-2026") if line["subject"] == "CAD-1")
    assert found["due"] == "2009-10-24T19:15:00.000Z"


def test_what_would_have_been_said_comes_in_order_and_names_what_it_corrects(judge: Judge, day: str) -> None:
    said = [line for line in judge(day, "--said", "--settle", "0s") if line["kind"] == "verdict"]
    told = [(line["clock"], line["verdict"], line.get("corrects"), line["about"][11:19]) for line in said]
    assert told == [
        ("CALL-1/call-999", "breached", None, "19:01:10"),
        ("CAD-1/attend-immediate", "breached", None, "19:12:00"),
        ("CAD-1/attend-immediate", "met", "breached", "19:15:00"),
        ("CAD-9/attend-priority", "breached", None, "20:02:00"),
    ]


def test_what_is_settled_before_it_is_said_is_not_said(judge: Judge, day: str) -> None:
    """The call answered one second late is known to be answered by the time its breach would be said."""
    said = judge(day, "--said", "--settle", "5m")
    assert "CAD-1/attend-immediate" not in {line["clock"] for line in said if line["verdict"] == "breached"}


def test_unsorted_events_are_said_in_the_same_order(judge: Judge, day: str, tmp_path: Path) -> None:
    lines = Path(day).read_bytes().splitlines(keepends=True)
    Random(5).shuffle(lines)
    shuffled = str(written(tmp_path / "shuffled.jsonl", *lines))
    assert judge(day, "--said") == judge(shuffled, "--said")


def test_the_news_is_what_breach_alerts_carries(judge: Judge, day: str) -> None:
    news = [Announcement.model_validate(line) for line in judge(day, "--said", "--news")]
    types = [(found.type, found.subject) for found in news]
    assert ("clock.breached", "CALL-1/call-999") in types
    assert ("clock.met", "CAD-1/attend-immediate") in types
    breach = next(found for found in news if found.type == "clock.breached")
    taken_back = next(found for found in news if found.type == "clock.met")
    assert taken_back.data.corrects in {found.id for found in news}
    assert (breach.data.delay_ms, breach.recordedtime) == (0, "2009-10-24T19:01:11.001Z")


def test_said_up_to_a_time_stops_there(judge: Judge, day: str) -> None:
    said = judge(day, "--said", "--settle", "0s", "--at", "2009-10-24T20:12:00+01:00")
    assert all(line["verdict"] != "breached" or line["clock"] == "CALL-1/call-999" for line in said)
    later = judge(day, "--said", "--settle", "0s", "--at", "2009-10-24T20:12:00.001+01:00")
    assert later[-1]["clock"] == "CAD-1/attend-immediate"


def test_a_packed_file_is_read_from_standard_input(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pledgewatch", "judge", "-"]
    done = subprocess.run(command, input=gzip.compress(b"".join(CALL)), capture_output=True, timeout=60)
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (0, "breached")


def test_bad_lines_are_told_and_the_rest_is_judged(judge: Judge, tmp_path: Path) -> None:
    found = judge(str(written(tmp_path / "e.jsonl", b"{nonsense\n", *CALL)))
    assert (len(found), judge.code) == (1, 0)
    assert "e.jsonl:1: not-json" in judge.complaints
    assert "1 of 3 lines not read" in judge.complaints


def test_data_fields_nobody_knows_are_left_out_and_told(judge: Judge, tmp_path: Path) -> None:
    odd = [
        line.replace(b'"data":{', b'"data":{"hat":"bowler",').replace(
            b'"data": {', b'"data": {"hat":"bowler",'
        )
        for line in CALL
    ]
    judge(str(written(tmp_path / "e.jsonl", *odd)))
    assert "data fields that nobody knows were left out" in judge.complaints


def test_nothing_readable_is_an_error(judge: Judge, tmp_path: Path) -> None:
    assert judge(str(written(tmp_path / "e.jsonl", b"{nonsense\n"))) == []
    assert judge.code == 1


def test_an_empty_file_is_no_error(judge: Judge, tmp_path: Path) -> None:
    assert (judge(str(written(tmp_path / "e.jsonl"))), judge.code) == ([], 0)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["none.jsonl"], "none.jsonl: No such file or directory"),
        (["."], "Is a directory"),
        (["{day}", "--at", "yesterday"], "'yesterday' is not an RFC 3339 time with an offset"),
        (["{day}", "--at", "2009-10-24T20:00:00"], "with an offset"),
        (["{day}", "--standards", "met-2010"], "no standards pack 'met-2010'"),
        (["{day}", "--settle", "soon"], "--settle: 'soon' must be a duration"),
        (["{day}", "--news"], "--news goes with --said"),
        ([], "Missing argument"),
    ],
)
def test_wrong_use_is_told_without_a_traceback(
    judge: Judge, day: str, arguments: list[str], words: str
) -> None:
    assert judge(*[argument.format(day=day) for argument in arguments]) == []
    assert judge.code == 2
    assert words in judge.complaints


@pytest.mark.parametrize("arguments", [[], ["--said"], ["--against", "met-2012"]])
def test_events_too_late_for_a_forgotten_subject_are_left_out_and_told(
    judge: Judge, tmp_path: Path, arguments: list[str]
) -> None:
    late = event("+11m58s", "unit.arrived", "CAD-1", seen="+8d1h12m1ms", unit="GD22")
    judge(str(written(tmp_path / "e.jsonl", INCIDENT[0], late)), *arguments)
    assert "1 events too late for a subject forgotten by then (S8) were left out" in judge.complaints
