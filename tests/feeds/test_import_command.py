"""`pledgewatch import`: exit codes, what goes where, and nothing half done."""

import gzip
import subprocess
import sys

import pytest
from import_bench import GOOD, HEADER, SMALL, lines, varied, written

from schemas.decoding import decode

BAD = "2,soon,,I,Marsh"


def run(*arguments, stdin=None, cwd=None):
    command = [sys.executable, "-m", "pledgewatch", "import", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, timeout=60, cwd=cwd)


@pytest.fixture
def mapping(tmp_path):
    return written(tmp_path, "small.yaml", SMALL)


def test_events_go_to_standard_output_and_the_summary_to_standard_error(tmp_path, mapping):
    done = run(mapping, written(tmp_path, "export.csv", lines(HEADER, GOOD, BAD)))
    assert done.returncode == 0
    assert [decode(line).fact.type for line in done.stdout.splitlines()] == [
        "incident.created",
        "unit.arrived",
    ]
    assert done.stderr.decode().splitlines() == [
        "import: line 3: bad-time: received: 'soon' is not a time written like '2026-01-31 18:05:09'",
        "import: 2 rows: 1 read, 1 refused, 0 left out; 2 events",
        "import: refused: 1 bad-time",
    ]


def test_output_goes_to_a_file_that_is_there_only_when_it_is_whole(tmp_path, mapping):
    export = written(tmp_path, "export.csv.gz", gzip.compress(lines(HEADER, GOOD).encode()))
    done = run(mapping, export, "-o", tmp_path / "events.jsonl")
    assert (done.returncode, done.stdout) == (0, b"")
    assert len((tmp_path / "events.jsonl").read_bytes().splitlines()) == 2
    assert not (tmp_path / "events.jsonl.part").exists()


def test_a_broken_file_leaves_what_was_there(tmp_path, mapping):
    many = lines(HEADER, *(GOOD.replace("1,", f"{n},", 1) for n in range(3000)))
    broken = written(tmp_path, "export.csv.gz", gzip.compress(many.encode())[:-30])
    before = written(tmp_path, "events.jsonl", "yesterday's\n")
    done = run(mapping, broken, "-o", before)
    assert done.returncode == 2
    assert b"breaks off after line" in done.stderr
    assert before.read_text() == "yesterday's\n"
    assert not (tmp_path / "events.jsonl.part").exists()


def test_standard_input_is_a_dash(tmp_path, mapping):
    for content in (lines(HEADER, GOOD).encode(), gzip.compress(lines(HEADER, GOOD).encode())):
        done = run(mapping, "-", stdin=content)
        assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)


@pytest.mark.parametrize("rows", [(), (BAD,), (BAD, "short")])
def test_one_where_no_row_could_be_read(tmp_path, mapping, rows):
    before = written(tmp_path, "events.jsonl", "yesterday's\n")
    done = run(mapping, written(tmp_path, "export.csv", lines(HEADER, *rows)), "-o", before)
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"import: no row could be read" in done.stderr
    assert before.read_text() == "yesterday's\n"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "none.csv: No such file or directory"),
        ("empty.csv", "", "empty.csv: empty; a header line"),
        ("other.csv", "a,b\n1,2\n", "small.yaml:10: no column 'number' in "),
        ("not.csv.gz", b"\x1f\x8bnot gzip at all", "not.csv.gz: breaks off after line 0: "),
    ],
)
def test_two_where_there_is_no_such_export(tmp_path, mapping, name, content, said):
    if content is not None:
        written(tmp_path, name, content)
    done = run(mapping, tmp_path / name)
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            varied("grade: {column: grade}", "grade: {colum: grade}"),
            "wrong.yaml:15: events.0.data.grade.colum: unknown",
        ),
        ("", "wrong.yaml:1: the document is empty"),
        ("a: [", "wrong.yaml:1"),
        (b"\xff\xfe\x00", "wrong.yaml: cannot be read"),
        ("- a list\n", "wrong.yaml:1"),
    ],
)
def test_two_where_the_mapping_is_wrong(tmp_path, content, said):
    done = run(written(tmp_path, "wrong.yaml", content), written(tmp_path, "export.csv", lines(HEADER, GOOD)))
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_two_where_there_is_no_such_mapping(tmp_path):
    done = run("atlantis-police", written(tmp_path, "export.csv", lines(HEADER, GOOD)))
    assert done.returncode == 2
    assert done.stderr.startswith(
        b"pledgewatch: atlantis-police: no such file, and no such shipped mapping ("
    )


def test_the_export_is_never_overwritten_by_its_events(tmp_path, mapping):
    export = written(tmp_path, "export.csv", lines(HEADER, GOOD))
    done = run(mapping, export, "-o", export)
    assert done.returncode == 2
    assert b"would overwrite the export" in done.stderr
    assert export.read_text() == lines(HEADER, GOOD)


def test_an_output_that_cannot_be_written_is_named(tmp_path, mapping):
    export = written(tmp_path, "export.csv", lines(HEADER, GOOD))
    done = run(mapping, export, "-o", tmp_path / "no" / "events.jsonl")
    assert done.returncode == 2
    assert b"events.jsonl.part: No such file or directory" in done.stderr
    assert run(mapping, export, "-o", "/dev/null").returncode == 0
    assert len(run(mapping, export, "-o", "-", cwd=tmp_path).stdout.splitlines()) == 2
    assert not (tmp_path / "-").exists()


def test_help_lists_the_shipped_mappings():
    done = run("--help")
    assert done.returncode == 0
    assert b"Shipped mappings: bank-calls, sf-police, sffd-calls" in done.stdout
