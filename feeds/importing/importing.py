"""The import itself: an open export through a mapping to lines of events."""

from collections.abc import Callable, Iterator

from feeds.importing.building import Builder
from feeds.importing.columns import Columns, check_columns
from feeds.importing.gathering import Gathering, Placed
from feeds.importing.mapping import Mapping
from feeds.importing.reading import Export, Row
from feeds.importing.refusals import Refusal, RowRefused
from feeds.importing.tally import Tally
from schemas.documents import Document


class Importer:
    """Reads one export by one mapping; `refuse` is told of every row that is not read, as it is met."""

    def __init__(self, document: Document, mapping: Mapping, refuse: Callable[[Refusal], None]) -> None:
        self.tally = Tally()
        self._document = document
        self._mapping = mapping
        self._tell = refuse

    def events(self, export: Export) -> Iterator[bytes]:
        """The export's events as JSON, one at a time; DocumentError where it lacks a column."""
        check_columns(self._document, export.header, export.name)
        columns = Columns(export.header, self._mapping.file.missing)
        builder = Builder(self._mapping, columns)
        gathering = Gathering(self._mapping, self.tally, self._refuse_read)
        for event in gathering.events(self._rows(export, builder)):
            self.tally.events += 1
            yield event

    def _rows(self, export: Export, builder: Builder) -> Iterator[Placed]:
        for row in export.rows:
            if isinstance(row, Refusal):
                self._refuse(row)
            else:
                yield from self._read(row, len(export.header), builder)

    def _read(self, row: Row, width: int, builder: Builder) -> Iterator[Placed]:
        try:
            _check_width(row, width)
            if name := builder.leaves_out(row.cells):
                self.tally.left_out[name] += 1
                return
            rowful = builder.build(row.cells)
        except RowRefused as refused:
            self._refuse(Refusal(row.line, refused.reason, refused.detail))
            return
        self.tally.read += 1
        self.tally.doubts.update(rowful.doubts)
        yield row.line, rowful

    def _refuse(self, refusal: Refusal) -> None:
        self.tally.refused[refusal.reason] += 1
        self._tell(refusal)

    def _refuse_read(self, refusal: Refusal) -> None:
        """A row that was readable by itself, but does not go with the others."""
        self.tally.read -= 1
        self._refuse(refusal)


def _check_width(row: Row, width: int) -> None:
    if len(row.cells) != width:
        raise RowRefused("wrong-width", f"{len(row.cells)} fields, where the header has {width}")
