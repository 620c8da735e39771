"""What Alembic runs: the steps, on the connection it is given, in the caller's transaction."""

from alembic import context

from register.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=context.config.attributes["version_table"],
)
context.run_migrations()
