"""`pledgewatch board`: served to this machine alone, ended when asked; what stops it from beginning is said."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from pledgewatch.cli import OK, WRONG, run
from pledgewatch.commands.board import _hosts
from pledgewatch.settings import Settings
from streams.embedded import embedded_broker, make_topics

HERE = {"127.0.0.1", "localhost", "::1"}


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with embedded_broker() as bootstrap:
        make_topics(bootstrap)
        yield bootstrap


@pytest.fixture
def serving(broker: str, redis_url: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A board, and where it says it is."""
    options = ["--bootstrap", broker, "--redis-url", redis_url, "--board-port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pledgewatch", "board", *options],
        stdout=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    assert process.stdout is not None
    told = process.stdout.readline()
    assert "for this machine alone: it knows no sign-in yet" in told
    yield process, told.split()[5].rstrip(",")
    process.kill()
    process.wait()


@pytest.mark.redis
def test_it_answers_where_it_says_and_ends_when_asked_though_somebody_watches(serving) -> None:
    process, address = serving
    assert urlopen(address, timeout=10).status == 200
    stream = urlopen(f"{address}live?screen=wall", timeout=10)
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == OK
    stream.close()


@pytest.mark.redis
def test_another_name_for_it_is_refused(serving) -> None:
    _, address = serving
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(address, headers={"Host": "evil.example"}), timeout=10)
    assert refused.value.code == 421


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        (Settings(), HERE),
        (Settings(board_url="https://duty.example/"), HERE | {"duty.example"}),
        (Settings(board_bind="10.0.0.5"), None),
        (
            Settings(board_bind="10.0.0.5", board_url="https://duty.example"),
            HERE | {"10.0.0.5", "duty.example"},
        ),
    ],
)
def test_it_goes_by_the_names_it_was_given(settings: Settings, hosts: set[str] | None) -> None:
    found = _hosts(settings)
    assert (None if found is None else set(found)) == hosts


def test_a_port_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["board", "--board-port", str(port)]) == WRONG
    assert f"cannot serve on 127.0.0.1 port {port}: Address already in use" in capsys.readouterr().err


def test_without_redis_it_says_where_it_looked(capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = "redis://:secret@127.0.0.1:1/0"
    assert run(["board", "--board-port", "0", "--redis-url", nowhere]) == WRONG
    told = capsys.readouterr().err
    assert "cannot reach Redis at redis://127.0.0.1:1/0" in told
    assert "secret" not in told
