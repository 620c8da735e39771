"""`pledgewatch verify` finds what was said wrongly, twice or not at all, and only that."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clocks.announcing import announcement
from pledgewatch.cli import run
from pledgewatch.judging import announcements
from pledgewatch.reading import Intake, read_by_recording
from pledgewatch.verifying.folder import Run, late_arrivals, write_run
from schemas.times import format_time
from standards.loader import load_pack
from tests.cli.events import at, event, written

Line = dict[str, Any]
SETTLE = 1_000
END = at("+2h")
EVENTS = [
    event("+0s", "call.presented", "CALL-1", line="999", borough="Camden"),
    event("+12s", "call.answered", "CALL-1"),
    event("+0s", "call.presented", "CALL-2", line="999", borough="Hackney"),
    event("+9s", "call.answered", "CALL-2", seen="+1m"),
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney"),
    event("+1m", "unit.dispatched", "CAD-1", unit="GD21"),
    event("+11m58s", "unit.arrived", "CAD-1", unit="GD21", seen="+15m"),
    event("+0s", "incident.created", "CAD-2", grade="S", borough="Brent"),
]


class Recording:
    """A folder as a run would have left it, to be falsified."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.code = -1
        written(folder / "events.jsonl", *EVENTS)
        pack = load_pack("met-pledge-2009")
        events = read_by_recording(str(folder / "events.jsonl"), Intake("e"))
        self.said: list[Line] = [
            json.loads(json.dumps(announcement(said, pack, settle=SETTLE)))
            for said in announcements(events, pack, END, SETTLE)
            if said.news
        ]

    def of(self, clock: str) -> list[Line]:
        return [line for line in self.said if line["subject"] == clock]

    def verify(self, capsys: pytest.CaptureFixture[str], *, arrived: dict[str, int] | None = None) -> str:
        lines = [json.dumps(line).encode() + b"\n" for line in self.said]
        written(self.folder / "said.jsonl", *lines)
        late = late_arrivals({("cad/test", id_): moment for id_, moment in (arrived or {}).items()})
        run_settings = Run(
            standards="met-pledge-2009",
            clock="wall",
            settle_ms=SETTLE,
            grace_ms=1_000,
            surely=format_time(END),
            at_most=format_time(END),
            arrived_late=late,
        )
        write_run(self.folder, run_settings)
        self.code = run(["verify", str(self.folder)])
        return capsys.readouterr().out


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(tmp_path)


