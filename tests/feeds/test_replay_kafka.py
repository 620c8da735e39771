"""Replay and simulation into a real Kafka: everything arrives, where it belongs, also after a kill."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from broker import real_kafka
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition
from kafka.partitioner import murmur2

from feeds.replay.producing import BATCH, UNDER_WAY
from feeds.simulation.day import day
from schemas.decoding import check_future, decode
from schemas.errors import Refused
from schemas.events import INPUT_TOPICS
from schemas.times import HOUR, MINUTE, SECOND, format_time, parse_time
from streams import topics
from streams.connection import Connection

pytestmark = pytest.mark.kafka

START = parse_time("2010-03-01T08:00:00Z")
PARTITIONS = 3


@pytest.fixture(scope="module")
def kafka(bootstrap: str) -> Iterator[str]:
    """A broker of its own, for these tests count what is in its topics."""
    with real_kafka() as own:
        topics.create(Connection(bootstrap=own), PARTITIONS, 1)
        wait_for_leaders(own)
        yield own


def wait_for_leaders(kafka: str) -> None:
    for _ in range(100):
        with suppress(KafkaException):
            ends(kafka)
            return
        time.sleep(0.1)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours with late, doubled, disordered and poison records, its lines shuffled."""
    lines = [line.value + b"\n" for line in day(Random(5), START, hours=2, poison=9, seed=5)]
    Random(6).shuffle(lines)
    path = tmp_path_factory.mktemp("day") / "events.jsonl"
    path.write_bytes(b"".join(lines))
    return path


def pledgewatch(*arguments: str, kafka: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pledgewatch", *arguments, "--bootstrap", kafka]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def ends(kafka: str) -> dict[tuple[str, int], int]:
    """Where each partition ends."""
    consumer = reader(kafka)
    found = {
        (topic, partition): consumer.get_watermark_offsets(TopicPartition(topic, partition))[1]
        for topic in INPUT_TOPICS
        for partition in range(PARTITIONS)
    }
    consumer.close()
    return found


def reader(kafka: str) -> Consumer:
    return Consumer({"bootstrap.servers": kafka, "group.id": "tests", "log_level": 0})


def since(kafka: str, starts: dict[tuple[str, int], int]) -> list[Message]:
    """What was added after `starts`, by partition and offset."""
    stops, consumer = ends(kafka), reader(kafka)
    consumer.assign([TopicPartition(*place, offset) for place, offset in starts.items()])
    wanted = sum(stops.values()) - sum(starts.values())
    found: list[Message] = []
    deadline = time.monotonic() + 30
    while len(found) < wanted and time.monotonic() < deadline:
        found += consumer.consume(min(10_000, wanted - len(found)), timeout=1)
    consumer.close()
    assert len(found) == wanted
    return sorted(found, key=lambda message: (message.topic(), message.partition(), message.offset()))


def readable(path: Path) -> list[tuple[str, str]]:
    """(source, id) of every line that can be read, doubled ones as often as they come."""
    found = []
    for line in path.read_bytes().splitlines():
        try:
            fact = decode(line).fact
        except Refused:
            continue
        found.append((fact.source, fact.id))
    return found


def identity(message: Message) -> tuple[str, str]:
    event = json.loads(message.value())
    return event["source"], event["id"]


def test_flat_out_everything_arrives_once_sorted_keyed_and_shifted_so_that_the_last_is_now(
    kafka: str, events: Path
) -> None:
    starts, begun = ends(kafka), time.time_ns() // 1_000_000
    done = pledgewatch("replay", str(events), "--flat-out", kafka=kafka)
    ended = time.time_ns() // 1_000_000
    assert done.returncode == 0, done.stderr
    assert "8 of" in done.stderr and "lines not read" in done.stderr
    messages = since(kafka, starts)
    assert Counter(map(identity, messages)) == Counter(readable(events))
    by_partition: dict[tuple[str, int], list[int]] = {}
    for message in messages:
        event = decode(message.value(), message.topic())
        assert message.key().decode() == event.subject
        assert message.partition() == (murmur2(message.key()) & 0x7FFFFFFF) % PARTITIONS
        assert begun <= message.timestamp()[1] <= ended
        by_partition.setdefault((message.topic(), message.partition()), []).append(event.fact.recorded)
    assert all(recorded == sorted(recorded) for recorded in by_partition.values())
    assert begun <= max(map(max, by_partition.values())) <= ended
    assert not Path(f"{events}.replay").exists()


def test_a_killed_replay_goes_on_and_doubles_no_more_than_what_was_under_way(
    kafka: str, tmp_path: Path
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line.value + b"\n" for line in day(Random(7), START, hours=12, seed=7)))
    starts, note = ends(kafka), Path(f"{path}.replay")
    command = [sys.executable, "-m", "pledgewatch", "replay", str(path), "--flat-out", "--bootstrap", kafka]
    killed = subprocess.Popen(command, stderr=subprocess.PIPE)
    while not note.exists():
        assert killed.poll() is None, killed.communicate()
        time.sleep(0.005)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    noted = json.loads(note.read_text())
    assert noted["done"] > 0
    first = pledgewatch("replay", str(path), "--flat-out", kafka=kafka)
    assert first.returncode == 0 and f"goes on after the first {noted['done']:,} of" in first.stderr
    found = since(kafka, starts)
    sent, wanted = Counter(map(identity, found)), Counter(readable(path))
    assert not wanted - sent
    assert (sent - wanted).total() <= (UNDER_WAY + 2) * BATCH
    # Moved as the first run moved them: the doubled are the same to the byte.
    assert len({message.value() for message in found}) == len(set(path.read_bytes().splitlines()))
    assert not note.exists()


