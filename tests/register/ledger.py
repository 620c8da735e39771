"""Ledgers for tests: what workers write of generated histories, and a register that reads it without Kafka."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, select

from agents.register import Register
from register.store import RegisterStore
from register.tables import OPEN_CLOCKS, VERDICTS
from schemas.events import TYPES
from schemas.facts import Event, Fact
from streams.connection import Connection
from streams.following import Batch
from streams.topic_reading import Record
from streams.topics import LEDGER
from tests.clocks.histories import PACK


def register_in(engine: Engine) -> Register:
    """A register over this database."""
    return Register(Connection(bootstrap="127.0.0.1:1"), RegisterStore(engine), PACK)


async def read(register: Register, records: Sequence[Record], at_once: int = 2_000) -> None:
    """Hand it the records as batches come from Kafka."""
    register._held = register._store.positions()
    for first in range(0, len(records), at_once):
        some = list(records[first : first + at_once])
        ends = {(LEDGER, each.partition): each.offset + 1 for each in some}
        await register.take(Batch(some, ends, True, ""))


def numbered(records: Sequence[Record]) -> list[Record]:
    """The records with the offsets that Kafka would give them."""
    found: list[Record] = []
    ends: dict[int, int] = {}
    for each in records:
        offset = ends.get(each.partition, 0)
        found.append(each._replace(offset=offset))
        ends[each.partition] = offset + 1
    return found


def held(engine: Engine) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Everything that the tables hold, in order."""
    with engine.connect() as connection:
        verdicts = select(VERDICTS).order_by(*VERDICTS.primary_key.columns)
        still_open = select(OPEN_CLOCKS).order_by(OPEN_CLOCKS.c.clock)
        return tuple(  # type: ignore[return-value]
            [dict(row) for row in connection.execute(each).mappings()] for each in (verdicts, still_open)
        )


def event(subject: str, kind: str, at: int, recorded: int | None = None, **data: Any) -> Event:
    """An event of a subject at `at` (ms), recorded then unless told."""
    fact = Fact("cad/test", f"{kind}@{at}", kind, at, at if recorded is None else recorded, data)
    return Event(subject, TYPES[kind].topics[0], fact)
