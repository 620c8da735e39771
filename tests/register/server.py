"""A real PostgreSQL for the session: from the machine's packages, as a user that is not root, else from an image."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tests.containers import container, missing_for
from tests.missing import missing

USER, PASSWORD, DATABASE = "pledgewatch", "s3cret", "pledgewatch"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB")
_PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt")


class PostgresMissingError(Exception):
    """There is no PostgreSQL server on this machine; the message says what is missing."""


class Postgres:
    """A cluster of its own in a folder of its own; may be stopped and started again with what it held."""

    def __init__(self, home: Path, safe: bool = False) -> None:
        """`safe`: as it is out of the box; else it does not wait for the disk."""
        self._bin, self._home, self._settings = _binaries(), home, () if safe else _QUICK
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"
        if os.geteuid() == 0:
            shutil.chown(home, "postgres")
        (home / "password").write_text(PASSWORD)
        (home / "password").chmod(0o644)
        self._run("initdb", "-D", self._data, "-U", USER, "-A", "scram-sha-256", "-E", "UTF8",
                  f"--pwfile={home / 'password'}", "--locale=C", "--no-sync", "--no-instructions")  # fmt: skip

    @property
    def _data(self) -> str:
        return str(self._home / "data")

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = [
            f"-p {self.port} -k {self._home} -c listen_addresses=127.0.0.1",
            *(f"-c {each}" for each in self._settings),
        ]
        self._run(
            "pg_ctl", "-D", self._data, "-l", self._home / "log", "-o", " ".join(options), "-w", "start"
        )

    def stop(self) -> None:
        """Stops it, and throws everybody out."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop")

    def end(self) -> None:
        """It is needed no more."""
        with contextlib.suppress(PostgresMissingError):  # a test may have stopped it
            self.stop()

    def create(self, name: str) -> str:
        """A new empty database; its address."""
        with create_engine(
            make_url(self.url).set(database="postgres"), isolation_level="AUTOCOMMIT"
        ).connect() as admin:
            admin.execute(text(f'CREATE DATABASE "{name}"'))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def _run(self, program: str, *arguments: object) -> None:
        # PostgreSQL refuses to run as root.
        before = (
            ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
        )
        command = [*before, str(self._bin / program), *map(str, arguments)]
        done = subprocess.run(command, capture_output=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              cwd=self._home, check=False)  # fmt: skip
        if done.returncode:
            raise PostgresMissingError(f"{program} ended with {done.returncode}: {_tail(self._home / 'log')}")


class PostgresInContainer(Postgres):
    """The same from an engine and an image."""

    def __init__(self) -> None:
        self._container, self.port = container(
            "postgres", 5432, POSTGRES_USER=USER, POSTGRES_PASSWORD=PASSWORD, POSTGRES_DB="postgres"
        )
        self.url = f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"
        self._container.start()

    def start(self) -> None:
        """Starts it where it was stopped, and waits until it answers."""
        self._container.get_wrapped_container().start()
        admin = create_engine(
            make_url(self.url).set(database="postgres"), connect_args={"connect_timeout": 2}
        )
        for _ in range(60):
            try:
                with admin.connect():
                    return
            except OperationalError as away:
                last = away
                time.sleep(0.5)
        raise PostgresMissingError(f"the container does not answer: {last}")

    def stop(self) -> None:
        """Stops it, and throws everybody out."""
        self._container.get_wrapped_container().kill()

    def end(self) -> None:
        """It is needed no more."""
        self._container.stop()


def _server(home: Path, safe: bool) -> Postgres:
    """From the machine's packages, else from an image."""
    try:
        return Postgres(home, safe)
    except PostgresMissingError as no_package:
        why_no_engine = missing_for("postgres")
        if why_no_engine is not None:
            raise PostgresMissingError(f"{no_package}; no container: {why_no_engine}") from None
        return PostgresInContainer()


@contextlib.contextmanager
def real_postgres(safe: bool = False) -> Iterator[Postgres]:
    """A PostgreSQL that is up, with an empty database; PostgresMissingError says what is missing."""
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as home:
        server = _server(Path(home), safe)
        server.start()
        try:
            server.create(DATABASE)
            yield server
        finally:
            server.end()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's PostgreSQL; the test is skipped where none can be had, and fails with CI=true."""
    server = real_postgres()
    try:
        running = server.__enter__()
    except PostgresMissingError as why:
        missing("PostgreSQL", why)
    yield running
    server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def postgres_url(postgres: Postgres) -> str:
    """The address of a real PostgreSQL's database, the same one for the whole session."""
    return postgres.url


@pytest.fixture
def fresh_postgres_url(postgres: Postgres) -> str:
    """The address of a database with nothing in it, for this test alone."""
    return postgres.create(f"test-{uuid4().hex[:8]}")


def _binaries() -> Path:
    found = shutil.which("pg_ctl")
    if found is not None:
        return Path(found).resolve().parent
    places = [path for place in _PLACES for path in Path(place).glob("*/bin") if (path / "pg_ctl").exists()]
    if not places:
        raise PostgresMissingError("pg_ctl is neither on the path nor under " + ", ".join(_PLACES))
    return max(places, key=lambda path: (len(path.parent.name), path.parent.name))


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:] if path.exists() else "it left no log"
