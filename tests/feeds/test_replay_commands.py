"""`replay` and `simulate` on the command line: what they refuse, and in which words."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner, Result
from confluent_kafka import Consumer, Producer, TopicPartition

from feeds.replay.addressing import Addressing, Record
from feeds.replay.producing import SendingError, produce
from feeds.simulation.day import day
from pledgewatch.cli import pledgewatch, run
from pledgewatch.commands.simulate import START
from schemas.decoding import decode
from schemas.events import INPUT_TOPICS
from schemas.times import parse_time

NOWHERE = ("--bootstrap", "127.0.0.1:1")


@pytest.fixture(scope="module")
def embedded() -> Iterator[str]:
    """librdkafka's own broker, the demo's: its topics appear on use."""
    host = Producer({"bootstrap.servers": "", "test.mock.num.brokers": 1, "log_level": 0})
    (broker,) = host.list_topics(timeout=10).brokers.values()
    yield f"{broker.host}:{broker.port}"
    host.flush()


def asked(*arguments: str) -> Result:
    return CliRunner().invoke(pledgewatch, list(arguments))


def test_simulate_writes_what_the_day_says(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    assert asked("simulate", "--seed", "3", "--hours", "0.5", "-o", str(path)).exit_code == 0
    lines = [line.value for line in day(Random(3), parse_time(START), hours=0.5, seed=3)]
    assert path.read_bytes().splitlines() == lines


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--start", "yesterday"], "'yesterday' is not an RFC 3339 time with an offset"),
        (["--start", "2010-03-01T00:00:00"], "is not an RFC 3339 time with an offset"),
        (["--hours", "0"], "0.0 is not in the range"),
        (["--hours", "1", "--days", "1"], "--hours or --days, not both"),
        (["--days", "0"], "0 is not in the range"),
        (["--rate", "-1"], "-1.0 is not in the range"),
        (["--poison", "-1"], "-1 is not in the range"),
        (["--heartbeats", "often"], "'often' is not a duration"),
        (["--seed", "x"], "'x' is not a valid integer"),
        (["--flat-out"], "--flat-out is for Kafka: give --bootstrap"),
        (["--back", "1h"], "--back is for Kafka: give --bootstrap"),
        (["--note", "x"], "--note is for Kafka: give --bootstrap"),
        (["--back", "1h", "--start", START, *NOWHERE], "--back and --start: it begins once"),
        (["-o", "x.jsonl", *NOWHERE], "to a file or to Kafka, not to both"),
        (["--start", START, *NOWHERE], "a day sent to Kafka begins now"),
        (["--clock", "events", *NOWHERE], "by the clock `events` it is never now"),
    ],
)
def test_simulate_refuses_what_makes_no_sense(arguments: list[str], words: str) -> None:
    result = asked("simulate", *arguments)
    assert result.exit_code == 2
    assert words in result.output


@pytest.mark.parametrize("command", [["simulate"], ["replay", "EVENTS"]])
def test_a_kafka_that_cannot_be_reached_is_told_within_its_time(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.replay.producing.CONNECT_SECONDS", 0.5)
    (tmp_path / "events.jsonl").write_bytes(next(day(Random(1), parse_time(START))).value)
    given = [str(tmp_path / "events.jsonl") if each == "EVENTS" else each for each in command]
    assert run([*given, *NOWHERE, "--flat-out"]) == 2
    told = capsys.readouterr().err
    assert "pledgewatch: cannot reach Kafka at 127.0.0.1:1: " in told
    assert "refused" in told


def test_replay_says_which_lines_it_cannot_read_and_exits_with_1_if_none_can_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b'{"a":1}\n\nnonsense\n')
    with pytest.raises(SystemExit) as ended:
        raise SystemExit(run(["replay", str(path), *NOWHERE, "--flat-out"]))
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert f"{path}:1: missing-field: " in told
    assert f"{path}:3: not-json: " in told
    assert f"no event could be read in {path}" in told


def test_replay_of_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["replay", "/no/such/events.jsonl"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_replay_refuses_a_clock_that_only_events_move(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "events.jsonl").write_bytes(b"")
    assert run(["replay", str(tmp_path / "events.jsonl"), "--clock", "events", *NOWHERE]) == 2
    assert "add --flat-out" in capsys.readouterr().err


def test_replay_of_a_damaged_gzip_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl.gz"
    path.write_bytes(
        gzip.compress(b"".join(line.value + b"\n" for line in day(Random(1), 0, hours=0.1)))[:-20]
    )
    assert run(["replay", str(path), *NOWHERE]) == 2
    assert "damaged or cut short" in capsys.readouterr().err


def test_heartbeats_follow_their_source_and_withdrawals_their_subject() -> None:
    addressing = Addressing()
    envelope = {"specversion": "1.0", "source": "cad/x", "id": "1", "time": "2010-03-01T00:00:00Z"}

    def topics(type_: str, subject: str, **data: object) -> list[str]:
        return addressing.topics(
            decode(json.dumps({**envelope, "type": type_, "subject": subject, "data": data}).encode())
        )

    assert topics("source.heartbeat", "cad/x") == sorted(INPUT_TOPICS)
    assert topics("unit.arrived", "CAD-1", unit="GD21") == ["arrival"]
    assert topics("incident.created", "CAD-1", grade="I") == ["dispatch"]
    assert topics("event.withdrawn", "CAD-1", event="1") == ["dispatch"]
    assert topics("event.withdrawn", "APPT-1", event="1") == ["pledge-contact"]
    assert topics("source.heartbeat", "cad/x") == ["arrival", "dispatch", "pledge-contact"]


def test_a_broker_that_makes_its_topics_is_taken_at_its_word(embedded: str) -> None:
    told: list[int] = []
    records = [Record("call-answer", f"CALL-{number}", b"{}", place=number + 1) for number in range(12_000)]
    with pytest.raises(SendingError, match="has no topic call-answer: run `pledgewatch topics create` first"):
        produce(records, embedded)
    sent = produce(
        [None, *records, None], embedded, topics_appear=True, sent=lambda last: told.append(last.place)
    )
    assert sent == 12_000
    assert told == sorted(told)
    assert told[-1] == 12_000
    assert in_topic(embedded, "call-answer") == 12_000


def in_topic(kafka: str, topic: str) -> int:
    reader = Consumer({"bootstrap.servers": kafka, "group.id": "tests", "log_level": 0})
    partitions = reader.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [reader.get_watermark_offsets(TopicPartition(topic, partition))[1] for partition in partitions]
    reader.close()
    return sum(ends)
