"""A whole installation on a real Kafka and a real Redis: a worker, the duty desk and the board, each a process."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from confluent_kafka import Producer
from redis import Redis
from scene import PARTITIONS, Scene, event

from pledgewatch.demo.duty import POLICY, free_port
from pledgewatch.settings import PREFIX
from schemas.times import MINUTE, SECOND, parse_time
from streams.clock import ScaledClock, scaled_setting
from tests.browser.night import ROOT, until

EVENING = "2010-03-05T21:00:00Z"
SPEED = 10.0
UP_WITHIN = 60.0
_TOPICS = {"call": "call-answer", "unit.arrived": "arrival", "incident": "dispatch", "unit": "dispatch"}


class Installation:
    """One evening under the Pledge, ten times as fast; what happens in it is told by hand."""

    def __init__(self, scene: Scene, redis_url: str, folder: Path) -> None:
        shown, anchor = parse_time(EVENING), time.time_ns() // 1_000_000
        self.clock = ScaledClock(shown, anchor, SPEED)
        self.scene = scene
        self.redis = Redis.from_url(redis_url)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.folder = folder
        self.port = free_port(0)
        self.address = f"http://127.0.0.1:{self.port}"
        key = folder / "link-key"
        key.write_text(secrets.token_urlsafe(32))
        settings = {
            "bootstrap": scene.connection.bootstrap,
            "app_id": scene.app_id,
            "clock": scaled_setting(shown, anchor, SPEED),
            "redis_url": redis_url,
            "alerting": str(POLICY),
            "board_port": self.port,
            "board_url": self.address,
            "link_key_file": str(key),
            "metrics_port": 0,
        }
        self.config = folder / "pledgewatch.toml"
        self.config.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items()))
        self._producer = Producer(
            {"bootstrap.servers": scene.connection.bootstrap, "partitioner": "murmur2_random", "log_level": 0}
        )

    # ---- processes -----------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def process(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """One of its commands; what it says is in a file of its name."""
        command = [sys.executable, "-W", "ignore", "-m", "pledgewatch", *words, "--config", str(self.config)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        with self.log(words[0]).open("ab") as out:
            process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, env=environment)
        self._processes[words[0]] = process
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextlib.contextmanager
    def standing_still(self, name: str) -> Iterator[None]:
        """One of its processes neither works nor ends meanwhile."""
        self._processes[name].send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._processes[name].send_signal(signal.SIGCONT)

    def log(self, name: str) -> Path:
        """Where a process says what it does."""
        return self.folder / f"{name}.log"

    @contextlib.contextmanager
    def running(self) -> Iterator["Installation"]:
        """All of it, once the board answers."""
        with self.process("worker"), self.process("alerting", "run"), self.process("board") as board:
            until(lambda: self._answers(board), UP_WITHIN, "the board answers")
            yield self

    def _answers(self, board: subprocess.Popen[bytes]) -> bool:
        assert board.poll() is None, self.log("board").read_text()[-2000:]
        with contextlib.suppress(OSError):
            return bool(urllib.request.urlopen(self.address, timeout=5).status == 200)
        return False

    # ---- what happens --------------------------------------------------------------------------------------

    def send(self, kind: str, subject: str, ago: int = 0, **data: Any) -> None:
        """An event that happened and was recorded `ago` (ms of the installation's time) before now."""
        topic = _TOPICS.get(kind) or _TOPICS[kind.partition(".")[0]]
        at = self.clock.now() - ago
        self._producer.produce(topic, event(kind, subject, at, at, **data), key=subject.encode())
        assert self._producer.flush(10) == 0

    def incident(self, subject: str, due_in: int = 10 * SECOND, **data: Any) -> None:
        """An immediate incident nobody is sent to, whose twelve minutes are up `due_in` (ms) from now."""
        told = {"grade": "I", "borough": "Hackney", "ward": "Dalston", **data}
        self.send("incident.created", subject, ago=12 * MINUTE - due_in, **told)

    def call(self, subject: str, **data: Any) -> None:
        """A 999 call that nobody answers."""
        self.send("call.presented", subject, line="999", borough="Hackney", **data)

    # ---- what the API says of it ---------------------------------------------------------------------------

    def asks(self, path: str) -> Any:
        """An answer of the JSON API."""
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return json.load(answer)


@contextlib.contextmanager
def installed(bootstrap: str, redis_url: str, folder: Path) -> Iterator[Installation]:
    """An installation of its own, running."""
    scene = Scene(bootstrap, f"browser-{secrets.token_hex(4)}")
    assert PARTITIONS <= 16
    scene.fresh_topics()
    with Installation(scene, redis_url, folder).running() as installation:
        yield installation
