"""Writing: all or nothing, never over another register, and nothing where nothing is new; on both databases."""

import threading
from typing import Any

import pytest
from sqlalchemy import Engine

from clocks.shard import Shard
from register.store import OvertakenError, Position, RegisterStore, Taken
from schemas.times import DAY
from tests.agents.test_board_ledger import T0, of_ledger, records_of
from tests.clocks.histories import PACK
from tests.register.databases import database, empty_url
from tests.register.ledger import event, held, numbered, read, register_in

__all__ = ["database", "empty_url"]
PLACE = ("clock-ledger", 3)
NOTHING = Taken([], [], [])


def test_positions_come_back_as_they_were_written(database: Engine) -> None:
    store = RegisterStore(database)
    store.write(NOTHING, {}, {PLACE: Position(7, "a topic")})
    store.write(NOTHING, store.positions(), {PLACE: Position(2**40, "a topic")})
    assert store.positions() == {PLACE: Position(2**40, "a topic")}


def test_who_was_overtaken_writes_nothing(database: Engine) -> None:
    store, row = RegisterStore(database), open_row("CAD-1")
    store.write(NOTHING, {}, {PLACE: Position(7)})
    for stale in ({}, {PLACE: Position(6)}, {PLACE: Position(7, "another")}):
        with pytest.raises(OvertakenError):
            store.write(Taken(["CAD-1"], [], [row]), stale, {PLACE: Position(9)})
    assert store.positions() == {PLACE: Position(7)}
    assert store.counts() == (0, 0)


def test_of_many_who_write_at_once_one_does(database: Engine) -> None:
    store, done = RegisterStore(database), []

    def write(number: int) -> None:
        try:
            store.write(Taken([], [], [open_row(f"CAD-{number}")]), {}, {PLACE: Position(number)})
            done.append(number)
        except OvertakenError:
            pass

    several = [threading.Thread(target=write, args=(number,)) for number in range(1, 9)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert store.positions() == {PLACE: Position(*done)}
    assert store.open_subjects() == {f"CAD-{number}" for number in done}


async def test_open_clocks_are_those_of_the_latest_record(database: Engine) -> None:
    shard = Shard(PACK)
    begun = [
        event("CAD-1", "incident.created", T0, grade="I"),
        event("CAD-2", "incident.created", T0, grade="I"),
    ]
    shard.fold(begun)
    first = [of_ledger(0, key, shard.save(key)) for key in shard.take_changed()]
    shard.fold([event("CAD-1", "unit.arrived", T0 + 60_000, unit="A1")])
    then = [of_ledger(0, key, shard.save(key)) for key in shard.take_changed()]
    register = register_in(database)

    await read(register, numbered(first))
    assert RegisterStore(database).open_subjects() == {"CAD-1", "CAD-2"}
    await read(register, numbered([*first, *then])[2:])
    assert RegisterStore(database).open_subjects() == {"CAD-2"}
    gone = numbered([*first, *then, of_ledger(0, "CAD-2", None)])[-1:]
    await read(register, gone)
    assert RegisterStore(database).open_subjects() == set()


async def test_a_forgotten_subject_keeps_its_verdicts_and_a_number_used_again_is_another_clock(
    database: Engine,
) -> None:
    lives = [
        records_of(Shard(PACK, forgets=False), 0, [event("CALL-1", "call.presented", at, line="999")])
        for at in (T0, T0 + 30 * 86_400_000)
    ]
    await read(register_in(database), numbered([*lives[0], of_ledger(0, "CALL-1", None), *lives[1]]))
    verdicts, _ = held(database)
    assert [(row["counted"], row["verdict"], row["due_at"]) for row in verdicts] == [
        (True, "breached", T0 + 10_000),
        (True, "breached", T0 + 30 * 86_400_000 + 10_000),
    ]


async def test_two_lives_of_one_number_that_are_said_in_the_same_millisecond_are_two_clocks(
    database: Engine,
) -> None:
    """As whoever reads up says them."""
    now, records = T0 + 60 * DAY, []
    for begins in (T0, T0 + 30 * DAY):
        shard = Shard(PACK, forgets=False)
        answered = event("CALL-1", "call.answered", begins + 5_000)
        shard.fold([event("CALL-1", "call.presented", begins, line="999"), answered], said_at=now)
        records += [of_ledger(0, key, shard.save(key)) for key in shard.take_changed()]
    await read(register_in(database), numbered(records))
    verdicts, _ = held(database)
    assert [(row["verdict"], row["known_at"], row["stop_at"]) for row in verdicts if row["counted"]] == [
        ("met", now, T0 + 5_000),
        ("met", now, T0 + 30 * DAY + 5_000),
    ]


async def test_reading_all_of_it_again_writes_no_row(database: Engine) -> None:
    shard = Shard(PACK)
    events = [
        event("CAD-1", "incident.created", T0, grade="I", borough="Camden", category="a \0 in it"),
        event("CAD-1", "incident.regraded", T0 + 60_000, grade="S"),
        event("CALL-1", "call.presented", T0, line="999"),
        event("CALL-1", "call.answered", T0 + 9_000, recorded=T0 + 90_000),
    ]
    records = numbered(records_of(shard, 0, events))[-3:]
    register = register_in(database)
    await read(register, records)
    once = held(database)
    assert register.rows == len(once[0]) > 3
    RegisterStore(database).forget_reading()
    again = register_in(database)
    await read(again, records)
    assert (held(database), again.rows) == (once, 0)


async def test_strictly_revisions_that_the_ledger_does_not_have_go(database: Engine) -> None:
    records = numbered(records_of(Shard(PACK), 0, [event("CALL-1", "call.presented", T0, line="999")]))
    await read(register_in(database), records)
    once = held(database)
    store = RegisterStore(database)
    store.write(Taken([], [once[0][0] | {"revision": 2}], []), {}, {})
    assert len(held(database)[0]) == 2
    store.write(Taken([], once[0], []), {}, {})
    assert len(held(database)[0]) == 2
    store.write(Taken([], once[0], []), {}, {}, strict=True)
    assert held(database) == once


def open_row(subject: str) -> dict[str, Any]:
    moments = dict.fromkeys(("start_at", "due_at", "breach_at"), T0)
    return {
        "clock": f"{subject}/attend-immediate",
        "subject": subject,
        "standard": "attend-immediate",
        "stage": "running",
        "cohort": "live",
        "units": 0,
        "chased": 0,
        **moments,
    }
