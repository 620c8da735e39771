"""Files of events: read whole, plain or packed, with a reason for each line that is not."""

import gzip
import io
from pathlib import Path
from random import Random

import pytest

from pledgewatch.reading import SHOWN, Intake, UnreadableError, read_by_recording, read_events
from tests.cli.events import event, written

CALL = event("+0s", "call.presented", "CALL-1", line="999", source="acd")


def _read(path: Path) -> tuple[list[str], Intake]:
    intake = Intake(path.name)
    return [found.fact.type for found in read_events(str(path), intake)], intake


def test_a_packed_file_reads_as_the_plain_one_whatever_its_name(tmp_path: Path) -> None:
    packed = tmp_path / "events.jsonl"
    packed.write_bytes(gzip.compress(CALL * 3))
    assert _read(packed)[0] == ["call.presented"] * 3


def test_standard_input_is_a_dash(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO(CALL + CALL)))  # type: ignore[type-var]
    monkeypatch.setattr("sys.stdin", stdin)
    assert len(list(read_events("-", Intake("-")))) == 2


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{\n", "not-json"),
        (b"\xff\xfe\n", "not-json"),
        (b'["a list"]\n', "not-cloudevent"),
        (CALL.replace(b"call.presented", b"call.misplaced"), "unknown-type"),
        (CALL.replace(b'"line"', b'"lane"'), "missing-field"),
        (CALL.replace(b"000Z", b"000"), "bad-time"),
        (CALL.replace(b'"CALL-1"', b'"CALL-"'), "bad-subject"),
        (event("+2m", "call.presented", "CALL-1", seen="+30s", line="999"), "time-in-future"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_counted_and_stops_nothing(
    tmp_path: Path, line: bytes, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    types, intake = _read(written(tmp_path / "e.jsonl", CALL, line, CALL))
    assert (types, intake.refused) == (["call.presented"] * 2, {reason: 1})
    assert capsys.readouterr().err.startswith(f"pledgewatch: e.jsonl:2: {reason}: ")


def test_many_bad_lines_are_told_by_number_in_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, intake = _read(written(tmp_path / "e.jsonl", CALL, *[b"no\n"] * 100))
    intake.tell_rest()
    told = capsys.readouterr().err.splitlines()
    assert len(told) == SHOWN + 1
    assert told[-1] == "pledgewatch: e.jsonl: 100 of 101 lines not read: 100 not-json"


def test_heartbeats_and_empty_lines_are_no_events(tmp_path: Path) -> None:
    beat = event("+0s", "source.heartbeat", "acd", source="acd")
    types, intake = _read(written(tmp_path / "e.jsonl", b"\n", beat, CALL))
    assert (types, intake.heartbeats, intake.refusals) == (["call.presented"], 1, 0)


def test_a_packed_file_cut_short_is_an_error(tmp_path: Path) -> None:
    cut = tmp_path / "cut.gz"
    cut.write_bytes(gzip.compress(CALL * 1000)[:-20])
    with pytest.raises(UnreadableError, match="damaged or cut short"):
        _read(cut)


def test_events_come_in_order_of_recording_with_the_numbers_of_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [event(f"+{second}s", "call.presented", f"CALL-{second}", line="999") for second in range(100)]
    Random(7).shuffle(lines)
    lines[50] = lines[50].replace(b"call.presented", b"call.misplaced")
    intake = Intake("e")
    events = list(read_by_recording(str(written(tmp_path / "e.jsonl", *lines)), intake))
    assert [found.fact.recorded for found in events] == sorted(found.fact.recorded for found in events)
    assert (len(events), intake.events) == (99, 99)
    assert "e:51: unknown-type" in capsys.readouterr().err
