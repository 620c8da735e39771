"""The register as it is written: what a batch of the ledger tells, in one transaction with how far that was read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Connection, Engine, Insert, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from register.tables import OPEN_CLOCKS, POSITIONS, VERDICTS
from schemas.errors import PledgeWatchError

Place = tuple[str, int]
"""A topic and a partition of it."""
Row = Mapping[str, Any]
"""What a row says, by the names of its columns; moments in ms."""
_TELL: Any = {"preserve_rowcount": True}
"""Left to itself SQLAlchemy forgets how many rows an INSERT wrote."""
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
    verdicts: Sequence[Row]
    open_clocks: Sequence[Row]


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
        self._begin_position = insert(POSITIONS).on_conflict_do_nothing().execution_options(**_TELL)

    def positions(self) -> dict[Place, Position]:
        """How far each partition was read."""
        with self._engine.connect() as connection:
            return _as_positions(connection.execute(select(POSITIONS)).all())

    def write(
        self,
        taken: Taken,
        before: Mapping[Place, Position],
        after: Mapping[Place, Position],
        *,
        strict: bool = False,
    ) -> int:
        """Writes all of it or nothing; how many rows of `verdicts` are other than they were.

        `before`: the positions as they were read; OvertakenError where they are not those any more. `strict`:
        revisions of these clocks beyond the last of them are taken out.
        """
        with self._engine.begin() as connection:
            self._move(connection, before, after)
            for subjects in _in_parts(taken.subjects):
                connection.execute(delete(OPEN_CLOCKS).where(OPEN_CLOCKS.c.subject.in_(subjects)))
            if taken.open_clocks:
                connection.execute(OPEN_CLOCKS.insert(), taken.open_clocks)
            if not taken.verdicts:
                return 0
            if strict:
                connection.execute(_BEYOND, _last_revisions(taken.verdicts))
            return connection.execute(self._note_verdicts, taken.verdicts).rowcount

    def forget_reading(self, before: Mapping[Place, Position] | None = None) -> None:
        """Everything is to be read again; what was said stays, for the ledger may have forgotten it since (S8).

        OvertakenError where the positions are not those of `before`.
        """
        with self._engine.begin() as connection:
            gone = connection.execute(delete(POSITIONS).returning(*POSITIONS.columns)).all()
            if before is not None and _as_positions(gone) != before:
                raise OvertakenError("another register has read on")
            connection.execute(delete(OPEN_CLOCKS))

    def of_subjects(self, subjects: Sequence[str]) -> Taken:
        """What the tables hold of up to AT_ONCE subjects."""
        with self._engine.connect() as connection:
            verdicts, still_open = (
                connection.execute(select(each).where(each.c.subject.in_(subjects))).mappings().all()
                for each in (VERDICTS, OPEN_CLOCKS)
            )
        return Taken(list(subjects), cast("Sequence[Row]", verdicts), cast("Sequence[Row]", still_open))

    def open_subjects(self) -> set[str]:
        """The subjects that have an open clock."""
        with self._engine.connect() as connection:
            return set(connection.execute(select(OPEN_CLOCKS.c.subject).distinct()).scalars())

    def counts(self) -> tuple[int, int]:
        """How many rows `verdicts` and `open_clocks` have."""
        with self._engine.connect() as connection:
            first, second = (
                connection.execute(select(func.count()).select_from(each)).scalar_one()
                for each in (VERDICTS, OPEN_CLOCKS)
            )
        return first, second

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


def _as_positions(rows: Sequence[Any]) -> dict[Place, Position]:
    return {(row.topic, row.partition): Position(row.next_offset, row.topic_id) for row in rows}


def _in_parts(subjects: list[str]) -> Iterator[list[str]]:
    return (subjects[first : first + AT_ONCE] for first in range(0, len(subjects), AT_ONCE))


_BEYOND = delete(VERDICTS).where(
    VERDICTS.c.clock == bindparam("of"),
    VERDICTS.c.first_about_at == bindparam("since"),
    VERDICTS.c.revision > bindparam("last"),
)


def _last_revisions(verdicts: Sequence[Row]) -> list[Row]:
    last: dict[tuple[str, int], int] = {}
    for row in verdicts:
        clock = row["clock"], row["first_about_at"]
        last[clock] = max(row["revision"], last.get(clock, 0))
    return [{"of": clock, "since": since, "last": number} for (clock, since), number in last.items()]


def _unless_the_same(insert: Any) -> Insert:
    """A row that says what stands there already is not written: replaying the ledger changes nothing."""
    keys = VERDICTS.primary_key.columns
    told = [column for column in VERDICTS.columns if column.name not in keys]
    new: Insert = insert.on_conflict_do_update(
        index_elements=list(keys),
        set_={column.name: insert.excluded[column.name] for column in told},
        where=or_(*(column.is_distinct_from(insert.excluded[column.name]) for column in told)),
    )
    return new.execution_options(**_TELL)
