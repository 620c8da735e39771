"""`pledgewatch alerting run|test|parked|retry`, on an embedded broker and a real Redis."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from pledgewatch.cli import run
from streams.connection import Connection
from tests.redis.broker import announce, connection
from tests.redis.entries import NOW, news

__all__ = ["connection"]
pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"
SECRET = "c2VjcmV0LW9mLWF0LWxlYXN0LTI0LWJ5dGVz"
ROOT = Path(__file__).parents[2]


class Gateway:
    """An SMS gateway that answers as it is told, and keeps what it was sent."""

    def __init__(self) -> None:
        self.answers = 200
        self.heard: list[str] = []
        gateway = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                gateway.heard.append(self.path)
                self.send_response(gateway.answers)
                self.end_headers()

            def log_message(self, *args: object) -> None: ...

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()


@pytest.fixture
def policy(gateway: Gateway, tmp_path: Path) -> Path:
    told = {
        "channels": {
            "sms": {"kind": "webhook", "url": gateway.url + "/{address}", "secret": {"inline": SECRET}},
            "room": {"kind": "console"},
        },
        "people": {"shah": {"name": "Insp Shah", "addresses": {"sms": "shah"}}},
        "roster": {"inspector": [{"who": ["shah"]}]},
        "ladders": {"one": [{"tell": "inspector", "by": ["sms"]}]},
        "rules": [{"name": "all", "ladder": "one"}],
    }
    path = tmp_path / "alerting.yaml"
    path.write_text(yaml.safe_dump(told))
    return path


class Installation:
    """The broker, Redis and policy that every command is given."""

    def __init__(self, connection: Connection, redis_url: str, policy: Path) -> None:
        # The alerts of these tests are of 2009, and their time goes on as ever.
        clock = f"scaled:2009-10-24T10:00:05Z={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}@1"
        self.where = ["--bootstrap", connection.bootstrap, "--redis-url", redis_url, "--clock", clock]
        self.policy = ["--alerting", str(policy)]

    def command(self, name: str, *given: str) -> int:
        try:
            return run(["alerting", name, *self.where, *given])
        except SystemExit as ended:
            return int(ended.code or 0)

    @contextmanager
    def desk(self, out: Path) -> Iterator[subprocess.Popen[bytes]]:
        options = [*self.where, *self.policy, "--metrics-port", "0", "--log-format", "text"]
        command = [sys.executable, "-W", "ignore", "-m", "pledgewatch", "alerting", "run", *options]
        with out.open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, env=dict(os.environ))
        try:
            wait_for(lambda: process.poll() is not None or "the desk is open" in out.read_text(), 20)
            assert process.poll() is None, out.read_text()
            yield process
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def installation(connection: Connection, redis_url: str, policy: Path) -> Installation:
    return Installation(connection, redis_url, policy)


def wait_for(asked: object, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not asked():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


def metrics(log: str) -> str:
    address = log.partition("serving ")[2].partition("/metrics")[0]
    with urllib.request.urlopen(f"{address}/metrics", timeout=5) as answer:
        text: str = answer.read().decode()
        return text


def test_a_desk_tells_a_test_alert_and_an_alert_and_stops_when_told(
    installation: Installation,
    connection: Connection,
    gateway: Gateway,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "desk.log"
    with installation.desk(log) as process:
        assert installation.command("test", *installation.policy, "--by", "Sgt Ode") == 0
        told = capsys.readouterr().out.splitlines()
        assert sorted(told) == ["Insp Shah was told by sms", "everybody was told by room"]
        assert gateway.heard == ["/shah"]
        assert "a test by Sgt Ode: nothing has happened" in log.read_text()

        announce(connection, news(CLOCK, at=NOW + 1))
        wait_for(lambda: len(gateway.heard) == 2)
        wait_for(
            lambda: 'pledge_notifications_total{channel="sms",outcome="told"} 2.0' in metrics(log.read_text())
        )
        assert 'pledge_delivery_delay_seconds_count{channel="sms"} 2.0' in metrics(log.read_text())

        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0


def test_what_is_parked_is_listed_and_tried_again_when_a_person_says_so(
    installation: Installation,
    connection: Connection,
    gateway: Gateway,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    gateway.answers = 410
    with installation.desk(tmp_path / "desk.log"):
        announce(connection, news(CLOCK, at=NOW + 1))
        wait_for(lambda: "is not told by sms" in (tmp_path / "desk.log").read_text())
        assert installation.command("parked") == 0
        first, why = capsys.readouterr().out.splitlines()
        assert first.endswith(f"{CLOCK}: breached, to Insp Shah by sms")
        assert "410" in why
        assert "pledge_parked_notifications 1.0" in metrics((tmp_path / "desk.log").read_text())

        gateway.answers = 200
        assert installation.command("retry", "--channel", "sms", "--by", "Sgt Ode") == 0
        assert f"Insp Shah is told of {CLOCK} by sms" in capsys.readouterr().out
        wait_for(lambda: len(gateway.heard) == 2)
        wait_for(lambda: "pledge_parked_notifications 0.0" in metrics((tmp_path / "desk.log").read_text()))

    assert installation.command("parked") == 0
    assert capsys.readouterr().out == ""


def test_a_test_that_no_desk_tells_says_so(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*installation.policy, "--by", "Sgt Ode", "--channel", "sms", "--within", "1"]

    assert installation.command("test", *given) == 1

    told = capsys.readouterr()
    assert told.out == "Insp Shah was not told by sms within 1 s\n"
    assert "is a desk running?" in told.err


@pytest.mark.parametrize(
    ("name", "given", "message"),
    [
        ("run", [], "nobody is told without a policy"),
        ("test", ["--by", "Sgt Ode"], "nobody is told without a policy"),
        ("retry", ["--by", "Sgt Ode"], "name notifications"),
        ("retry", ["no-such-step", "--by", "Sgt Ode"], "not parked: no-such-step"),
    ],
)
def test_what_cannot_be_done_is_said(
    installation: Installation,
    name: str,
    given: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert installation.command(name, *given) == 2
    assert message in capsys.readouterr().err


def test_an_unknown_channel_is_refused(
    installation: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [*installation.policy, "--by", "Sgt Ode", "--channel", "telex"]
    assert installation.command("test", *given) == 2
    assert "'telex' is no channel that sends messages: room, sms" in capsys.readouterr().err
