"""`pledgewatch register` and databases that will not do: what is said, exit code 2, and never a password."""

import sqlite3
from pathlib import Path

import pytest

from pledgewatch.cli import run
from pledgewatch.registering.opening import open_tables
from pledgewatch.settings import Settings
from register.database import open_register
from register.migrating import migrate, require
from tests.register.server import Postgres

SECRET = "geh-eim"


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert run(["register", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert SECRET not in told.err
    assert told.err.startswith("pledgewatch: ") and told.err.count("\n") == 1
    return told.err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nowhere", "no address of a database"),
        (f"postgresql://u:{SECRET}@h:port/d", "no address of a database"),
        (f"mysql://u:{SECRET}@h/d", "mysql is not known; the register is kept in SQLite or PostgreSQL"),
        (f"postgresql://u:{SECRET}@127.0.0.1:1/d", "Connection refused"),
        (f"postgresql://u@127.0.0.1:1/d?password={SECRET}", "Connection refused"),
        (f"postgresql+asyncpg://u:{SECRET}@127.0.0.1:1/d?nonsense=1", "nonsense"),
        ("sqlite:////no/such/folder/register.db", "unable to open database file"),
    ],
)
def test_an_address_that_will_not_do(capsys: pytest.CaptureFixture[str], url: str, said: str) -> None:
    for command in ("migrate", "run", "check", "rebuild"):
        assert said in refused(capsys, command, "--register-url", url)


def test_a_file_that_is_no_database(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text(
        "not a database, but long enough to be looked at as if it were one\n" * 9
    )
    assert "not a database" in refused(
        capsys, "migrate", "--register-url", f"sqlite:///{tmp_path / 'notes.txt'}"
    )


def test_a_password_that_is_wrong(capsys: pytest.CaptureFixture[str], postgres: Postgres) -> None:
    wrong = postgres.url.replace("s3cret", SECRET)
    assert "password authentication failed" in refused(capsys, "migrate", "--register-url", wrong)


def test_a_database_that_is_not_there(capsys: pytest.CaptureFixture[str], postgres_url: str) -> None:
    assert '"pledges" does not exist' in refused(
        capsys, "migrate", "--register-url", postgres_url.rpartition("/")[0] + "/pledges"
    )


def test_postgresql_is_migrated_by_whoever_says_so_and_sqlite_by_itself(
    capsys: pytest.CaptureFixture[str], fresh_postgres_url: str, tmp_path: Path
) -> None:
    told = refused(capsys, "check", "--register-url", fresh_postgres_url)
    assert "lacks 0001 (verdicts, open_clocks, positions): run `pledgewatch register migrate`" in told
    for said in ("0001 (verdicts, open_clocks, positions)\n", UP_TO_DATE):
        assert run(["register", "migrate", "--register-url", fresh_postgres_url]) == 0
        assert capsys.readouterr().out == said
    for settings in (
        Settings(register_url=fresh_postgres_url),
        Settings(register_url=f"sqlite:///{tmp_path / 'r.db'}"),
    ):
        with open_tables(settings) as engine:
            require(engine)


def test_tables_that_are_too_new(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "register.db"
    engine = open_register(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE register_version SET version_num = '0999'")
    for command in ("migrate", "run", "check", "rebuild"):
        assert "newer PledgeWatch" in refused(capsys, command, "--register-url", f"sqlite:///{path}")


UP_TO_DATE = "nothing to do: the tables are as they should be\n"
