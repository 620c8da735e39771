"""What the pictures show: all parts of an installation, watched by a real Prometheus while its day goes on."""

import json
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from broker import real_kafka
from sqlalchemy import Engine

from feeds.simulation.sources import SOURCES
from pledgewatch.demo.duty import POLICY, free_port
from pledgewatch.redis_server import redis_server
from register.database import open_register
from tests.ordeal.closing import all_is_acknowledged
from tests.ordeal.installation import PARTITIONS, Installation
from tests.ordeal.test_a_day_of_failures import shared
from tests.register.server import real_postgres
from tests.rules.server import Prometheus, prometheus_server

WEEKS = ("--back", "63d", "--days", 61, "--rate", 0.01, "--seed", 21)
"""A small city, so that there are weeks to compare."""
TODAY = ("--back", "30h", "--days", 3, "--rate", 0.6, "--seed", 22, "--heartbeats", "5m", "--note")
"""A busier one, which goes on while it is watched."""
FEEDS = [{"source": source, "topic": topic, "silence": "11m"} for topic, source in SOURCES.items()]
OTHERS = (
    ("register", "register", "run", "--migrate", "--metrics-port"),
    ("alerts", "alerting", "run", "--metrics-port"),
    ("board", "board", "--board-port"),
)
"""By the name of their job: the commands, to which a port is added."""
SESSION = ("--session", "4s")
SOON = 120
ALL = set(range(PARTITIONS))


@dataclass
class Watched:
    """What is asked for the pictures."""

    place: Installation
    prometheus: Prometheus
    register: Engine
    began: int
    """When Prometheus saw it first (ms)."""


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """The installation with its past read, two workers and all else running, and its day going on."""
    with ExitStack() as parts:
        place = Installation(parts.enter_context(real_kafka()), folder)
        parts.callback(place.end)
        database = parts.enter_context(real_postgres()).url
        _settle(place, folder, parts.enter_context(redis_server()), database)
        _past(place, folder / "city.note")
        place.environment["PLEDGEWATCH_FEEDS"] = str(folder / "feeds.yaml")
        jobs = _everything(place, parts)
        parts.callback(_ended, place.start("city", "simulate", *TODAY, folder / "city.note"))
        prometheus = parts.enter_context(prometheus_server(jobs, interval="5s"))
        yield Watched(place, prometheus, open_register(database), place.clock.now())


def _settle(place: Installation, folder: Path, redis: str, database: str) -> None:
    (folder / "link-key").write_text(secrets.token_urlsafe(32))
    (folder / "feeds.yaml").write_text(json.dumps({"feeds": FEEDS}))  # JSON is YAML
    told = {
        "REDIS_URL": redis,
        "REGISTER_URL": database,
        "ALERTING": POLICY,
        "LINK_KEY_FILE": folder / "link-key",
    }
    place.environment.update({f"PLEDGEWATCH_{name}": str(value) for name, value in told.items()})
    place.run("topics", "create", "--partitions", PARTITIONS, "--replication", 1)


def _past(place: Installation, note: Path) -> None:
    """All that has been by now is read and acknowledged, with no feed named: read so late, each would look silent."""
    place.run("simulate", "--flat-out", *WEEKS)
    place.run("simulate", "--flat-out", *TODAY, note)
    alone = place.worker("alone", *SESSION)
    place.wait_for("it has all", lambda: alone.taken_over() == ALL, SOON, [alone])
    all_is_acknowledged(place)
    alone.terminate()


def _everything(place: Installation, parts: ExitStack) -> dict[str, list[str]]:
    """Starts the rest; what Prometheus is to scrape, by job."""
    workers = [place.worker(name, *SESSION) for name in ("first", "second")]
    place.wait_for("they share", lambda: shared(workers), SOON, workers)
    jobs = {"pledgewatch-worker": [worker.address() for worker in workers]}
    for job, *words in OTHERS:
        port = free_port(0)
        parts.callback(_ended, place.start(job, *words, port))
        jobs[f"pledgewatch-{job}"] = [f"127.0.0.1:{port}"]
    return jobs


def _ended(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()
