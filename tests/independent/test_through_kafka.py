"""The same figures through a real Kafka: replayed, watched by a worker, read from the ledger it left."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import verify_data
from broker import real_kafka
from confluent_kafka import Consumer, TopicPartition

pytestmark = pytest.mark.kafka

EXPORT = Path(__file__).parents[1] / "data" / "police-export.csv"
PARTITIONS = 2
SUBJECTS = 36
"""Three of the 39 incidents were touched again over eight days after their deadlines: too late (S8)."""
WITHIN = 90


@pytest.fixture(scope="module")
def kafka(bootstrap):
    """A broker of its own: the ledger must hold these incidents alone."""
    with real_kafka() as own:
        pledgewatch("topics", "create", "--partitions", PARTITIONS, "--replication", 1, kafka=own)
        yield own


def pledgewatch(*arguments, kafka):
    command = [sys.executable, "-m", "pledgewatch", *map(str, arguments), "--bootstrap", kafka]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr


def moved_to_the_day_before_yesterday(path):
    """The events with all their times moved by one amount: every deadline has passed, and nothing is too late."""
    events = [json.loads(line) for line in path.read_text().splitlines()]
    last = max(pd.Timestamp(event["recordedtime"]) for event in events)
    by = (pd.Timestamp.now(tz="UTC") - pd.Timedelta(days=2) - last).floor("ms")
    for event in events:
        for name in ("time", "recordedtime"):
            event[name] = (pd.Timestamp(event[name]) + by).isoformat(timespec="milliseconds")
    path.write_text("".join(json.dumps(event) + "\n" for event in events))


def ledger(kafka):
    """The newest record of every subject in the ledger."""
    options = {"bootstrap.servers": kafka, "group.id": "verify-data", "enable.auto.commit": False}
    consumer = Consumer(options | {"isolation.level": "read_committed", "enable.partition.eof": False})
    consumer.assign([TopicPartition("clock-ledger", number, 0) for number in range(PARTITIONS)])
    records = {}
    while (message := consumer.poll(3)) is not None:
        if message.error() is None and message.value() is not None:
            records[message.key()] = message.value().decode()
    consumer.close()
    return list(records.values())


def settled(record):
    return all(clock["verdict"] != "running" for clock in json.loads(record)["clocks"].values())


def wait_for_verdicts(kafka, worker):
    end = time.monotonic() + WITHIN
    records = []
    while time.monotonic() < end:
        assert worker.poll() is None, "the worker ended by itself"
        records = ledger(kafka)
        if len(records) == SUBJECTS and all(map(settled, records)):
            return records
    raise AssertionError(f"{len(records)} of {SUBJECTS} subjects in the ledger after {WITHIN} s")


def test_a_worker_leaves_the_verdicts_of_the_independent_reckoning(kafka, tmp_path, capsys):
    events = tmp_path / "events.jsonl"
    subprocess.run(
        [sys.executable, "-m", "pledgewatch", "import", "sf-police", EXPORT, "-o", events], check=True
    )
    moved_to_the_day_before_yesterday(events)
    pledgewatch("replay", events, "--flat-out", "--shift", "none", kafka=kafka)
    command = [sys.executable, "-m", "pledgewatch", "worker", "--bootstrap", kafka, "--metrics-port", "0"]
    with (
        (tmp_path / "worker.log").open("wb") as log,
        subprocess.Popen(command, stderr=log, stdout=log) as worker,
    ):
        try:
            records = wait_for_verdicts(kafka, worker)
        finally:
            worker.send_signal(signal.SIGTERM)
    (tmp_path / "ledger.jsonl").write_text("\n".join(records))
    now = pd.Timestamp.now(tz="UTC").isoformat()
    judged = ["--judged", str(tmp_path / "ledger.jsonl"), "--shifted"]
    code = verify_data.main([str(EXPORT), *judged, "--at", now])
    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, "no difference")
