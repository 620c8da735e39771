"""Files as they come: gzip, byte order marks, encodings, broken rows and broken files."""

import gzip

import pytest
from import_bench import GOOD, HEADER, SMALL, Imported, lines, varied

from feeds.importing.reading import ExportError

SECOND = "2,2025-06-01 11:00:00,2025-06-01 11:08:00,S,Été"
FILE = lines(HEADER, GOOD, SECOND)


def mapped(file_rules: str) -> str:
    return varied("recorded:", f"file: {file_rules}\nrecorded:")


PLAIN = [
    {"id": "CAD-1/incident.created", "place": "Marsh"},
    {"id": "CAD-2/incident.created", "place": "Été"},
]


def places(imported: Imported) -> list[dict]:
    created = [event for event in imported.events if event["type"] == "incident.created"]
    return [{"id": event["id"], "place": event["data"].get("borough")} for event in created]


@pytest.mark.parametrize(
    ("rules", "content"),
    [
        ("{}", FILE.encode()),
        ("{}", gzip.compress(FILE.encode())),
        ("{}", b"\xef\xbb\xbf" + FILE.encode()),
        ("{}", gzip.compress(b"\xef\xbb\xbf" + FILE.encode())),
        ("{encoding: latin-1}", FILE.encode("latin-1")),
        ("{encoding: UTF8}", b"\xef\xbb\xbf" + FILE.encode()),
        ("{encoding: utf-16}", FILE.encode("utf-16")),
        ("{}", FILE.replace("\n", "\r\n").encode()),
        ("{}", FILE.rstrip("\n").encode()),
        ("{}", FILE.replace("\n", "\n\n").encode()),
        ('{delimiter: ";"}', FILE.replace(",", ";").encode()),
        ('{delimiter: "\\t"}', FILE.replace(",", "\t").encode()),
        ('{quote: "\'"}', FILE.replace("Marsh", "'Marsh'").encode()),
        ("{multiline: true}", FILE.encode()),
        ("{}", FILE.replace("Marsh", '" Marsh "').encode()),
        ("{}", FILE.replace("number,received", ' number ,"received"').encode()),
    ],
)
def test_the_same_export_reads_the_same_however_it_is_written(tmp_path, rules, content):
    imported = Imported(tmp_path, mapped(rules), content)
    assert places(imported) == PLAIN
    assert (imported.told, imported.tally.rows, imported.tally.events) == ([], 2, 4)


def test_a_mapping_in_the_wrong_encoding_refuses_the_rows_it_cannot_read(tmp_path):
    imported = Imported(tmp_path, SMALL, FILE.encode("latin-1"))
    assert places(imported) == PLAIN[:1]
    assert imported.told == ["line 3: bad-encoding: bytes that are not utf-8"]


def test_a_file_that_begins_as_utf_16_is_not_read_as_another(tmp_path):
    with pytest.raises(ExportError, match=r"export\.csv: begins as UTF-16; say `encoding: utf-16`"):
        Imported(tmp_path, SMALL, FILE.encode("utf-16"))


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", gzip.compress(b"", mtime=0)])
def test_an_empty_file_is_an_error(tmp_path, content):
    with pytest.raises(ExportError, match=r"export\.csv: empty; a header line"):
        Imported(tmp_path, SMALL, content)


def test_a_header_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ExportError, match="the header cannot be read: line 1: bad-csv"):
        Imported(tmp_path, SMALL, lines('"number', GOOD))


def test_a_header_alone_reads_nothing_and_says_so(tmp_path):
    imported = Imported(tmp_path, SMALL, lines(HEADER))
    assert imported.events == []
    assert imported.tally.nothing_read
    assert imported.tally.lines()[:2] == [
        "0 rows: 0 read, 0 refused, 0 left out; 0 events",
        "no row could be read",
    ]


def test_a_zip_archive_is_named_as_one(tmp_path):
    with pytest.raises(ExportError, match="a zip archive or an Excel workbook"):
        Imported(tmp_path, SMALL, b"PK\x03\x04rest")


@pytest.mark.parametrize("cut", [40, 10, 4])
def test_a_gzip_file_that_breaks_off_is_an_error_and_not_a_short_day(tmp_path, cut):
    many = lines(HEADER, *(GOOD.replace("1,", f"{n},", 1) for n in range(2000)))
    with pytest.raises(ExportError, match=r"export\.csv: breaks off after line \d+: "):
        Imported(tmp_path, SMALL, gzip.compress(many.encode())[:-cut])


def test_a_utf_16_file_that_breaks_off_is_an_error(tmp_path):
    with pytest.raises(ExportError, match="breaks off"):
        Imported(tmp_path, mapped("{encoding: utf-16}"), FILE.encode("utf-16")[:-1])


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (GOOD + ",more", "line 3: wrong-width: 6 fields, where the header has 5"),
        ("2,2025-06-01 11:00:00", "line 3: wrong-width: 2 fields, where the header has 5"),
        (
            '2,"oops,,,',
            "line 3: bad-csv: unexpected end of data; if cells may hold line breaks, say `multiline",
        ),
        ('2,"a"b,,,', "line 3: bad-csv: ',' expected after '\"'"),
        ("2," + "x" * 140_000, "line 3: bad-csv: field larger than field limit"),
    ],
)
def test_a_broken_row_is_told_with_its_line_and_costs_no_other(tmp_path, row, told):
    imported = Imported(tmp_path, SMALL, lines(HEADER, GOOD, row, SECOND))
    assert places(imported) == PLAIN
    assert len(imported.told) == 1
    assert imported.told[0].startswith(told)
    assert (imported.tally.rows, imported.tally.read, imported.tally.refused.total()) == (3, 2, 1)


def test_with_multiline_a_cell_may_hold_line_breaks_and_lines_are_counted_through_them(tmp_path):
    first = GOOD.replace("Marsh", '"Marsh\nUpper"')
    imported = Imported(tmp_path, mapped("{multiline: true}"), lines(HEADER, first, GOOD + ",more", SECOND))
    assert [each["place"] for each in places(imported)] == ["Marsh\nUpper", "Été"]
    assert imported.told == ["line 4: wrong-width: 6 fields, where the header has 5"]


def test_with_multiline_a_quote_never_closed_says_which_lines_it_took(tmp_path):
    imported = Imported(tmp_path, mapped("{multiline: true}"), lines(HEADER, GOOD, '2,"oops,,,', SECOND))
    assert places(imported) == PLAIN[:1]
    assert imported.told == ["line 3: bad-csv: unexpected end of data (lines 3 to 4)"]


def test_no_such_file_and_a_folder_are_errors(tmp_path):
    from feeds.importing.mapping import FileRules
    from feeds.importing.reading import open_export

    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ExportError, match=str(path)), open_export(str(path), FileRules()):
            pass
