"""`pledgewatch alerting explain`: who is told of a clock, foretold of a file, and as Kafka has it."""

import json
import time
from pathlib import Path

import pytest

from pledgewatch.cli import run
from streams.connection import Connection
from tests.alerting.policies import written as policy_file
from tests.cli.events import event, written
from tests.redis.broker import announce, connection
from tests.redis.entries import NOW, news

__all__ = ["connection"]
LATE = [
    event("+0s", "incident.created", "CAD-1", grade="I", borough="Hackney"),
    event("+30m", "unit.arrived", "CAD-1", unit="GD22"),
]
CLOCK = "CAD-1/attend-immediate"


@pytest.fixture
def policy(tmp_path: Path) -> str:
    rules = [{"name": "breaches", "ladder": "full", "stages": ["breached"]}]
    storms = [{"name": "storm", "ladder": "full", "more_than": 3, "within": "60s"}]
    return str(policy_file(tmp_path / "policy.yaml", rules=rules, storms=storms))


@pytest.fixture
def events(tmp_path: Path) -> str:
    return str(written(tmp_path / "events.jsonl", *LATE))


def explained(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What it says."""
    assert run(["alerting", "explain", *arguments]) == 0
    return capsys.readouterr().out


def test_it_foretells_who_is_told_and_who_is_not_and_why(capsys, policy, events):
    assert explained(capsys, "CAD-1", "--events", events, "--alerting", policy).splitlines() == [
        f"{CLOCK}: stopped late; resolved; rule breaches",
        "  Who is told",
        "    24 Oct 20:12:01  Insp Shah by sms   it is breached (breaches)",
        "    24 Oct 20:17:01  CI Chief by sms    nobody acknowledged it for 5m (breaches)",
        "    24 Oct 20:22:01  Supt Super by sms  nobody acknowledged it for 10m (breaches)",
        "    24 Oct 20:30     Insp Shah by sms   you were told of it; now stopped late",
        "    24 Oct 20:30     CI Chief by sms    you were told of it; now stopped late",
        "    24 Oct 20:30     Supt Super by sms  you were told of it; now stopped late",
        "  Who is not",
        "    24 Oct 20:02:01  un-resourced  no rule of the policy fits it",
        "    24 Oct 20:09:01  at risk       no rule of the policy fits it",
    ]


def test_at_a_moment_it_says_what_is_still_to_come(capsys, policy, events):
    said = explained(
        capsys, CLOCK, "--events", events, "--alerting", policy, "--at", "2009-10-24T20:18:00+01:00"
    )
    assert f"{CLOCK}: breached; nobody has it; rule breaches\n" in said
    assert "CI Chief by sms    nobody acknowledged it for 5m (breaches)\n" in said
    assert "Supt Super by sms  nobody acknowledged it for 10m (breaches) [not yet]\n" in said
    assert (
        "Insp Night by sms  it is still breached at the change of shift, 24 Oct 23:00 (breaches) [not yet]"
        in said
    )


def test_a_storm_is_foretold_as_one(capsys, policy, tmp_path):
    incidents = [
        event(f"+{number}s", "incident.created", f"CAD-{number}", grade="I", borough="Hackney")
        for number in range(5)
    ]
    many = str(written(tmp_path / "many.jsonl", *incidents))
    said = explained(
        capsys, "CAD-4", "--events", many, "--alerting", policy, "--at", "2009-10-24T20:13:00+01:00"
    )
    assert "part of storm/attend-immediate/Hackney/2009-10-24T19:12:04.001Z" in said
    assert "Insp Shah" not in said.partition("23:00")[0]
    storm = "storm/attend-immediate/Hackney/2009-10-24T19:12:04.001Z"
    assert "it is going on (storm)" in explained(capsys, storm, "--events", many, "--alerting", policy)


def test_as_json_it_is_an_object_an_alert(capsys, policy, events):
    (line,) = explained(capsys, "CAD-1", "--events", events, "--alerting", policy, "--json").splitlines()
    told = json.loads(line)
    assert (told["alert"], told["rule"], told["stage"]) == (CLOCK, "breaches", "stopped-late")
    assert told["steps"][0]["at"] == "2009-10-24T19:12:01.001Z"
    assert told["steps"][0]["to"] == {"name": "Insp Shah", "address": "+1"}
    assert {each["why"] for each in told["withheld"]} == {"nobody"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["CAD-2", "--events", "EVENTS", "--alerting", "POLICY"], "nothing was announced of CAD-2"),
        (["CAD-1", "--events", "EVENTS"], "give --alerting FILE"),
        (["CAD-1", "--alerting", "POLICY", "--at", "2009-10-24T20:18:00+01:00"], "--at goes with --events"),
        (["CAD-1", "--events", "nowhere.jsonl", "--alerting", "POLICY"], "nowhere.jsonl"),
    ],
)
def test_what_cannot_be_explained_is_said_to_be(capsys, policy, events, arguments, said):
    given = [{"EVENTS": events, "POLICY": policy}.get(each, each) for each in arguments]
    assert run(["alerting", "explain", *given]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.redis
def test_it_is_asked_of_kafka_where_there_are_no_events(
    capsys: pytest.CaptureFixture[str], policy: str, connection: Connection, redis_url: str
) -> None:
    announce(connection, news(CLOCK, at=NOW), news("CAD-12/attend-immediate", at=NOW))
    where = ["--bootstrap", connection.bootstrap, "--redis-url", redis_url, "--alerting", policy]
    clock = f"scaled:2009-10-24T09:59:00Z={time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}@1"
    said = explained(capsys, "CAD-1", *where, "--clock", clock)
    assert f"{CLOCK}: breached; nobody has it; rule breaches\n" in said
    assert "Insp Early by sms  it is breached (breaches) [not yet]\n" in said
    assert "CAD-12" not in said
