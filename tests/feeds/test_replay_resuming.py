"""The note of a replay: read back as written, and refused where it tells of something else."""

from pathlib import Path

import pytest

from feeds.replay.resuming import Note, Progress, ResumeError, fingerprint

PROGRESS = Progress("abc", "kafka:9092", -17, 4_000)


def test_a_note_is_read_back_and_gone_when_the_replay_has_ended(tmp_path: Path) -> None:
    note = Note(tmp_path / "e.replay")
    assert note.read("abc", "kafka:9092") is None
    note.write(PROGRESS)
    assert note.read("abc", "kafka:9092") == PROGRESS
    note.remove()
    note.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("events", "bootstrap", "words"),
    [
        ("other", "kafka:9092", "another recording, 4,000 events in"),
        ("abc", "b:1", "another Kafka, 4,000 events in"),
    ],
)
def test_a_note_of_something_else_is_an_error(
    tmp_path: Path, events: str, bootstrap: str, words: str
) -> None:
    note = Note(tmp_path / "e.replay")
    note.write(PROGRESS)
    with pytest.raises(ResumeError, match=words):
        note.read(events, bootstrap)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"events": "abc"}', b'{"done": "many"}'])
def test_a_note_that_is_none_is_an_error_that_says_what_to_do(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e.replay").write_bytes(content)
    with pytest.raises(ResumeError, match=r"e\.replay: not a replay's note .*: delete it to start over"):
        Note(tmp_path / "e.replay").read("abc", "kafka:9092")


def test_recordings_differ_by_size_beginning_or_end(tmp_path: Path) -> None:
    contents = [b"", b"a", b"b", b"a" * 200_000, b"a" * 200_001, b"b" + b"a" * 199_999, b"a" * 199_999 + b"b"]
    found = set()
    for content in contents:
        (tmp_path / "e").write_bytes(content)
        found.add(fingerprint(tmp_path / "e"))
    assert len(found) == len(contents)
