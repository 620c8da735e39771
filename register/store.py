"""The register as it is written: what a batch of the ledger tells, in one transaction with how far that was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Insert, and_, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from register.tables import OPEN_CLOCKS, POSITIONS, VERDICTS
from schemas.errors import PledgeWatchError

Place = tuple[str, int]
"""A topic and a partition of it."""
Row = Mapping[str, Any]
"""What a row says, by the names of its columns; moments in ms."""
AT_ONCE = 500
"""So many names go into one IN (…)."""


class OvertakenError(PledgeWatchError):
    """Another register has read on: nothing was written, the positions are to be read again.

    Operator action: none; one register is enough, and several do no harm.
    """


@dataclass(frozen=True)
class Taken:
    """What a batch comes to: the subjects it tells of, all their revisions, and which of their clocks are open."""

    subjects: list[str]
    verdicts: list[Row]
    open_clocks: list[Row]


@dataclass(frozen=True)
class Position:
    """Where to read on; `topic_id` is Kafka's, empty where it does not say."""

    next_offset: int
    topic_id: str = ""


class RegisterStore:
    """Reads and writes the tables; DBAPIError of SQLAlchemy's where the database does not do it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
        self._note_verdicts = _unless_the_same(insert(VERDICTS))
        self._begin_position = insert(POSITIONS).on_conflict_do_nothing()

    def positions(self) -> dict[Place, Position]:
        """How far each partition was read."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(POSITIONS)).all()
        return {(row.topic, row.partition): Position(row.next_offset, row.topic_id) for row in rows}

    def write(self, taken: Taken, before: Mapping[Place, Position], after: Mapping[Place, Position]) -> int:
        """Writes all of it or nothing; how many rows of `verdicts` are other than they were.

        `before`: the positions as they were read; OvertakenError where they are not those any more.
        """
        with self._engine.begin() as connection:
            self._move(connection, before, after)
            for first in range(0, len(taken.subjects), AT_ONCE):
                subjects = taken.subjects[first : first + AT_ONCE]
                connection.execute(delete(OPEN_CLOCKS).where(OPEN_CLOCKS.c.subject.in_(subjects)))
            if taken.open_clocks:
                connection.execute(OPEN_CLOCKS.insert(), taken.open_clocks)
            if not taken.verdicts:
                return 0
            return connection.execute(self._note_verdicts, taken.verdicts).rowcount

    def forget_reading(self) -> None:
        """Everything is to be read again; what was said stays, for the ledger may have forgotten it since (S8)."""
        with self._engine.begin() as connection:
            connection.execute(delete(POSITIONS))
            connection.execute(delete(OPEN_CLOCKS))

    def _move(
        self, connection: Connection, before: Mapping[Place, Position], after: Mapping[Place, Position]
    ) -> None:
        """First of all, and in one order: who comes second waits here, and finds that he was overtaken."""
        for place, position in sorted(after.items()):
            held = before.get(place)
            if position != held and not self._moved(connection, place, held, position):
                raise OvertakenError("another register has read on")

    def _moved(self, connection: Connection, place: Place, held: Position | None, now: Position) -> bool:
        new = {"next_offset": now.next_offset, "topic_id": now.topic_id}
        if held is None:
            row = {"topic": place[0], "partition": place[1], **new}
            return connection.execute(self._begin_position.values(row)).rowcount == 1
        columns = POSITIONS.c
        at = and_(columns.topic == place[0], columns.partition == place[1])
        as_held = and_(columns.next_offset == held.next_offset, columns.topic_id == held.topic_id)
        return connection.execute(update(POSITIONS).where(at, as_held).values(new)).rowcount == 1


def _unless_the_same(insert: Any) -> Insert:
    """A row that says what stands there already is not written: replaying the ledger changes nothing."""
    keys = VERDICTS.primary_key.columns
    told = [column for column in VERDICTS.columns if column.name not in keys]
    new: Insert = insert.on_conflict_do_update(
        index_elements=list(keys),
        set_={column.name: insert.excluded[column.name] for column in told},
        where=or_(*(column.is_distinct_from(insert.excluded[column.name]) for column in told)),
    )
    return new
