"""`pledgewatch explain`: a file of events in, the story of a clock out."""

import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pledgewatch.cli import OK, WRONG, run
from schemas.stories import Story
from tests.cli.events import event, written

INCIDENT = [
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney"),
    event("+2m", "unit.dispatched", "CAD-1", unit="GD21"),
    event("+5m", "incident.regraded", "CAD-1", grade="S", by="sergeant"),
    event("+11m58s", "unit.arrived", "CAD-1", seen="+15m", unit="GD21"),
]
CALL = [
    event("+1m", "call.presented", "CALL-1", line="999", caller="tok-4711", source="acd"),
    event("+1m15s", "call.answered", "CALL-1", source="acd"),
]


@pytest.fixture
def day(tmp_path: Path) -> str:
    return str(written(tmp_path / "day.jsonl", *INCIDENT, *CALL))


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["explain", *arguments]) == OK
    return capsys.readouterr().out


def test_all_clocks_of_a_subject_are_explained(capsys, day):
    text = explained(capsys, "CAD-1", day)

    assert "CAD-1/attend-immediate: excluded" in text
    assert "CAD-1/attend-priority: met: a unit arrived 48 min 2 s before the 60 minutes were up" in text


def test_one_clock_is_explained_alone(capsys, day):
    text = explained(capsys, "CAD-1/attend-priority", day)

    assert text.startswith("CAD-1/attend-priority: met")
    assert "CAD-1/attend-immediate" not in text


def test_as_json_each_clock_is_a_line_that_holds_the_whole_story(capsys, day):
    lines = explained(capsys, "CAD-1", day, "--format", "json").splitlines()
    stories = [Story.model_validate_json(line) for line in lines]

    assert [story.clock for story in stories] == ["CAD-1/attend-immediate", "CAD-1/attend-priority"]
    assert stories[1].promise.sentence == "A priority incident is attended within sixty minutes."
    assert [entry.event.type for entry in stories[1].timeline] == [
        json.loads(line)["type"] for line in INCIDENT
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_who_called_is_never_told(capsys, day, form):
    assert "tok-4711" not in explained(capsys, "CALL-1", day, "--format", form)


def test_as_things_stood_later_recordings_are_not_known(capsys, day):
    text = explained(capsys, "CAD-1/attend-priority", day, "--at", "2009-10-24T20:14:59+01:00")

    assert text.startswith("CAD-1/attend-priority: running: 45 min 1 s left of the 60 minutes")
    assert "As things were known at 20:14:59 on Saturday 24 October 2009, BST" in text
    assert "arrived" not in text.partition("WHAT WOULD CHANGE IT")[0]
    assert "arrived" in explained(capsys, "CAD-1/attend-priority", day, "--at", "last")


def test_another_pack_is_another_promise(capsys, day):
    text = explained(capsys, "CALL-1", day, "--standards", "national-2026")

    assert "A 999 call is answered in under ten seconds." in text


def test_settle_delays_what_is_announced(capsys, day):
    assert "20:01:10      breached" in explained(capsys, "CALL-1", day, "--settle", "0s")
    assert "20:01:13      breached" in explained(capsys, "CALL-1", day, "--settle", "3s")


def test_gzip_and_standard_input_are_read(capsys, day, tmp_path, monkeypatch):
    plain = explained(capsys, "CAD-1", day)
    packed = tmp_path / "day.jsonl.gz"
    packed.write_bytes(gzip.compress(Path(day).read_bytes()))
    monkeypatch.setattr(
        sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(Path(day).read_bytes())))
    )

    assert explained(capsys, "CAD-1", str(packed)) == plain
    assert explained(capsys, "CAD-1", "-") == plain


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["explain", *arguments]) == WRONG
    return capsys.readouterr().err


def test_a_subject_that_is_not_there_is_told_with_those_near_it(capsys, day):
    assert complaint(capsys, "CAD-11", day) == f"pledgewatch: {day} tells nothing of CAD-11; near it: CAD-1\n"
    assert complaint(capsys, "WARD-X", day) == f"pledgewatch: {day} tells nothing of WARD-X\n"


def test_a_clock_that_is_not_there_is_told_with_those_that_are(capsys, day):
    assert complaint(capsys, "CALL-1/call-99", day) == (
        "pledgewatch: there is no clock CALL-1/call-99; there is CALL-1/call-999\n"
    )


def test_a_clock_of_a_subject_without_any_is_told_with_the_reason(capsys, tmp_path):
    routine = str(written(tmp_path / "r.jsonl", event("+0s", "incident.created", "CAD-2", grade="R")))

    assert "CAD-2: no clock runs" in explained(capsys, "CAD-2", routine)
    assert "there is no clock CAD-2/attend-immediate: no clock runs" in complaint(
        capsys, "CAD-2/attend-immediate", routine
    )


def test_a_line_that_cannot_be_read_is_told_and_stops_nothing(capsys, day):
    with Path(day).open("ab") as file:
        file.write(b"{ not json\n")

    assert run(["explain", "CALL-1", day]) == OK
    captured = capsys.readouterr()
    assert "CALL-1/call-999: breached" in captured.out
    assert "1 of 7 lines not read" in captured.err


@pytest.mark.parametrize("at", ["yesterday", "2009-10-24T20:14:59"])
def test_a_time_without_its_offset_is_refused(capsys, day, at):
    assert "--at" in complaint(capsys, "CALL-1", day, "--at", at)


def test_a_feed_that_fell_silent_is_named(capsys, tmp_path):
    events = written(
        tmp_path / "silent.jsonl",
        event("+0s", "incident.created", "CAD-3", grade="I", source="cad/north"),
        event("+11m30s", "source.heartbeat", "cad/north", source="cad/north"),
    )
    named = tmp_path / "feeds.yaml"
    named.write_text("feeds:\n  - {source: cad/north, topic: dispatch, silence: 60s}\n")
    until = ("--at", "2009-10-24T20:30:00+01:00")

    assert "CAD-3/attend-immediate: breached" in explained(capsys, "CAD-3", str(events), *until)
    text = explained(capsys, "CAD-3", str(events), *until, "--feeds", str(named))
    assert text.startswith("CAD-3/attend-immediate: unverifiable: the feed was silent")
    assert "The feed cad/north on dispatch was silent" in text
    assert "Had no feed been silent, it would be breached" in text
