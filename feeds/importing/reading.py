"""A published file's rows: gzip or not, any encoding, each with its line; what cannot be read is said."""

import csv
import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from feeds.importing.mapping import FileRules
from feeds.importing.refusals import Refusal
from schemas.errors import PledgeWatchError

STDIN = "-"
_GZIP, _ZIP, _UTF16 = b"\x1f\x8b", b"PK\x03\x04", (b"\xff\xfe", b"\xfe\xff")


class ExportError(PledgeWatchError):
    """A file that is not the export it should be: missing, empty, broken off, or of another kind.

    Operator action: fetch the file again, or mend what the mapping's `file` says of it.
    """


class Row(NamedTuple):
    """A row's cells, stripped of surrounding blanks, and the line (from 1) it begins on."""

    line: int
    cells: list[str]


class Export(NamedTuple):
    """An open export: its name for messages, its header, and the rows below it, each read or refused."""

    name: str
    header: list[str]
    rows: Iterator[Row | Refusal]


@contextmanager
def open_export(path: str, rules: FileRules) -> Iterator[Export]:
    """The export at `path` (`-` is standard input); ExportError where it is no such file."""
    name = "standard input" if path == STDIN else path
    with _opened(path) as stream:
        rows = _whole(name, _rows(_text(name, stream, rules), rules))
        yield Export(name, _header(name, rows), rows)


def _opened(path: str) -> io.BufferedReader:
    if path == STDIN:
        return io.BufferedReader(cast(io.RawIOBase, sys.stdin.buffer))
    try:
        return Path(path).open("rb")
    except OSError as failed:
        raise ExportError(f"{path}: {failed.strerror or failed}") from None


def _text(name: str, stream: io.BufferedReader, rules: FileRules) -> io.TextIOWrapper:
    start = stream.peek(4)
    if start.startswith(_ZIP):
        raise ExportError(f"{name}: a zip archive or an Excel workbook; unpack it or save it as CSV")
    plain: BinaryIO = stream
    if start.startswith(_GZIP):
        plain = io.BufferedReader(gzip.GzipFile(fileobj=stream))
    if start.startswith(_UTF16) and not rules.encoding.startswith("utf-16"):
        raise ExportError(f"{name}: begins as UTF-16; say `encoding: utf-16` under `file` in the mapping")
    encoding = "utf-8-sig" if rules.encoding == "utf-8" else rules.encoding
    return io.TextIOWrapper(plain, encoding, errors="surrogateescape", newline="")


def _rows(text: io.TextIOWrapper, rules: FileRules) -> Iterator[Row | Refusal]:
    return _many_lines(text, rules) if rules.multiline else _one_line_each(text, rules)


def _one_line_each(text: io.TextIOWrapper, rules: FileRules) -> Iterator[Row | Refusal]:
    """One row a line: an unclosed quote costs its own row and no other."""
    for number, line in enumerate(text, 1):
        try:
            cells = next(csv.reader([line], delimiter=rules.delimiter, quotechar=rules.quote, strict=True))
        except csv.Error as refused:
            hint = "; if cells may hold line breaks, say `multiline: true` under `file`"
            yield Refusal(number, "bad-csv", f"{refused}{hint}")
        else:
            yield from _row(number, cells, rules)


def _many_lines(text: io.TextIOWrapper, rules: FileRules) -> Iterator[Row | Refusal]:
    reader = csv.reader(text, delimiter=rules.delimiter, quotechar=rules.quote, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as refused:
            yield Refusal(number, "bad-csv", f"{refused} (lines {number} to {reader.line_num})")
        else:
            yield from _row(number, cells, rules)


def _row(number: int, cells: list[str], rules: FileRules) -> Iterator[Row | Refusal]:
    if not any(cells):
        return
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        yield Refusal(number, "bad-encoding", f"bytes that are not {rules.encoding}")
    else:
        yield Row(number, [cell.strip() for cell in cells])


def _header(name: str, rows: Iterator[Row | Refusal]) -> list[str]:
    first = next(rows, None)
    if first is None:
        raise ExportError(f"{name}: empty; a header line with the columns' names is wanted")
    if isinstance(first, Refusal):
        raise ExportError(f"{name}: the header cannot be read: {first}")
    return first.cells


def _whole(name: str, rows: Iterator[Row | Refusal]) -> Iterator[Row | Refusal]:
    """The rows; a file that breaks off is an error, for what is missing would look like no more incidents."""
    line = 0
    try:
        for row in rows:
            line = row.line
            yield row
    except (OSError, EOFError, zlib.error, UnicodeError) as broken:
        raise ExportError(f"{name}: breaks off after line {line}: {broken}") from None
