"""The schema: what the steps make is what the tables say, on both databases, all of it or nothing."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from register.database import open_register
from register.migrating import VERSION_TABLE, SchemaError, migrate, require
from register.tables import METADATA
from tests.register.databases import database, empty_url

__all__ = ["database", "empty_url"]


def test_the_steps_make_what_the_tables_say(database: Engine) -> None:
    with database.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
    require(database)


def test_a_database_without_the_tables_is_told_to_migrate(empty_url: str) -> None:
    engine = open_register(empty_url)
    with pytest.raises(SchemaError, match=r"lacks 0001.*pledgewatch register migrate"):
        require(engine)
    assert migrate(engine) == ["0001 (verdicts, open_clocks, positions)"]
    assert migrate(engine) == []
    engine.dispose()


def test_tables_of_a_newer_version_are_left_alone(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0999'"))
    for refused in (migrate, require):
        with pytest.raises(SchemaError, match="newer PledgeWatch"):
            refused(database)


def test_a_step_that_fails_leaves_nothing_behind(empty_url: str) -> None:
    engine = open_register(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE positions (x INTEGER)"))  # the last of the first step's
    with pytest.raises(Exception, match="positions"):
        migrate(engine)
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["positions"]
    engine.dispose()


def test_two_who_migrate_at_once_do_it_one_after_the_other(empty_url: str) -> None:
    engine, done = open_register(empty_url), []
    several = [threading.Thread(target=lambda: done.append(migrate(engine))) for _ in range(4)]
    for each in several:
        each.start()
    for each in several:
        each.join()
    assert sorted(map(len, done)) == [0, 0, 0, 1]
    engine.dispose()
