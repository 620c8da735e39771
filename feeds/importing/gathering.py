"""Rows to subjects: one row each, the latest version of several, or several units of one.

Rows of a subject may stand anywhere in the file, so they wait in a temporary database on the disk: an export
that does not fit in memory can be imported all the same.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from typing import NamedTuple

from feeds.importing.building import Made, Rowful
from feeds.importing.mapping import EventRule, Mapping
from feeds.importing.refusals import Refusal
from feeds.importing.tally import Tally
from schemas.errors import PledgeWatchError

_SCHEMA = (
    "CREATE TABLE waiting (line INTEGER PRIMARY KEY, subject TEXT, key TEXT, version INTEGER, made TEXT)"
)
_INDEX = "CREATE INDEX by_subject ON waiting (subject)"
# CROSS JOIN keeps the order of the loops: the other way round every subject reads the whole table.
_BY_SUBJECT = """
    SELECT line, waiting.subject, key, version, made
    FROM (SELECT subject, MIN(line) AS first FROM waiting GROUP BY subject) AS subjects
    CROSS JOIN waiting ON waiting.subject = subjects.subject
    ORDER BY first, line
"""

Placed = tuple[int, Rowful]
"""A row's line, and what it stands for."""


class SpaceError(PledgeWatchError):
    """The temporary database could not be written.

    Operator action: give TMPDIR a disk with room for a copy of the export.
    """


class Gathering(NamedTuple):
    """How rows become subjects by this mapping, where what happened is counted and refusals are told."""

    mapping: Mapping
    tally: Tally
    refuse: Callable[[Refusal], None]

    def events(self, rows: Iterable[Placed]) -> Iterator[bytes]:
        """The events of all subjects, in the order of each subject's first row."""
        if self.mapping.rows.each == "subject":
            for _, row in rows:
                yield from (made.json for made in row.made)
            return
        choose = self._latest if self.mapping.rows.each == "version" else self._united
        with closing(sqlite3.connect("")) as disk:
            yield from self._through(disk, rows, choose)

    def _through(self, disk: sqlite3.Connection, rows: Iterable[Placed], choose: "Choose") -> Iterator[bytes]:
        try:
            disk.execute(_SCHEMA)
            disk.executemany("INSERT INTO waiting VALUES (?, ?, ?, ?, ?)", map(_frozen, rows))
            disk.execute(_INDEX)
            for _, group in groupby(disk.execute(_BY_SUBJECT), key=lambda record: record[1]):
                yield from choose([_thawed(record) for record in group])
        except sqlite3.Error as failed:
            raise SpaceError(f"the temporary database failed: {failed}") from None

    def _latest(self, rows: list[Placed]) -> list[bytes]:
        """The newest version's events; of two as new the later line's."""
        _, newest = max(rows, key=lambda placed: (placed[1].version, placed[0]))
        self.tally.gave_way += len(rows) - 1
        return [made.json for made in newest.made]

    def _united(self, rows: list[Placed]) -> list[bytes]:
        """Each subject event once, from the row the mapping picks; each row event of every unit."""
        units = list(self._distinct(rows))
        chosen: list[bytes] = []
        for number, rule in enumerate(self.mapping.events):
            made = [made for unit in units for made in unit.made if made.rule == number]
            chosen += [each.json for each in (made if rule.per == "row" else _picked(rule, made))]
        return chosen

    def _distinct(self, rows: list[Placed]) -> Iterator[Rowful]:
        """The rows with keys of their own: a row given twice is one, two rows of one key are refused."""
        first: dict[str, Placed] = {}
        for line, row in rows:
            earlier_line, earlier = first.setdefault(row.key, (line, row))
            if earlier is row:
                yield row
            elif earlier == row:
                self.tally.repeated += 1
            else:
                detail = (
                    f"{row.subject}: {row.key!r} stands on line {earlier_line} already, with other contents"
                )
                self.refuse(Refusal(line, "same-key", detail))


Choose = Callable[[list[Placed]], list[bytes]]


def _picked(rule: EventRule, made: list[Made]) -> list[Made]:
    if not made:
        return []
    pick = min if rule.pick == "earliest" else max
    return [pick([each for each in made if each.preferred] or made, key=lambda each: each.time)]


def _frozen(placed: Placed) -> tuple[int, str, str, int, str]:
    line, row = placed
    made = [(each.rule, each.time, each.json.decode(), each.preferred) for each in row.made]
    return line, row.subject, row.key, row.version, json.dumps(made)


def _thawed(record: tuple[int, str, str, int, str]) -> Placed:
    line, subject, key, version, made = record
    events = [Made(rule, time, text.encode(), preferred) for rule, time, text, preferred in json.loads(made)]
    return line, Rowful(subject, key, version, events, [])
