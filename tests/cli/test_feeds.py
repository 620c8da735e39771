"""Feeds as users name them: the file, its errors, and judging beside them (S6)."""

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest

from feeds.simulation.day import day
from pledgewatch.bulk import buckets, judging
from pledgewatch.cli import run
from pledgewatch.naming import read_feeds
from schemas.announcements import FeedAnnouncement
from schemas.documents import DocumentError
from schemas.times import MINUTE, SECOND, parse_time
from tests.cli.events import event, written

NAMED = """feeds:
  - source: cad/north
    topic: dispatch
    silence: 60s
    boroughs: [Camden, Barnet]
  - {source: acd, topic: call-answer, silence: 20s, skew: 5s}
"""
SILENT = [
    event("+0s", "call.presented", "CALL-1", line="999", source="acd"),
    event("+2s", "call.presented", "CALL-2", line="101", source="acd"),
]
BEAT = event("+10m", "source.heartbeat", "acd", source="acd")


@pytest.fixture
def named(tmp_path: Path) -> str:
    path = tmp_path / "feeds.yaml"
    path.write_text(NAMED)
    return str(path)


def lines(capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> list[dict[str, Any]]:
    assert run(list(arguments)) == 0
    return [json.loads(line) for line in capfdbinary.readouterr().out.splitlines()]


def test_the_file_is_read_with_silences_as_the_clock_counts(named: str) -> None:
    north, calls = read_feeds(named, lambda ms: ms * 60)
    assert (north.key, north.silence, north.boroughs) == (
        "feed/dispatch/cad/north",
        60 * MINUTE,
        ("Camden", "Barnet"),
    )
    assert (calls.silence, calls.skew) == (20 * MINUTE, 5 * SECOND)
    assert read_feeds(None) == ()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("feeds: []", ":1: feeds: "),
        ("feeds:\n  - {source: a, topic: dispatch}", ":2: feeds.0.silence: missing"),
        ("feeds:\n  - {source: a, topic: dispatch, silence: 60}", "a duration is text with its unit"),
        ("feeds:\n  - {source: a, topic: dispatch, silence: 0s}", "longer than nothing"),
        ("feeds:\n  - {source: a, topic: telex, silence: 1s}", ":2: feeds.0.topic: 'telex' is none of"),
        ("feeds:\n  - {source: a, topic: arrival, silence: 1s, noise: 1}", ":2: feeds.0.noise: unknown key"),
        ("feeds:\n  - {source: a, topic: arrival, silence: 1s, boroughs: []}", ":2: feeds.0.boroughs: "),
        (
            "feeds:\n  - {source: a, topic: arrival, silence: 1s}\n  - {source: a, topic: arrival, silence: 2s}",
            ":3: the feed a on arrival is named twice",
        ),
    ],
)
def test_a_file_that_will_not_do_is_refused_with_its_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(text)
    with pytest.raises(DocumentError) as refused:
        read_feeds(str(path))
    assert str(refused.value).startswith(str(path))
    assert complaint in str(refused.value)


def test_check_says_what_is_named(named: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["feeds", "check", named]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "cad/north on dispatch: silent after 1m, for Camden, Barnet",
        "acd on call-answer: silent after 20s, skew 5s",
    ]
    assert run(["feeds", "check", str(tmp_path / "none.yaml")]) == 2


