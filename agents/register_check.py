"""Whether the register says what the ledger says: every subject's latest record beside its rows."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from msgspec import DecodeError

from agents.register_rows import Rows
from clocks.standard import Pack
from register.store import AT_ONCE, Position, RegisterStore, Row, Taken
from streams.connection import Connection
from streams.topic_reading import Record, TopicReader
from streams.topics import LEDGER

_NOWHERE = Position(0)
_LATER = -1
"""The offset of a record that the register has not read yet."""


class Checked(NamedTuple):
    """How many subjects were compared, what differs, a line each, and how many records are still to be read."""

    subjects: int
    differences: list[str]
    unread: int


def check(connection: Connection, store: RegisterStore, pack: Pack) -> Checked:
    """Compares as far as the register has read; it may be at work, so what differs is looked at a second time."""
    first = _checked(connection, store, pack)
    if not first.differences:
        return first
    second = _checked(connection, store, pack)
    both = set(first.differences).intersection(second.differences)
    return second._replace(differences=sorted(both))


def _checked(connection: Connection, store: RegisterStore, pack: Pack) -> Checked:
    """The ledger is read twice, so that memory holds its keys alone."""
    latest, unread = _latest(connection, store)
    unknown = store.open_subjects() - {name for _, name in latest}
    differences = [
        f"{name}: its clocks are open here, and the ledger has no such subject" for name in unknown
    ]
    with TopicReader(connection, [LEDGER]) as reader:
        theirs = (record for record in reader.to_end() if latest.get(_key(record)) == record.offset)
        while some := list(islice(theirs, AT_ONCE)):
            differences += _compared(some, store, pack)
    return Checked(sum(offset != _LATER for offset in latest.values()), differences, unread)


def _latest(connection: Connection, store: RegisterStore) -> tuple[dict[tuple[int, str], int], int]:
    """The offset of each subject's latest record that the register has read, and how many records it has not."""
    positions, latest, unread = store.positions(), dict[tuple[int, str], int](), 0
    with TopicReader(connection, [LEDGER]) as reader:
        for record in reader.to_end():
            if record.offset >= positions.get((record.topic, record.partition), _NOWHERE).next_offset:
                unread += 1
                latest[_key(record)] = _LATER
            elif "/" not in _key(record)[1]:
                latest[_key(record)] = record.offset
    return latest, unread


def _key(record: Record) -> tuple[int, str]:
    return record.partition, (record.key or b"").decode(errors="replace")


def _compared(records: Iterable[Record], store: RegisterStore, pack: Pack) -> Iterator[str]:
    rows = Rows(pack)
    for record in records:
        try:
            rows.take(_key(record)[1], record.value)
        except DecodeError as wrong:
            yield f"{_key(record)[1]}: its record cannot be read: {wrong}"
    should = rows.taken()
    yield from _differing(should, store.of_subjects(should.subjects))


def _differing(should: Taken, held: Taken) -> Iterator[str]:
    """Another life of a number that was used again is none of the ledger's any more."""
    wanted = {_revision(row): row for row in should.verdicts}
    lives = {name[:2] for name in wanted}
    found = {_revision(row): row for row in held.verdicts if _revision(row)[:2] in lives}
    yield from _lines("revision", wanted, found)
    yield from _lines("open clock", _by_clock(should), _by_clock(held))


def _by_clock(taken: Taken) -> dict[tuple[object, ...], Row]:
    return {(row["clock"],): row for row in taken.open_clocks}


def _lines(
    what: str, wanted: dict[tuple[object, ...], Row], found: dict[tuple[object, ...], Row]
) -> Iterator[str]:
    for name in wanted.keys() | found.keys():
        shown = f"{name[0]}, {what}{f' {name[2]}' if len(name) > 1 else ''}"
        if name not in found:
            yield f"{shown}: is missing"
        elif name not in wanted:
            yield f"{shown}: the ledger has no such"
        elif wanted[name] != found[name]:
            other = [column for column in wanted[name] if wanted[name][column] != found[name][column]]
            yield f"{shown}: differs in {', '.join(sorted(other))}"


def _revision(row: Row) -> tuple[object, ...]:
    return row["clock"], row["first_about_at"], row["revision"]