def test_what_was_said_rightly_does_not_differ(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    told = recording.verify(capsys)
    assert (recording.code, told.splitlines()[-1]) == (0, "no difference")
    assert told.splitlines()[0] == "8 events of 4 subjects judged again"


def _unsaid(recording: Recording) -> None:
    recording.said.remove(recording.of("CAD-2/attend-priority")[-1])


def _stop_unsaid(recording: Recording) -> None:
    recording.said.remove(recording.of("CALL-1/call-999")[-1])


def _taking_back_unsaid(recording: Recording) -> None:
    recording.said.remove(recording.of("CALL-2/call-999")[-1])


def _said_twice(recording: Recording) -> None:
    recording.said.append(recording.of("CALL-1/call-999")[0])


def _said_again(recording: Recording) -> None:
    again = json.loads(json.dumps(recording.of("CAD-2/attend-priority")[-1]))
    again["data"]["revision"] += 1
    recording.said.append(again)


def _wrong_due(recording: Recording) -> None:
    recording.of("CAD-2/attend-priority")[-1]["data"]["due"] = format_time(at("+59m"))


def _wrong_stop(recording: Recording) -> None:
    recording.of("CALL-1/call-999")[-1]["data"]["stop"] = format_time(at("+13s"))


def _breach_of_the_good(recording: Recording) -> None:
    """A breach announced while its answer, recorded in time, lay waiting in Kafka: what T5 is to prevent."""
    false = json.loads(json.dumps(recording.of("CALL-1/call-999")))
    good = event("+9s", "call.answered", "CALL-3")
    lines = [*EVENTS, event("+0s", "call.presented", "CALL-3", line="999", borough="Camden"), good]
    written(recording.folder / "events.jsonl", *lines)
    breach = false[0] | {"subject": "CALL-3/call-999"}
    breach["data"] |= {"subject": "CALL-3"}
    back = json.loads(json.dumps(breach)) | {"type": "clock.met"}
    back["data"] |= {"verdict": "met", "stop": format_time(at("+9s")), "revision": 2}
    recording.said += [breach, back]


def _out_of_nothing(recording: Recording) -> None:
    ghost = json.loads(json.dumps(recording.of("CALL-1/call-999")[0])) | {"subject": "CALL-9/call-999"}
    recording.said.append(ghost)


def _stage_unsaid(recording: Recording) -> None:
    """The incident without a unit: nothing has overtaken that stage."""
    recording.said = [line for line in recording.said if line["type"] != "incident.unresourced"]


@pytest.mark.parametrize(
    ("falsify", "clock", "words"),
    [
        (_unsaid, "CAD-2/attend-priority", "it stands as nothing said, and should as breached"),
        (_stop_unsaid, "CALL-1/call-999", "it stands as breached, and should as breached"),
        (_taking_back_unsaid, "CALL-2/call-999", "it stands as breached, and should as met"),
        (_said_twice, "CALL-1/call-999", "was said 2 times"),
        (_said_again, "CAD-2/attend-priority", "the same was said twice"),
        (_wrong_due, "CAD-2/attend-priority", "does not follow from the events"),
        (_wrong_stop, "CALL-1/call-999", "does not follow from the events"),
        (_breach_of_the_good, "CALL-3/call-999", "does not follow from the events"),
        (_out_of_nothing, "CALL-9/call-999", "does not follow from the events"),
        (_stage_unsaid, "CAD-2/attend-priority", "the stage un-resourced was never said"),
    ],
)
def test_what_was_said_wrongly_is_one_story(
    recording: Recording,
    capsys: pytest.CaptureFixture[str],
    falsify: Callable[[Recording], None],
    clock: str,
    words: str,
) -> None:
    falsify(recording)
    told = recording.verify(capsys)
    assert recording.code == 1
    assert told.splitlines()[0].startswith(f"{clock}: ")
    assert words in told.splitlines()[0]
    assert told.splitlines()[-1] == "1 clock differs"


def test_a_breach_and_its_taking_back_may_be_overtaken(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = recording.of("CALL-2/call-999")
    recording.said = [line for line in recording.said if line not in pair]
    told = recording.verify(capsys)
    assert recording.code == 0
    assert "2 more were overtaken by events before they could be said" in told


def test_a_breach_whose_answer_came_to_kafka_too_late_was_right_to_be_said(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    _breach_of_the_good(recording)
    recording.verify(capsys, arrived={"CALL-3-call.answered-+9s": at("+20s")})
    assert recording.code == 0


def test_the_story_has_the_events_and_both_accounts(
    recording: Recording, capsys: pytest.CaptureFixture[str]
) -> None:
    _wrong_stop(recording)
    told = recording.verify(capsys).splitlines()
    assert [line[28:39].strip() for line in told[1:7]] == [
        "recorded",
        "SAID",
        "should say",
        "recorded",
        "SAID",
        "should say",
    ]
    assert "stop 2009-10-24T19:00:13.000Z" in told[5]


def test_nothing_to_compare_is_no_success(
    recording: Recording, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "events.jsonl")
    recording.said = []
    recording.verify(capsys)
    assert recording.code == 2


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("events.jsonl", None, "is no recording: it has no events.jsonl"),
        ("said.jsonl", b"{}\n", "said.jsonl:1: no announcement"),
        ("settings.json", b'{"version": 1}', "settings.json"),
        ("settings.json", b"nonsense", "settings.json"),
    ],
)
def test_a_folder_that_is_no_recording_says_what_is_wrong(
    recording: Recording, capsys: pytest.CaptureFixture[str], name: str, content: bytes | None, words: str
) -> None:
    recording.verify(capsys)
    path = recording.folder / name
    path.unlink() if content is None else path.write_bytes(content)
    assert run(["verify", str(recording.folder)]) == 2
    assert words in capsys.readouterr().err