def test_a_stopped_replay_says_so_and_has_noted_all_that_it_sent(kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line.value + b"\n" for line in day(Random(10), START, hours=1, seed=10)))
    starts, note = ends(kafka), Path(f"{path}.replay")
    command = [sys.executable, "-m", "pledgewatch", "replay", str(path), "--bootstrap", kafka]
    stopped = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not note.exists() and stopped.poll() is None:
        time.sleep(0.01)
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=20)
    assert stopped.returncode == 130
    assert told.strip() == "replay: stopped; it goes on where it was when it is run again"
    assert json.loads(note.read_text())["done"] == len(since(kafka, starts)) > 0


def test_at_its_clocks_pace_each_event_is_sent_when_its_time_has_come(kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [
        line for line in day(Random(8), START, hours=1, rate=0.1, seed=8) if line.recorded < START + HOUR
    ]
    path.write_bytes(b"".join(line.value + b"\n" for line in lines))
    wall = time.time_ns() // 1_000_000
    clock = f"scaled:2010-03-01T08:00:00Z={format_time(wall + 2_000)}@1200"
    starts = ends(kafka)
    done = pledgewatch("replay", str(path), "--clock", clock, kafka=kafka)
    assert done.returncode == 0, done.stderr
    found = since(kafka, starts)
    assert len(found) == len(lines)
    for message in found:
        fact = decode(message.value()).fact
        due = wall + 2_000 + (fact.recorded - START) / 1200
        assert fact.recorded < START + HOUR  # as recorded, not moved
        assert -5 <= message.timestamp()[1] - due <= 1_500


def test_a_heartbeat_goes_to_every_partition_of_its_sources_topic(kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    lines = [line.value for line in day(Random(9), START, hours=0.1, heartbeat=MINUTE, seed=9)]
    path.write_bytes(b"\n".join(lines))
    starts = ends(kafka)
    done = pledgewatch("replay", str(path), "--flat-out", kafka=kafka)
    assert done.returncode == 0, done.stderr
    beats = [message for message in since(kafka, starts) if b"source.heartbeat" in message.value()]
    places = Counter(
        (message.topic(), message.partition()) for message in beats if b"cad/met" in message.value()
    )
    # The first ones went everywhere: their source had not been heard of.
    assert {places["dispatch", partition] for partition in range(PARTITIONS)} == {16}
    assert {places["call-answer", partition] for partition in range(PARTITIONS)} < {1, 2}


def test_a_simulated_day_sent_at_once_has_its_poison_and_nothing_of_the_future(kafka: str) -> None:
    starts = ends(kafka)
    done = pledgewatch("simulate", "--hours", "1", "--poison", "9", "--flat-out", kafka=kafka)
    assert done.returncode == 0, done.stderr
    now, refused = time.time_ns() // 1_000_000, Counter()
    for message in since(kafka, starts):
        try:
            check_future(decode(message.value(), message.topic()), now)
        except Refused as reason:
            refused[reason.reason] += 1
    assert refused.total() == 9
    assert refused["time-in-future"] == 1


def test_a_simulated_day_begins_now_by_the_clock(kafka: str) -> None:
    starts, now = ends(kafka), time.time_ns() // 1_000_000
    clock = f"scaled:{format_time(now)}@3600"
    command = [sys.executable, "-m", "pledgewatch", "simulate", "--hours", "48", "--clock", clock]
    running = subprocess.Popen([*command, "--bootstrap", kafka], stderr=subprocess.PIPE)
    time.sleep(3.5)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    found = since(kafka, starts)
    assert len(found) > 500
    assert all(decode(message.value()).fact.recorded <= now + 3600 * 15 * SECOND for message in found)


def test_a_city_that_is_stopped_goes_on_where_it_was(kafka: str, tmp_path: Path) -> None:
    starts, note = ends(kafka), tmp_path / "note"
    city = ["simulate", "--seed", "8", "--days", "3", "--back", "6h", "--note", str(note)]
    assert pledgewatch(*city, "--flat-out", kafka=kafka).returncode == 0
    # It has come to the present: going on, it waits for what is to happen.
    for _ in range(2):
        going_on = subprocess.Popen([sys.executable, "-m", "pledgewatch", *city, "--bootstrap", kafka])
        time.sleep(3)
        going_on.kill()
        going_on.wait(20)
    last = pledgewatch(*city, "--flat-out", kafka=kafka)
    assert "goes on after the first" in last.stderr
    noted = json.loads(note.read_bytes())
    whole = islice(day(Random(8), noted["shift"], hours=72, seed=8), noted["done"])
    found = Counter(message.value() for message in since(kafka, starts))
    # Nothing is left out; what was sent in the second before a kill may be there twice, and counts once (S1).
    assert Counter(line.value for line in whole) - found == Counter()
    assert found.total() - noted["done"] < 100


def test_replay_has_time_for_20_thousand_a_second(kafka: str, tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line.value + b"\n" for line in day(Random(1), START)))
    events = path.read_bytes().count(b"\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = pledgewatch("replay", str(path), "--flat-out", kafka=kafka).stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{told.splitlines()[-1]}; {1e6 * spent / events:.0f} µs of processor an event, start included")
    # In processor time, of two threads: what the wall says depends on whatever else the machine does.
    assert events / spent > 20_000 / 2


def test_a_topic_that_is_not_there_is_told_with_what_to_do(events: Path) -> None:
    with real_kafka() as bare:
        done = pledgewatch("replay", str(events), "--flat-out", kafka=bare)
    assert done.returncode == 2
    assert "has no topic" in done.stderr and "pledgewatch topics create" in done.stderr
    assert "Traceback" not in done.stderr
