"""Cells to values and truths: the parts of a mapping compiled into functions of a row."""

from collections.abc import Callable

from feeds.importing.columns import Cells, Columns, TextOf
from feeds.importing.localtime import Instant, ReadTime
from feeds.importing.mapping import Condition, Mapping, Moment, Value
from feeds.importing.refusals import RowRefused
from schemas.times import format_time

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
        self._named = mapping.times
        self.times: dict[str, InstantOf] = {}
        for name, moment in mapping.times.items():  # each may be made of those above it
            self.times[name] = self.moment(moment)

    def moment(self, moment: Moment) -> InstantOf:
        """A reader of a time; RowRefused, naming the column, where the cell holds no time."""
        read = self._source(moment)
        if moment.when is None and moment.unless is None:
            return read
        wanted = self.truths[moment.when] if moment.when else always
        unwanted = self.truths[moment.unless] if moment.unless else never
        return lambda cells: read(cells) if wanted(cells) and not unwanted(cells) else None

    def _source(self, moment: Moment) -> InstantOf:
        if moment.written is not None:
            dated_by = self._text(self._named[moment.date_of]) if moment.date_of else nothing
            return self._instant(self._text(moment), naming(moment), dated_by)
        parts = [self.times[name] for name in moment.others]
        return lambda cells: next((found for part in parts if (found := part(cells))), None)

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
            instant = self._instant(text, naming(value), nothing)
            return lambda cells: format_time(found.ms) if (found := instant(cells)) else None
        return text

    def _instant(self, text: TextOf, named: str, dated_by: TextOf) -> InstantOf:
        def read(cells: Cells) -> Instant | None:
            said = text(cells)
            if said is None:
                return None
            try:
                return self._read_time(said, dated_by(cells))
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
    """What people know a part's source by: its column, its text of columns, or the names of its times."""
    return part.column or part.text or (" or ".join(part.others) if isinstance(part, Moment) else "")


def nothing(cells: Cells) -> None:
    """No time, no text."""
    return


def always(cells: Cells) -> bool:
    """True of every row."""
    return True


def never(cells: Cells) -> bool:
    """True of no row."""
    return False
