"""`pledgewatch grafana annotate` as an operator runs it: what a real worker announces is marked, once."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from scene import PACK, Scene, event, now, until

from tests.grafana.documented import TOKEN, Documented, documented

pytestmark = pytest.mark.kafka
_PORT = re.compile(r"serving http://127\.0\.0\.1:(\d+)/metrics")


@pytest.fixture
def grafana() -> Iterator[Documented]:
    with documented("12.1.0") as stub:
        yield stub
    assert not stub.faults


@contextlib.contextmanager
def annotating(scene: Scene, grafana: Documented, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    options = [
        "--bootstrap",
        scene.connection.bootstrap,
        "--grafana-url",
        grafana.url,
        "--standards",
        str(PACK),
    ]
    command = [sys.executable, "-W", "ignore", "-m", "pledgewatch", "grafana", "annotate", *options]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--metrics-port", "0", "--log-format", "json"],
            stdout=out,
            stderr=out,
            env={**os.environ, "PLEDGEWATCH_GRAFANA_TOKEN": TOKEN},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def ready(log: Path) -> bool:
    found = _PORT.search(log.read_text())
    with contextlib.suppress(OSError):
        return bool(found) and _get(f"http://127.0.0.1:{found[1]}/ready") == 200
    return False


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return int(answer.status)


async def test_what_a_worker_announces_is_marked_once_through_a_kill(
    scene: Scene, grafana: Documented, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    begun = now() - 60_000
    async with scene.worker():
        with annotating(scene, grafana, log) as first:
            await scene.send(
                ("dispatch", "CAD-1", event("incident.created", "CAD-1", begun, grade="I", borough="Camden"))
            )
            await until(lambda: grafana.annotations)
            [marked] = grafana.annotations.values()
            assert marked["text"].startswith(
                "BREACHED: immediate incident CAD-1 in Camden: not attended within"
            )
            assert marked["time"] == marked["timeEnd"]
            first.kill()
        stop = now()
        await scene.send(("arrival", "CAD-1", event("unit.arrived", "CAD-1", stop, unit="EK21")))
        with annotating(scene, grafana, log) as second:
            await until(lambda: marked["timeEnd"] == stop)
            assert len(grafana.annotations) == 1
            assert marked["text"].startswith("late: immediate incident CAD-1 in Camden: attended after")
            await until(lambda: ready(log))
            second.send_signal(signal.SIGTERM)
            assert second.wait(10) == 0
    assert grafana.written == ["POST /api/annotations", "PATCH /api/annotations/1"]
