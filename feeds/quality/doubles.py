"""Ids that stand on more than one row, found on the disk: an export need not fit in memory."""

import sqlite3
from typing import NamedTuple

from feeds.importing.gathering import SpaceError

_FIND = """
    SELECT id, COUNT(*), MIN(line), MAX(line) FROM seen GROUP BY id HAVING COUNT(*) > 1 ORDER BY MIN(line)
"""


class Doubled(NamedTuple):
    """An id, on how many rows it stands, and the first and the last of their lines."""

    id: str
    rows: int
    first: int
    last: int


class Doubles:
    """The ids of rows, remembered on the disk."""

    def __init__(self) -> None:
        self._disk = sqlite3.connect("")
        self._run("CREATE TABLE seen (id TEXT, line INTEGER)")

    def see(self, line: int, id_: str) -> None:
        """Remembers one row's id; SpaceError where there is no room for it."""
        self._run("INSERT INTO seen VALUES (?, ?)", id_, line)

    def found(self) -> list[Doubled]:
        """The ids that stand on several rows, in the order of their first."""
        return [Doubled(*record) for record in self._run(_FIND)]

    def _run(self, what: str, *values: str | int) -> list[tuple[str, int, int, int]]:
        try:
            return self._disk.execute(what, values).fetchall()
        except sqlite3.Error as failed:
            raise SpaceError(f"the temporary database failed: {failed}") from None
