"""One row to the events it stands for: all of them, or a refusal that says why; never half a row."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from feeds.importing.cells import Cellwork, DatumOf, always, naming, never, nothing
from feeds.importing.checking import data_fields
from feeds.importing.columns import Cells, Columns
from feeds.importing.localtime import Instant, reader_of
from feeds.importing.mapping import EventRule, Mapping, Moment, Recorded
from feeds.importing.refusals import RowRefused
from schemas.decoding import decode
from schemas.errors import Refused
from schemas.times import format_time, parse_duration


class Made(NamedTuple):
    """An event made of a row: its rule's place in the mapping, when it happened (ms), its JSON, its preference."""

    rule: int
    time: int
    json: bytes
    preferred: bool


class Rowful(NamedTuple):
    """What one row stands for; `key` names its unit, `version` (ms) ranks it, where rows have such."""

    subject: str
    key: str
    version: int
    made: list[Made]
    doubts: list[str]


class _Happening(NamedTuple):
    rule: int
    time: int
    data: dict[str, Any]
    preferred: bool


class Builder:
    """Makes a row's events by a mapping; ids depend on the subject, the rule and the unit alone."""

    def __init__(self, mapping: Mapping, columns: Columns) -> None:
        cellwork = Cellwork(mapping, columns, reader_of(mapping.time))
        self._source = mapping.source
        self._subject = columns.text(mapping.subject, [])
        self._key = columns.text(mapping.rows.key or "", [])
        latest_by = mapping.rows.latest_by
        self._version = cellwork.moment(latest_by) if latest_by else nothing
        self._rules = [_Rule(rule, cellwork) for rule in mapping.events]
        self._recorded = _recording(mapping.recorded, cellwork)
        self._left_out = [(name, cellwork.truths[name]) for name in mapping.leave_out]
        self._expected = [(name, cellwork.truths[name]) for name in mapping.expect]

    def leaves_out(self, cells: Cells) -> str | None:
        """The name of the first condition by which the mapping leaves this row out."""
        return next((name for name, truth in self._left_out if truth(cells)), None)

    def build(self, cells: Cells) -> Rowful:
        """The row's events; RowRefused where a cell cannot be read or an event would not be taken."""
        subject, key = self._named(cells)
        for name, truth in self._expected:
            if not truth(cells):
                raise RowRefused("unexpected", f"{subject}: {name} is expected, and is not so")
        doubts: list[str] = []
        version = self._version_of(cells)
        happenings = [each for n, rule in enumerate(self._rules) if (each := rule.make(n, cells, doubts))]
        if not happenings:
            raise RowRefused("no-event", f"{subject}: no event's time is given")
        recorded = self._recorded(cells, max(each.time for each in happenings))
        made = [self._event(subject, key, each, recorded) for each in happenings]
        return Rowful(subject, key, version, made, doubts)

    def _named(self, cells: Cells) -> tuple[str, str]:
        subject, key = self._subject(cells), self._key(cells)
        if subject is None or key is None:
            what = "the subject" if subject is None else "the row's key"
            raise RowRefused("missing", f"a column of {what} is missing")
        return subject, key

    def _version_of(self, cells: Cells) -> int:
        instant = self._version(cells)
        return instant.ms if instant else 0

    def _event(self, subject: str, key: str, happening: _Happening, recorded: int) -> Made:
        rule = self._rules[happening.rule]
        event = {
            "specversion": "1.0",
            "id": f"{subject}/{rule.called}" + (f"/{key}" if rule.per_row else ""),
            "source": self._source,
            "type": rule.type,
            "subject": subject,
            "time": format_time(happening.time),
            "recordedtime": format_time(max(happening.time, recorded)),
            "data": happening.data,
        }
        return Made(happening.rule, happening.time, _checked(msgspec.json.encode(event)), happening.preferred)


class _Rule:
    """An event rule, compiled."""

    def __init__(self, rule: EventRule, cellwork: Cellwork) -> None:
        self.type, self.called, self.per_row = rule.type, rule.called, rule.per == "row"
        self._required = rule.required
        self._named = naming(rule.time)
        self._time = cellwork.moment(rule.time)
        self._when = cellwork.truths[rule.when] if rule.when else always
        self._unless = cellwork.truths[rule.unless] if rule.unless else never
        self._prefer = cellwork.truths[rule.prefer] if rule.prefer else never
        fields = data_fields(rule.type)
        self._needed = {name: naming(of) for name, of in rule.data.items() if fields[name].is_required()}
        self._data: dict[str, DatumOf] = {name: cellwork.datum(value) for name, value in rule.data.items()}

    def make(self, number: int, cells: Cells, doubts: list[str]) -> _Happening | None:
        if not self._when(cells) or self._unless(cells):
            return None
        instant = self._time(cells)
        if instant is None and self._required:
            raise RowRefused("missing", f"{self._named}: missing, and {self.called} cannot be without it")
        if instant is None:
            return None
        if instant.doubt:
            doubts.append(instant.doubt)
        return _Happening(number, instant.ms, self._data_of(cells), self._prefer(cells))

    def _data_of(self, cells: Cells) -> dict[str, Any]:
        data = {name: value for name, read in self._data.items() if (value := read(cells)) is not None}
        for name, column in self._needed.items():
            if name not in data:
                raise RowRefused(
                    "missing", f"{column}: missing, and {self.called} cannot be without its {name}"
                )
        return data


def _recording(recorded: Recorded, cellwork: Cellwork) -> Callable[[Cells, int], int]:
    """When a row's events were recorded at the earliest (ms), given its last event's time."""
    late = recorded.late
    if late is not None:
        touched, after = cellwork.moment(Moment(column=late.column)), parse_duration(late.after)
        return lambda cells, last: _if_late(touched(cells), last + after)
    if recorded.column is not None:
        column = cellwork.moment(Moment(column=recorded.column))
        return lambda cells, last: _if_late(column(cells), 0)
    return lambda cells, last: 0


def _if_late(touched: Instant | None, after: int) -> int:
    return touched.ms if touched is not None and touched.ms > after else 0


def _checked(event: bytes) -> bytes:
    """The event, if those who read it would take it."""
    try:
        decode(event)
    except Refused as refused:
        raise RowRefused("bad-event", f"{refused.field}: {refused.detail}") from None
    return event
