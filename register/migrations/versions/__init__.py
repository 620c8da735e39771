"""The steps, by Alembic."""
