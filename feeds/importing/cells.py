"""Cells to values and truths: the parts of a mapping compiled into functions of a row."""

from collections.abc import Callable

from feeds.importing.columns import Cells, Columns, TextOf
from feeds.importing.localtime import Instant
from feeds.importing.mapping import Condition, Mapping, Moment, Value
from feeds.importing.refusals import RowRefused
from schemas.times import format_time

ReadTime = Callable[[str], Instant]
Truth = Callable[[Cells], bool]
InstantOf = Callable[[Cells], Instant | None]
Datum = str | int | bool | None
DatumOf = Callable[[Cells], Datum]


class Cellwork:
    """Compiles a mapping's values, moments and conditions against a file's columns, once a file."""

    def __init__(self, mapping: Mapping, columns: Columns, read_time: ReadTime) -> None:
        self._columns = columns
        self._tables = mapping.tables
        self._read_time = read_time
        self.truths = {name: self._truth(condition) for name, condition in mapping.conditions.items()}

    def moment(self, moment: Moment) -> InstantOf:
        """A reader of a time; RowRefused, naming the column, where the cell holds no time."""
        return self._instant(self._text(moment), naming(moment))

    def datum(self, value: Value) -> DatumOf:
        """A reader of a value for an event's data; None leaves the field out."""
        if value.condition is not None:
            return self.truths[value.condition]
        if value.constant is not None:
            constant = value.constant
            return lambda cells: constant
        text = self._text(value)
        if value.table is not None:
            return self._looked_up(text, value.table, naming(value))
        return self._as(text, value)

    def _text(self, part: Moment | Value) -> TextOf:
        if part.column is not None:
            return self._columns.cell(part.column, part.missing)
        return self._columns.text(part.text or "", part.missing)

    def _as(self, text: TextOf, value: Value) -> DatumOf:
        if value.as_ == "integer":
            return _integer(text, naming(value))
        if value.as_ == "time":
            instant = self._instant(text, naming(value))
            return lambda cells: format_time(found.ms) if (found := instant(cells)) else None
        return text

    def _instant(self, text: TextOf, named: str) -> InstantOf:
        def read(cells: Cells) -> Instant | None:
            said = text(cells)
            if said is None:
                return None
            try:
                return self._read_time(said)
            except RowRefused as refused:
                raise RowRefused(refused.reason, f"{named}: {refused.detail}") from None

        return read

    def _looked_up(self, text: TextOf, table: str, named: str) -> DatumOf:
        words = self._tables[table]

        def read(cells: Cells) -> Datum:
            said = text(cells)
            if said is not None and said not in words:
                raise RowRefused("not-in-table", f"{named}: {said!r} is not in the table {table!r}")
            return words[said] if said is not None else None

        return read

    def _truth(self, condition: Condition) -> Truth:
        if condition.column is not None:
            return self._test(self._columns.cell(condition.column, []), condition)
        if condition.not_ is not None:
            inner = self._truth(condition.not_)
            return lambda cells: not inner(cells)
        parts = [self._truth(part) for part in condition.any_ or condition.all_ or []]
        every = all if condition.all_ is not None else any
        return lambda cells: every(part(cells) for part in parts)

    def _test(self, text: TextOf, condition: Condition) -> Truth:
        if condition.is_ is not None:
            words = frozenset(condition.is_)
            return lambda cells: text(cells) in words
        if condition.equals is not None:
            other = self._columns.cell(condition.equals, [])
            return lambda cells: text(cells) is not None and text(cells) == other(cells)
        return lambda cells: text(cells) is None


def _integer(text: TextOf, named: str) -> DatumOf:
    def read(cells: Cells) -> Datum:
        said = text(cells)
        try:
            return int(said) if said is not None else None
        except ValueError:
            raise RowRefused("bad-number", f"{named}: {said!r} is not a whole number") from None

    return read


def naming(part: Moment | Value) -> str:
    """What people know a part's source by: its column, or its text of columns."""
    return part.column or part.text or ""
