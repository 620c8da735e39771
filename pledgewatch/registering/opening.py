"""The register's database as the settings name it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from pledgewatch.settings import Settings
from register.database import RegisterAwayError, RegisterError, open_register, passes, shown, told
from register.migrating import migrate, require


@contextmanager
def open_database(settings: Settings) -> Iterator[Engine]:
    """The database, whatever is in it; RegisterError where it cannot be used, also while it is."""
    engine = open_register(settings.register_url)
    try:
        yield engine
    except DBAPIError as failed:
        kind = RegisterAwayError if passes(failed) else RegisterError
        raise kind(f"the register at {shown(engine)}: {told(failed)}") from None
    finally:
        engine.dispose()


@contextmanager
def open_tables(settings: Settings, *, migrating: bool = False) -> Iterator[Engine]:
    """The database with its tables as this version has them; SchemaError where they are not.

    `migrating` brings them up to date; SQLite's, which nobody else has to agree with, always are.
    """
    with open_database(settings) as engine:
        if migrating or engine.dialect.name == "sqlite":
            migrate(engine)
        require(engine)
        yield engine