def test_judge_calls_nothing_broken_that_a_silent_feed_would_have_told_of(
    tmp_path: Path, named: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = str(written(tmp_path / "e.jsonl", *SILENT, BEAT))
    plain = {line["clock"]: line["verdict"] for line in lines(capfdbinary, "judge", path)}
    assert set(plain.values()) == {"breached"}
    found = lines(capfdbinary, "judge", path, "--feeds", named)
    assert {(line["verdict"], line["reason"]) for line in found} == {("unverifiable", "feed-silent")}


def test_judge_says_what_would_be_announced_of_the_feeds(
    tmp_path: Path, named: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = str(written(tmp_path / "e.jsonl", *SILENT, BEAT))
    found = lines(capfdbinary, "judge", path, "--feeds", named, "--said", "--news", "--at", "last")
    assert [(line["type"], line["subject"]) for line in found] == [
        ("clock.breached", "CALL-1/call-999"),
        ("feed.silent", "feed/call-answer/acd"),
        ("clock.unverifiable", "CALL-1/call-999"),
        ("clock.unverifiable", "CALL-2/call-non-emergency"),
        ("feed.back", "feed/call-answer/acd"),
    ]
    silent = FeedAnnouncement.model_validate(found[1])
    told = parse_time(silent.recordedtime) - parse_time(silent.time)
    assert (told, silent.data.delay_ms) == (1_000, 0)


def test_figures_count_apart_what_a_silent_feed_would_have_told_of(
    tmp_path: Path, named: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = str(written(tmp_path / "e.jsonl", *SILENT, BEAT))
    asked = ("figures", path, "--list", "--format", "json")
    assert {line["verdict"] for line in lines(capfdbinary, *asked)} == {"breached"}
    found = lines(capfdbinary, *asked, "--feeds", named)
    assert {(line["verdict"], line["reason"]) for line in found} == {("unverifiable", "feed-silent")}


def test_another_pack_is_held_against_one_beside_the_same_feeds(
    tmp_path: Path, named: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    created = event("+0s", "incident.created", "CAD-1", grade="I", borough="Camden", source="cad/north")
    asked = ("judge", str(written(tmp_path / "e.jsonl", created)), "--against", "national-2026")
    plain, _ = lines(capfdbinary, *asked)
    found, _ = lines(capfdbinary, *asked, "--feeds", named)
    verdicts = [(line["differing"], line["a"]["verdict"], line["b"]["verdict"]) for line in (plain, found)]
    assert verdicts == [(["due"], "breached", "breached"), (["due"], "unverifiable", "unverifiable")]


@pytest.mark.parametrize("arguments", [[], ["--at", "last"], ["--at", "2010-03-01T01:00:00Z"]])
def test_in_bulk_the_feeds_are_heard_before_anything_is_judged(
    tmp_path: Path,
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    start = parse_time("2010-03-01T00:00:00Z")
    events = [json.loads(line.value) for line in day(Random(4), start, hours=2.0, heartbeat=4 * MINUTE)]
    for each in events:  # only the calls promise
        if each["type"] == "source.heartbeat" and each["source"] != "acd/met":
            del each["data"]["through"]
    told = [json.dumps(each).encode() for each in events]
    sources = {each["source"] for each in events}
    Random(5).shuffle(told)
    path = tmp_path / "day.jsonl"
    path.write_bytes(b"\n".join(told))
    entries = [
        f"  - {{source: '{source}', topic: {topic}, silence: 3s}}"
        for source in sorted(sources)
        for topic in ("call-answer", "dispatch", "arrival", "snt-message")
    ]
    named = tmp_path / "feeds.yaml"
    named.write_text("\n".join(["feeds:", *entries]))
    plain = lines(capfdbinary, "judge", str(path), "--feeds", str(named), *arguments)
    monkeypatch.setattr(judging, "IN_MEMORY", 10_000)
    monkeypatch.setattr(buckets, "BUCKET_BYTES", 50_000)

    assert lines(capfdbinary, "judge", str(path), "--feeds", str(named), *arguments) == plain
    reasons = [line["reason"] for line in plain]
    assert arguments or "feed-silent" in reasons  # while the day goes on, nearly everything ends by evidence


@pytest.mark.parametrize(
    ("begin", "until", "complaint"),
    [
        ("soon", "now", "'soon' is not an RFC 3339 time"),
        ("2100-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "an outage ends after it begins"),
        ("2001-01-01T00:00:00Z", "2001-01-02T00:00:00Z", "not in the past"),
    ],
)
def test_an_outage_that_cannot_be_is_refused(
    begin: str, until: str, complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    outage = ["feeds", "outage", "cad", "--topic", "dispatch", "--reason", "works", "--by", "Sgt Smith"]
    assert run([*outage, "--from", begin, "--until", until, "--bootstrap", "localhost:1"]) == 2
    assert complaint in capsys.readouterr().err
