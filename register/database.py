"""The register's database: opened, or a message that says what to do; passwords are never told."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, InternalError, NoSuchModuleError, OperationalError

from schemas.errors import PledgeWatchError

DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
"""The databases that are known, and by which driver each is spoken to."""
BUSY = 30
"""Seconds that a writer of SQLite waits for another."""
BEGIN = "pledgewatch_begin"
"""A connection's option that names how SQLite begins: `BEGIN IMMEDIATE` where it reads before it writes."""
CONNECT_WITHIN = 10
"""Seconds that PostgreSQL has to answer."""


class RegisterError(PledgeWatchError):
    """The register's database cannot be used.

    Operator action: do what the message says: mend `register_url`, bring the database up, or migrate it.
    """


class RegisterAwayError(RegisterError):
    """The register's database cannot be reached, or does not take what is written.

    Operator action: check `register_url`, and that the database is up and its disk not full.
    """


def open_register(url: str) -> Engine:
    """The database at `url`, which has answered; RegisterError, RegisterAwayError. To be disposed of."""
    engine = _engine(_read(url))
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, UnicodeError) as failed:
        engine.dispose()
        raise RegisterAwayError(f"cannot open the register at {shown(engine)}: {told(failed)}") from None
    return engine


def shown(engine: Engine) -> str:
    """Its address as it may be shown: a password may stand among the options, too."""
    return engine.url.set(query={}).render_as_string(hide_password=True)


def told(failed: Exception) -> str:
    """What a driver says of a failure, in one line."""
    original = failed.orig if isinstance(failed, DBAPIError) else failed
    lines = str(original).strip().splitlines() or [type(original).__name__]
    return "; ".join(line.strip() for line in lines[:2])


def passes(failed: DBAPIError) -> bool:
    """Whether it may work later: the database went away, is busy, full, or only to be read just now."""
    return failed.connection_invalidated or isinstance(failed, (OperationalError, InternalError))


def _read(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise RegisterError(  # the address itself may hold a password: it is not repeated
            "register_url is no address of a database: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
        ) from None
    driver = DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise RegisterError(
            f"register_url: {parsed.get_backend_name()} is not known; the register is kept in SQLite or PostgreSQL"
        )
    return parsed.set(drivername=driver)


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(url, connect_args={"connect_timeout": CONNECT_WITHIN}, pool_pre_ping=True)
        engine = create_engine(url, connect_args={"timeout": BUSY})
    except (ArgumentError, NoSuchModuleError, ImportError, TypeError) as wrong:
        raise RegisterError(f"register_url: {wrong}") from None
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    """Readers do not hold up the writer; after a power cut the last transactions may be gone, and whole."""
    connection.isolation_level = (
        None  # BEGIN is ours, not the driver's: it would not begin before a CREATE TABLE
    )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(BEGIN, "BEGIN"))
