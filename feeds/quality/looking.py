"""One pass over an export: imported as ever, its events counted and not kept, its rows watched as they go by."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from feeds.importing.cells import Cellwork
from feeds.importing.columns import Cells, Columns, check_columns
from feeds.importing.importing import Importer
from feeds.importing.localtime import reader_of
from feeds.importing.mapping import Mapping
from feeds.importing.reading import Export, Row
from feeds.importing.refusals import Refusal, RowRefused
from feeds.importing.tally import Tally
from feeds.quality.columns import ColumnSeen, ColumnsSeen
from feeds.quality.doubles import Doubled, Doubles
from feeds.quality.sequence import Placed, sequence
from feeds.quality.times import EXAMPLES, Disorder, Interval, TimeSeen
from schemas.documents import Document
from schemas.times import MINUTE, parse_time

_LATE = 5 * MINUTE
"""An event recorded this long after it happened is counted as recorded late."""
_CODES = 1000
"""So many different unknown codes are told apart; the others are only counted as refused."""


@dataclass
class Refused:
    """The rows refused for one reason: what the first was told, and the lines of the first of them."""

    first: str
    rows: int = 0
    lines: list[int] = field(default_factory=list)


@dataclass
class Lateness:
    """Events recorded over five minutes after they happened, and by how much (ms) at most."""

    events: int = 0
    most: int = 0


@dataclass
class Seen:
    """All that was seen of an export."""

    export: str
    mapping: str
    rows_are: str
    columns: list[ColumnSeen]
    unused: list[str]
    times: list[TimeSeen]
    disorder: Disorder
    tally: Tally = field(default_factory=Tally)
    doubled: list[Doubled] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    late: Lateness = field(default_factory=Lateness)
    refused: dict[str, Refused] = field(default_factory=dict)
    codes: Counter[str] = field(default_factory=Counter)

    def see_refusal(self, refusal: Refusal) -> None:
        """Counts a refused row, and the code it was refused for if that was it."""
        found = self.refused.setdefault(refusal.reason, Refused(refusal.detail))
        found.rows += 1
        if len(found.lines) < EXAMPLES:
            found.lines.append(refusal.line)
        if refusal.reason == "not-in-table" and (refusal.detail in self.codes or len(self.codes) < _CODES):
            self.codes[refusal.detail] += 1

    def see_event(self, line: bytes) -> None:
        """Counts an event."""
        event = _EVENT.decode(line)
        self.events[event.type] += 1
        if event.time != event.recordedtime:
            late = parse_time(event.recordedtime) - parse_time(event.time)
            self.late.events += late > _LATE
            self.late.most = max(self.late.most, late)


class _Event(msgspec.Struct):
    type: str
    time: str
    recordedtime: str


_EVENT = msgspec.json.Decoder(_Event)


def look(document: Document, mapping: Mapping, export: Export, now: int) -> Seen:
    """Reads the export to its end; after `now` (ms) is the future. Raises as an import does."""
    check_columns(document, export.header, export.name)
    watch = _Watch(document, mapping, export.header, now)
    seen = watch.seen(export.name)
    importer = Importer(document, mapping, seen.see_refusal)
    seen.tally = importer.tally
    for event in importer.events(export._replace(rows=watch.going_by(export.rows))):
        seen.see_event(event)
    seen.doubled, seen.intervals = watch.doubles.found(), watch.in_order()
    return seen


class _Watch:
    """Sees the rows that count, as the import reads them."""

    def __init__(self, document: Document, mapping: Mapping, header: list[str], now: int) -> None:
        columns = Columns(header, mapping.file.missing)
        cellwork = Cellwork(mapping, columns, reader_of(mapping.time))
        self._mapping, self._header, self._now = mapping, header, now
        self._left_out = [cellwork.truths[name] for name in mapping.leave_out]
        self._id = columns.text(" ".join(filter(None, (mapping.subject, mapping.rows.key))), [])
        self._sequence = sequence(mapping, cellwork)
        self._columns = ColumnsSeen(document, header, mapping.file.missing)
        self._times = [TimeSeen(each.name, each.needed) for each in self._sequence]
        self._intervals: dict[tuple[str, str], Interval] = {}
        self._disorder = Disorder()
        self.doubles = Doubles()

    def seen(self, export: str) -> Seen:
        """What is seen, as it fills while rows go by."""
        used = {column.name for column in self._columns.seen}
        return Seen(
            export=export,
            mapping=self._mapping.mapping,
            rows_are=self._mapping.rows.each,
            columns=self._columns.seen,
            unused=[name for name in self._header if name not in used],
            times=self._times,
            disorder=self._disorder,
        )

    def going_by(self, rows: Iterable[Row | Refusal]) -> Iterator[Row | Refusal]:
        """The rows, watched."""
        for row in rows:
            if isinstance(row, Row) and self._counts(row.cells):
                self._see(row)
            yield row

    def _counts(self, cells: Cells) -> bool:
        return len(cells) == len(self._header) and not any(truth(cells) for truth in self._left_out)

    def in_order(self) -> list[Interval]:
        """The intervals, in the order of the times they lead from and to."""
        places = {each.name: place for place, each in enumerate(self._sequence)}
        return sorted(self._intervals.values(), key=lambda each: (places[each.before], places[each.after]))

    def _see(self, row: Row) -> None:
        self._columns.see(row.cells)
        if id_ := self._id(row.cells):
            self.doubles.see(row.line, id_)
        given = [
            (each, instant)
            for each, time in zip(self._sequence, self._times, strict=True)
            if (instant := self._read(row.line, row.cells, each, time)) is not None
        ]
        if given:
            self._disorder.see(row.line, given[0][1])
        self._see_intervals(row.line, [(each, at) for each, at in given if each.place is not None])

    def _read(self, line: int, cells: Cells, placed: Placed, time: TimeSeen) -> int | None:
        try:
            instant = placed.read(cells)
        except RowRefused:
            time.see_unreadable(line)
            return None
        if instant is None:
            time.missing += 1
            return None
        time.see(line, instant.ms, self._now)
        if instant.doubt:
            time.see_doubt(line, instant.doubt)
        return instant.ms

    def _see_intervals(self, line: int, given: list[tuple[Placed, int]]) -> None:
        """Each time that is given, after the first of them and after the nearest that should come before it."""
        for number, (after, end) in enumerate(given):
            earlier = [each for each in given[:number] if each[0].place != after.place]
            for before, start in {earlier[0], earlier[-1]} if earlier else ():
                names = before.name, after.name
                self._intervals.setdefault(names, Interval(*names)).see(line, end - start)
