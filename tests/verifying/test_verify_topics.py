"""`pledgewatch verify --bootstrap` on a real Kafka: a worker's work is found right, and what is falsified wrong."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import pytest
from broker import BrokerMissingError, real_kafka
from confluent_kafka import Producer

from pledgewatch.cli import run
from schemas.times import milliseconds, parse_time
from streams.clock import scaled_setting
from streams.connection import Connection
from streams.topics import ALERTS, LEDGER, create
from tests.missing import missing

pytestmark = [pytest.mark.kafka, pytest.mark.slow]
COMMAND = [sys.executable, "-m", "pledgewatch"]
SPEED = 120


class Watched(NamedTuple):
    """A Kafka through which a part of a night went, and the clock of its worker."""

    bootstrap: str
    clock: str


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    """Half a minute of simulated night, with poison, watched by one worker that is stopped in the end."""
    try:
        broker = real_kafka()
        bootstrap = broker.__enter__()
    except BrokerMissingError as why:
        missing("Kafka", why)
    create(Connection(bootstrap=bootstrap), 2, 1)
    now = milliseconds(datetime.now(UTC))
    clock = scaled_setting(parse_time("2010-03-05T21:00:00Z"), now, SPEED)
    worker = subprocess.Popen(
        [*COMMAND, "worker", "--bootstrap", bootstrap, "--clock", clock, "--metrics-port", "0"],
        stderr=subprocess.DEVNULL,
    )
    feed = [*COMMAND, "simulate", "--bootstrap", bootstrap, "--clock", clock, "--seed", "11", "--hours", "2"]
    simulator = subprocess.Popen([*feed, "--poison", "40"], stderr=subprocess.DEVNULL)
    time.sleep(30)
    simulator.send_signal(2)
    simulator.wait(20)
    time.sleep(12)  # what is due by now is to have been said before it is verified
    yield Watched(bootstrap, clock)
    worker.terminate()
    worker.wait(30)
    broker.__exit__(None, None, None)


def _verify(watched: Watched, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    code = run(["verify", "--bootstrap", watched.bootstrap, "--clock", watched.clock])
    return code, capsys.readouterr().out


def test_a_worker_says_what_judging_again_says(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = _verify(watched, capsys)
    assert told.splitlines()[-1] == "no difference", told
    assert code == 0
    assert "breached" in told
    assert "records that cannot be read are left out" in told
    assert "lost" not in told


def test_an_announcement_the_ledger_does_not_know_is_found(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up = (
        b'{"specversion":"1.0","id":"x","source":"pledgewatch","type":"clock.breached",'
        b'"subject":"CALL-GHOST/call-999","time":"2010-03-05T21:00:00.000Z",'
        b'"recordedtime":"2010-03-05T21:00:00.000Z","data":{"standard":"call-999","pack":"met-pledge-2009",'
        b'"pack_version":1,"subject":"CALL-GHOST","verdict":"breached","revision":1}}'
    )
    _put(watched, ALERTS, b"CALL-GHOST/call-999", made_up)
    code, told = _verify(watched, capsys)
    assert code == 1
    assert "breach-alerts carries revision 1, of which the ledger knows nothing" in told


def test_a_subject_missing_from_the_ledger_is_found(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    _put(watched, LEDGER, b"CALL-NONE", None)
    before = _verify(watched, capsys)[1]
    subject = next(line.split("/")[0] for line in _alerts(watched, capsys) if line.startswith("CALL-"))
    _put(watched, LEDGER, subject.encode(), None)
    code, told = _verify(watched, capsys)
    assert code == 1
    assert f"{subject}/" in told
    assert f"{subject}/" not in before


def _alerts(watched: Watched, capsys: pytest.CaptureFixture[str]) -> list[str]:
    run(["alerts", "--bootstrap", watched.bootstrap])
    words = [line.split(" in ")[0].split(" ")[-1] for line in capsys.readouterr().out.splitlines()]
    return [f"{word.removesuffix(':')}/" for word in words if "GHOST" not in word]


def _put(watched: Watched, topic: str, key: bytes, value: bytes | None) -> None:
    producer = Producer({"bootstrap.servers": watched.bootstrap, "log_level": 0})
    for partition in range(2):
        producer.produce(topic, value, key, partition)
    producer.flush(10)
