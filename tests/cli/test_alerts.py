"""`pledgewatch alerts` on a real Kafka."""

import json
import subprocess
import sys
import uuid
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from confluent_kafka import Producer

from pledgewatch.cli import run
from streams.connection import Connection
from streams.topics import ALERTS, TopicsError, create
from tests.cli.events import event, written

pytestmark = pytest.mark.kafka


class Said(NamedTuple):
    """A Kafka on which three things were said of two calls of this test's own."""

    bootstrap: str
    run: str


@pytest.fixture
def said(bootstrap: str, tmp_path: Path) -> Said:
    """Announcements committed on `breach-alerts`, and the same of ghosts aborted."""
    with suppress(TopicsError):  # other tests may have made them already
        create(Connection(bootstrap=bootstrap), 3, 1)
    name = uuid.uuid4().hex[:8]
    news = _news(tmp_path, name)
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": name, "log_level": 0})
    producer.init_transactions()
    _transaction(producer, news)
    producer.commit_transaction()
    _transaction(producer, [line.replace(name.encode(), b"GHOST" + name.encode()) for line in news])
    producer.abort_transaction()
    return Said(bootstrap, name)


def _news(tmp_path: Path, name: str) -> list[bytes]:
    first, second = f"CALL-{name}-1", f"CALL-{name}-2"
    lines = [
        event("+0s", "call.presented", first, line="999", borough="Camden"),
        event("+0s", "call.presented", second, line="999", borough="Hackney"),
        event("+9s", "call.answered", first, seen="+1m"),
    ]
    events = written(tmp_path / "e.jsonl", *lines)
    command = [sys.executable, "-m", "pledgewatch", "judge", str(events), "--said", "--news"]
    return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.splitlines()


def _transaction(producer: Producer, values: list[bytes]) -> None:
    producer.begin_transaction()
    for place, value in enumerate(values):
        producer.produce(ALERTS, value, partition=place % 2)
    producer.flush(10)


def test_what_was_said_is_told_in_the_order_in_which_it_was_said(
    said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alerts", "--bootstrap", said.bootstrap, "--since", "10m"]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if said.run in line]
    assert [line[17:27].strip() for line in told] == ["BREACHED", "BREACHED", "taken back"]
    assert told[2].endswith(f"{said.run}-1 in Camden: answered in time, after 9s, recorded 51s late")


def test_json_is_what_stands_in_kafka_and_nothing_aborted(
    said: Said, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["alerts", "--bootstrap", said.bootstrap, "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    mine = [each["type"] for each in found if said.run in each["subject"]]
    assert mine == ["clock.breached", "clock.breached", "clock.met"]
    assert not [each for each in found if "GHOST" in each["subject"]]


def test_following_goes_on_until_it_is_interrupted(said: Said) -> None:
    command = [sys.executable, "-m", "pledgewatch", "alerts", "--follow", "--bootstrap", said.bootstrap]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while said.run not in process.stdout.readline():
            assert process.poll() is None
        process.send_signal(2)
        _, complaints = process.communicate(timeout=20)
    assert (process.returncode, complaints.strip()) == (130, "")


def test_without_a_kafka_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["alerts", "--bootstrap", "localhost:1"]) == 2
    assert "cannot reach Kafka at localhost:1" in capsys.readouterr().err
