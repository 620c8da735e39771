"""`pledgewatch judge` on more than memory should hold: through files and processes, and yet the same to the byte."""

from pathlib import Path
from random import Random

import pytest

from feeds.simulation.day import day
from pledgewatch.bulk import buckets, judging
from pledgewatch.cli import run
from schemas.times import parse_time
from tests.cli.events import event, written

START = parse_time("2010-03-01T00:00:00Z")


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hours of London, with lines that cannot be read, in no order, the last without its end."""
    lines = [line.value for line in day(Random(4), START, hours=2.0, poison=60)]
    Random(5).shuffle(lines)
    path = tmp_path_factory.mktemp("bulk") / "day.jsonl"
    path.write_bytes(b"\n".join([*lines[:9], b"", *lines[9:]]))
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if memory held next to nothing: every bucket is parted again."""
    monkeypatch.setattr(judging, "IN_MEMORY", 10_000)
    monkeypatch.setattr(buckets, "BUCKET_BYTES", 5_000)


@pytest.mark.parametrize("arguments", [[], ["--at", "last"], ["--at", "2010-03-01T01:00:00Z"]])
def test_the_same_verdicts_and_refusals_in_the_same_order(
    recorded: Path,
    arguments: list[str],
    capfdbinary: pytest.CaptureFixture[bytes],
    request: pytest.FixtureRequest,
) -> None:
    command = ["judge", str(recorded), *arguments]
    at_once = (run(command), *capfdbinary.readouterr())
    request.getfixturevalue("small")
    in_bulk = (run(command), *capfdbinary.readouterr())
    assert at_once[1].count(b"\n") > 500
    assert b"lines not read" in at_once[2]
    assert in_bulk == at_once


@pytest.mark.usefixtures("small")
def test_no_file_is_left_behind(recorded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["judge", str(recorded)]) == 0
    assert list(tmp_path.iterdir()) == []


def test_a_bucket_of_one_subject_is_parted_no_further_than_its_checksum_goes(tmp_path: Path) -> None:
    """Subjects that agree in a level's bits part at the next; one subject never does, and that comes to an end."""
    line = event("+0s", "incident.created", "CAD-1", grade="I")
    (bucket,) = buckets.part(enumerate([line] * 3, 1), tmp_path / "0")
    for level in range(1, buckets.LEVELS):
        (bucket,) = buckets.part(bucket, tmp_path / str(level), bucket.level)
    assert list(bucket) == [(number, line) for number in (1, 2, 3)]
    assert not bucket.too_large()


def test_subjects_of_one_bucket_are_parted_at_the_next_level(tmp_path: Path) -> None:
    lines = [event("+0s", "incident.created", f"CAD-{number:06}", grade="I") for number in range(4_000)]
    together = max(buckets.part(enumerate(lines), tmp_path / "0"), key=lambda each: len(list(each)))
    assert len(buckets.part(together, tmp_path / "1", together.level)) > buckets.BUCKETS // 2


def test_where_nothing_can_be_read_it_is_an_error_in_bulk_too(
    tmp_path: Path, small: None, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = written(tmp_path / "e.jsonl", *[b"{nonsense\n"] * 2_000)
    assert run(["judge", str(path)]) == 1
    out, err = capfdbinary.readouterr()
    assert (out, err.count(b"e.jsonl:")) == (b"", 21)
