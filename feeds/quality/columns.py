"""The columns a mapping reads: how often each says nothing, and words that look like nothing but are not declared."""

import re
from collections import Counter
from dataclasses import dataclass, field

from feeds.importing.columns import Cells, columns_of, words_known
from schemas.documents import Document

_LIKE_NOTHING = re.compile(
    r"null|nil|none|nan|n/?a|unknown|undefined|-+|\?+|0{2,}|9{4,}|0{1,2}:00(:00)?"
    r"|0000-00-00.*|(0001|1900|1970)-01-01.*|9999-.*|0+/0+/0+.*|0?1/0?1/(1900|1970)\b.*|.*/9999\b.*",
    re.IGNORECASE,
)


@dataclass
class ColumnSeen:
    """What one column held: the words by which it said nothing, and words that look as if they did."""

    name: str
    nothing: frozenset[str]
    """The words that stand for nothing in every column."""
    known: frozenset[str]
    """The words of which the mapping says what they mean here."""
    given: int = 0
    missing: int = 0
    suspects: Counter[str] = field(default_factory=Counter)

    def see(self, text: str) -> None:
        """Counts one cell."""
        if text in self.nothing:
            self.missing += 1
            return
        self.given += 1
        if text not in self.known and _LIKE_NOTHING.fullmatch(text):
            self.suspects[text] += 1


class ColumnsSeen:
    """The columns that a mapping reads, watched."""

    def __init__(self, document: Document, header: list[str], missing: list[str]) -> None:
        known, used = words_known(document), columns_of(document)
        self.seen = [
            ColumnSeen(name, frozenset(missing), frozenset(known.get(name, ())))
            for name in header
            if name in used
        ]
        self._places = [(header.index(each.name), each) for each in self.seen]

    def see(self, cells: Cells) -> None:
        """Counts one row's cells."""
        for place, column in self._places:
            column.see(cells[place])
