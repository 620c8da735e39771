"""The two databases that the register is kept in, each with its tables and nothing in them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from register.database import open_register
from register.migrating import migrate


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database that holds nothing."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'register.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


@pytest.fixture
def database(empty_url: str) -> Iterator[Engine]:
    """A database with the register's tables."""
    engine = open_register(empty_url)
    migrate(engine)
    yield engine
    engine.dispose()
