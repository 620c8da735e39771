"""The same on real Grafanas, wherever their images can be pulled.

This is the one test that may be skipped in CI, too: Grafana is in no Debian package and on no package index, so where
no registry can be reached there is no Grafana to be had. What is then left is that we keep to its documentation.
"""

import json
import os
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import docker
import docker.errors
import pytest
from testcontainers.core.container import DockerContainer

from grafana.annotating import Annotations
from grafana.breaches import Annotation, tag
from grafana.server import Grafana, GrafanaRefusedError
from pledgewatch.cli import run
from tests.grafana.test_pushing import SOURCES

IMAGES = os.environ.get(
    "GRAFANA_IMAGES", "grafana/grafana:11.6.1,grafana/grafana:12.4.4,grafana/grafana:13.2.3"
)
PASSWORD = "a-password-for-tests"
START_WITHIN = 90.0


@dataclass
class Running:
    """A Grafana of one version, empty."""

    url: str
    token: str = f"admin:{PASSWORD}"


@pytest.fixture(scope="module", params=IMAGES.split(","))
def real(request: pytest.FixtureRequest) -> Iterator[Running]:
    _pull(request.param)
    container = (
        DockerContainer(request.param)
        .with_exposed_ports(3000)
        .with_env("GF_SECURITY_ADMIN_PASSWORD", PASSWORD)
        .with_env("GF_ANALYTICS_REPORTING_ENABLED", "false")
    )
    with container:
        port = container.get_exposed_port(3000)
        # In a container itself, testcontainers names the engine's bridge, where nobody may be listening.
        yield Running(
            _answering(f"http://{container.get_container_host_ip()}:{port}", f"http://127.0.0.1:{port}")
        )


def _pull(image: str) -> None:
    """Has the image here; skips where that cannot be."""
    try:
        engine = docker.from_env(timeout=300)
        if not engine.images.list(image):
            engine.images.pull(image)
    except docker.errors.NotFound:
        raise  # the registry is there, and has no such version: that is our mistake
    except docker.errors.DockerException as why:
        pytest.skip(f"no image {image} can be pulled: {str(why)[:200]}")


def _answering(*urls: str) -> str:
    """The first of these that answers as a Grafana that is up."""
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        for url in urls:
            with suppress(OSError), urllib.request.urlopen(f"{url}/api/health", timeout=2) as answer:
                if json.load(answer).get("database") == "ok":
                    return url
        time.sleep(0.5)
    raise AssertionError(f"Grafana did not start within {START_WITHIN:g} s")


def test_an_annotation_is_added_found_again_changed_and_removed(real: Running) -> None:
    name = tag("clock", "CAD-7:1/victim-update#3")
    start = time.time_ns() // 1_000_000
    breached = Annotation(
        start, start, "BREACHED", ("pledgewatch", "breach", tag("borough", "Tower Hamlets"), name)
    )
    stopped = Annotation(start, start + 60_000, "late", breached.tags)
    back = Annotation(start, start, "taken back", ("pledgewatch", "taken-back", name))

    done = [
        Annotations(Grafana(real.url, real.token)).write(name, each) for each in (breached, breached, stopped)
    ]
    assert done == ["added", "unchanged", "changed"]
    writing = Annotations(Grafana(real.url, real.token))
    assert [writing.write(name, each) for each in (stopped, back, back)] == [
        "unchanged",
        "changed",
        "unchanged",
    ]
    assert [Annotations(Grafana(real.url, real.token)).write(name, each) for each in (back, None, None)] == [
        "unchanged",
        "removed",
        "unchanged",
    ]


def test_everything_is_pushed_and_the_second_time_nothing_differs(
    real: Running, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {"PLEDGEWATCH_GRAFANA_URL": real.url, "PLEDGEWATCH_GRAFANA_TOKEN": real.token}
    for name, value in {**SOURCES, **told}.items():
        monkeypatch.setenv(name, value)

    assert run(["grafana", "push"]) == 0
    assert all(line.endswith(": created") for line in capsys.readouterr().out.splitlines())
    assert run(["grafana", "push", "--check"]) == 0, capsys.readouterr().out
    assert all(line.endswith(": is the same") for line in capsys.readouterr().out.splitlines())


def test_a_wrong_token_is_refused(real: Running) -> None:
    with pytest.raises(GrafanaRefusedError, match="401"):
        Annotations(Grafana(real.url, "glsa_wrong")).check()
