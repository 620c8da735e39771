"""The page about the register: its commands say what it shows, its columns are there, its questions answer."""

from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, text

from agents.register import MOMENTS
from agents.register_rows import Rows
from clocks.replaying import next_moment, play, play_until
from clocks.shard import Shard
from register.database import open_register
from register.migrating import migrate
from register.store import RegisterStore
from register.tables import METADATA
from schemas.facts import Event
from schemas.times import DAY, HOUR, MINUTE, SECOND
from tests.clocks.histories import PACK
from tests.docs.commands import agrees, said, steps
from tests.docs.pages import blocks, text_of
from tests.register.ledger import event

PAGE = text_of("register.md")
QUESTIONS = blocks(PAGE, "sql")
T0 = 1_256_378_400_000
"""2009-10-24T10:00Z, in the week 2009-W43"""
_numbers = count(1)


def test_the_commands_say_what_the_page_shows(
    monkeypatch: pytest.MonkeyPatch, capfd: Any, fresh_postgres_url: str
) -> None:
    _, (migrating, shown), (running, _) = steps(blocks(PAGE, "console")[0])
    monkeypatch.setenv("PLEDGEWATCH_REGISTER_URL", fresh_postgres_url)
    assert agrees(shown, said(migrating, capfd))
    assert running == "pledgewatch register run"
    assert f"in the last {MOMENTS:.0f} seconds" in PAGE


def test_every_column_is_told_of_and_no_other() -> None:
    columns = {column.name for table in METADATA.sorted_tables for column in table.columns}
    cells = "".join(line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `"))
    third = PAGE.partition("`positions` (")[2].partition(")")[0]
    assert set((cells + third).split("`")[1::2]) == columns


@pytest.fixture(scope="module")
def filled(postgres: Any) -> Any:
    """A register after a few incidents that the questions are about."""
    engine = open_register(postgres.create("questions"))
    migrate(engine)
    rows = Rows(PACK)
    for name, value in ledger().items():
        rows.take(name, value)
    RegisterStore(engine).write(rows.taken(), {}, {})
    yield engine
    engine.dispose()


def incident(*more: tuple[str, int, int, dict[str, str]]) -> list[Event]:
    name = f"CAD-{next(_numbers)}"
    created = event(name, "incident.created", T0, grade="I", borough="Camden")
    return [created, *(event(name, kind, T0 + at, T0 + at + late, **data) for kind, at, late, data in more)]


def ledger() -> dict[str, bytes | None]:
    arrived = "unit.arrived"
    told = [
        *incident(("incident.regraded", 11 * MINUTE + 30 * SECOND, 0, {"grade": "S"})),
        *incident((arrived, 11 * MINUTE + 45 * SECOND, 0, {"unit": "A1"})),
        *incident((arrived, 10 * MINUTE, 3 * DAY, {"unit": "A2"})),
        *incident((arrived, 14 * MINUTE, HOUR, {"unit": "A3"})),
    ]
    shard = Shard(PACK, forgets=False)
    for each in sorted(told, key=lambda each: each.fact.recorded):
        list(play(shard, [each]))
    while (moment := next_moment(shard)) is not None:
        play_until(shard, moment)
    return {name: shard.save(name) for name in shard.take_changed() if "/" not in name}


def answers(engine: Engine, question: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(question.replace(":", r"\:")))]


def test_every_question_answers(filled: Engine) -> None:
    standing, downgraded, heaped, keyed, grades, corrected, published = (
        answers(filled, each) for each in QUESTIONS
    )
    assert set(standing) == {
        ("attend-immediate", "excluded", 1),
        ("attend-immediate", "met", 2),
        ("attend-immediate", "breached", 1),
        ("attend-priority", "breached", 1),
    }
    assert downgraded == [("Camden", 1)]
    assert heaped == [(23, 1)]
    assert [(borough, minutes > HOUR / MINUTE) for borough, minutes in keyed] == [("Camden", True)]
    assert ("I", "S", "excluded", 1) in grades
    assert [row[:3] for row in corrected] == [("CAD-3/attend-immediate", "breached", "met")]
    assert ("attend-immediate", "met", 1) in published
    assert ("attend-immediate", "breached", 2) in published
