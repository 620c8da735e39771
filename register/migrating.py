"""The register's schema: brought up to date, or asked whether it is."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from register.database import BEGIN, RegisterError, shown

VERSION_TABLE = "register_version"
_LOCK = 0x504C4544
"""Two who migrate PostgreSQL at once do it one after the other, by this lock."""


class SchemaError(RegisterError):
    """The register's tables are not of this version.

    Operator action: `pledgewatch register migrate` brings older ones up to date; newer ones need a newer PledgeWatch.
    """


def migrate(engine: Engine) -> list[str]:
    """Brings the tables up to date, all of it or nothing; the steps taken. SchemaError where they are too new."""
    with engine.connect().execution_options(**{BEGIN: "BEGIN IMMEDIATE"}) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        steps = _missing(connection, engine)
        command.upgrade(_config(connection), "head")
    return steps


def require(engine: Engine) -> None:
    """SchemaError, with what to do, where the tables are not of this version."""
    with engine.connect() as connection:
        missing = _missing(connection, engine)
    if missing:
        raise SchemaError(
            f"the register at {shown(engine)} lacks {', '.join(missing)}: run `pledgewatch register migrate`"
        )


def _missing(connection: Connection, engine: Engine) -> list[str]:
    """The steps that are still to be taken, the first one first."""
    steps = ScriptDirectory.from_config(_config(connection)).walk_revisions()
    known = {step.revision: f"{step.revision} ({step.doc.rstrip('.')})" for step in reversed(list(steps))}
    options = {"version_table": VERSION_TABLE}
    at = MigrationContext.configure(connection, opts=options).get_current_revision()
    if at is not None and at not in known:
        raise SchemaError(
            f"the register at {shown(engine)} was made by a newer PledgeWatch (its tables are at {at}, "
            f"known here is {list(known)[-1]}): use that one"
        )
    return [words for step, words in known.items() if at is None or step > at]


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", "register:migrations")
    config.attributes.update(connection=connection, version_table=VERSION_TABLE)
    return config
