"""The columns a mapping names, found in a file's header; a missing one is an error at the mapping's line."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from schemas.documents import Document, DocumentError
from schemas.keys import meant

_PLACE = re.compile(r"\{([^{}]+)\}")
_COLUMN_KEYS, _TEXT_KEYS = ("column", "equals"), ("text", "key", "subject")
_Step = int | str

Cells = list[str]
TextOf = Callable[[Cells], str | None]
"""The text of a cell, or of a text of cells; None where it is missing."""


class Columns:
    """Readers of a row's cells; `missing` are the words that stand for nothing in every column."""

    def __init__(self, header: list[str], missing: list[str]) -> None:
        self._places = {name: place for place, name in enumerate(header)}
        self._missing = frozenset(missing)

    def cell(self, name: str, missing: list[str]) -> TextOf:
        """A reader of one column, for which `missing` stand for nothing too."""
        place, nothing = self._places[name], self._missing.union(missing)

        def read(cells: Cells) -> str | None:
            text = cells[place]
            return None if text in nothing else text

        return read

    def text(self, template: str, missing: list[str]) -> TextOf:
        """A reader of a text such as `CAD-{number}`: nothing as soon as one of its columns is missing."""
        pieces = _PLACE.split(template)
        readers = [self.cell(name, missing) for name in pieces[1::2]]
        pattern = "".join("{}" if n % 2 else _literally(piece) for n, piece in enumerate(pieces))

        def read(cells: Cells) -> str | None:
            texts = [reader(cells) for reader in readers]
            return None if None in texts else pattern.format(*texts)

        return read


def check_columns(document: Document, header: list[str], export: str) -> None:
    """DocumentError naming every column that the mapping uses and the header lacks, or has twice."""
    faults = [
        str(document.error(at, problem))
        for at, name in _columns_used(document.value, ())
        if (problem := _problem(name, header, export))
    ]
    if faults:
        raise DocumentError("\n".join(faults))


def columns_of(document: Document) -> set[str]:
    """The names of all columns that a mapping reads."""
    return {name for _, name in _columns_used(document.value, ())}


def words_known(document: Document) -> dict[str, set[str]]:
    """By column, the words of which the mapping says what they mean: missing ones, a condition's, a table's."""
    known: dict[str, set[str]] = {}
    for part in _parts(document.value):
        names = [part["column"]] if "column" in part else _PLACE.findall(part.get("text", ""))
        words = {*_texts(part.get("missing")), *_texts(part.get("is"))}
        words.update(document.value.get("tables", {}).get(part.get("table"), ()))
        for name in names:
            known.setdefault(name, set()).update(words)
    return known


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every part of a mapping that reads a column or a text of columns."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and isinstance(value.get("column", value.get("text")), str):
        yield value
    for part in below:
        yield from _parts(part)


def _texts(words: Any) -> list[str]:
    return words if isinstance(words, list) else []


def check_texts(document: Document) -> None:
    """DocumentError for a text whose braces do not pair."""
    for at, template in _texts_used(document.value, ()):
        if re.search(r"[{}]", _PLACE.sub("", template)):
            raise document.error(at, f"{template!r}: braces are for columns, as in 'CAD-{{number}}'")


def _problem(name: str, header: list[str], export: str) -> str | None:
    found = header.count(name)
    if found == 1:
        return None
    if found > 1:
        return f"the column {name!r} stands {found} times in the header of {export}"
    has = ", ".join(repr(column) for column in header[:40])
    hint = ": is `delimiter` under `file` right?" if len(header) == 1 else ""
    return f"no column {name!r} in {export}; it has {has}{meant(name, header) or hint}"


def _columns_used(value: Any, at: tuple[_Step, ...]) -> Iterator[tuple[tuple[_Step, ...], str]]:
    for place, key, said in _said(value, at):
        if key in _COLUMN_KEYS:
            yield place, said
        elif key in _TEXT_KEYS:
            for name in _PLACE.findall(said):
                yield place, name


def _texts_used(value: Any, at: tuple[_Step, ...]) -> Iterator[tuple[tuple[_Step, ...], str]]:
    return ((place, said) for place, key, said in _said(value, at) if key in _TEXT_KEYS)


def _said(value: Any, at: tuple[_Step, ...]) -> Iterator[tuple[tuple[_Step, ...], str, str]]:
    """Every key with a text for its value, wherever it stands; the tables' words are no such keys."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in below:
        if isinstance(part, str):
            yield (*at, step), str(step), part
        elif (*at, step) != ("tables",):
            yield from _said(part, (*at, step))


def _literally(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
