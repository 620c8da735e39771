"""`pledgewatch alerting list|acknowledge|assign|…|rebuild`: an inspector without a browser."""

import json
from collections.abc import Callable

import pytest
from redis import Redis

from pledgewatch.cli import run
from streams.connection import Connection
from tests.redis.broker import announce, connection
from tests.redis.entries import NOW, news

__all__ = ["connection"]
pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"
Desk = Callable[..., int]


@pytest.fixture
def desk(connection: Connection, redis_url: str) -> Desk:
    announce(connection, news(CLOCK, units=["GD21"]))
    where = ("--bootstrap", connection.bootstrap, "--redis-url", redis_url)
    return lambda name, *given: run(["alerting", name, *where, *given])


def test_a_fresh_redis_is_filled_by_asking(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk("list") == 0
    line = capsys.readouterr().out
    assert "24 Oct 11:00:00  breached" in line
    assert "nobody has it" in line
    assert "immediate incident CAD-1 in Kilburn, Camden: not attended within 12m, GD21 on the way" in line
    assert line.rstrip().endswith(CLOCK)


def test_an_alert_is_acknowledged_and_handed_over(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk("acknowledge", CLOCK, "--by", "Insp Ray", "--note", "unit called") == 0
    assert capsys.readouterr().out == f"{CLOCK}: breached, acknowledged, Insp Ray has it\n"
    assert desk("hand-over", "--by", "Insp Ray", "--to", "Insp Khan") == 0
    assert (
        capsys.readouterr().out == f"{CLOCK}: breached, acknowledged, Insp Khan has it (before: Insp Ray)\n"
    )
    assert desk("hand-over", "--by", "Insp Ray", "--to", "Insp Khan") == 2
    assert "Insp Ray has no open alert to hand over" in capsys.readouterr().err

    desk("list", "--assignee", "Insp Khan", "--json")
    told = json.loads(capsys.readouterr().out)
    assert [entry["type"] for entry in told["entries"]] == [
        "clock.breached",
        "alert.acknowledged",
        "alert.handed_over",
    ]
    assert told["entries"][1]["data"] == {"by": "Insp Ray", "note": "unit called"}


def test_an_alert_is_assigned_commented_snoozed_and_closed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk("assign", CLOCK, "--by", "Insp Ray", "--to", "PS Lee") == 0
    assert desk("comment", CLOCK, "--by", "PS Lee", "--note", "on scene") == 0
    assert desk("snooze", CLOCK, "--by", "PS Lee", "--for", "20m") == 0
    assert "left alone until" in capsys.readouterr().out
    assert desk("close", CLOCK, "--by", "PS Lee", "--note", "no trace") == 0
    assert capsys.readouterr().out.startswith(f"{CLOCK}: breached, resolved, PS Lee has it")
    desk("list")
    assert capsys.readouterr() == ("", "pledgewatch: no open alert\n")
    desk("list", "--state", "resolved")
    assert CLOCK in capsys.readouterr().out


def test_an_incident_stands_for_its_only_alert(
    desk: Desk, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk("acknowledge", "CAD-1", "--by", "Insp Ray") == 0
    assert capsys.readouterr().out.startswith(f"{CLOCK}: breached, acknowledged")
    assert desk("acknowledge", "CAD-1", "--by", "Insp Khan") == 0
    assert capsys.readouterr().out.endswith("Insp Ray has it, acknowledged first by Insp Ray\n")
    announce(connection, news("CAD-1/attend-priority"), news("CAD-10/attend-priority"))
    assert desk("acknowledge", "CAD-1", "--by", "Insp Ray") == 2
    assert f"CAD-1 has several alerts: {CLOCK}, CAD-1/attend-priority" in capsys.readouterr().err
    assert desk("acknowledge", "CAD-*", "--by", "Insp Ray") == 2
    assert "there is no alert CAD-*" in capsys.readouterr().err


def test_redis_is_lost_and_nothing_with_it(
    desk: Desk, redis_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    desk("acknowledge", CLOCK, "--by", "Insp Ray")
    with Redis.from_url(redis_url) as redis:
        redis.flushall()
    capsys.readouterr()
    assert desk("rebuild") == 0
    assert capsys.readouterr().out == "1 alerts, 1 of them open, from 2 records\n"
    desk("list")
    assert "Insp Ray" in capsys.readouterr().out


def test_more_than_is_shown_is_said(
    desk: Desk, connection: Connection, capsys: pytest.CaptureFixture[str]
) -> None:
    announce(connection, *(news(f"CAD-{number}/attend-immediate", at=NOW + number) for number in range(2, 7)))
    desk("list", "--limit", "4")
    told = capsys.readouterr()
    assert [line.split()[-1].partition("/")[0] for line in told.out.splitlines()] == [
        "CAD-6",
        "CAD-5",
        "CAD-4",
        "CAD-3",
    ]
    assert told.err == "pledgewatch: 2 more are not shown: see --limit\n"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("acknowledge", "CAD-9/attend-immediate", "--by", "Insp Ray"),
            "there is no alert CAD-9/attend-immediate",
        ),
        (("acknowledge", CLOCK, "--by", " "), "--by"),
        (("comment", CLOCK, "--by", "Insp Ray"), "--note"),
        (("acknowledge", CLOCK, "--by", "Insp Ray", "--note", "x" * 1001), "--note"),
        (("snooze", CLOCK, "--by", "Insp Ray"), "either --until or --for"),
        (("snooze", CLOCK, "--by", "Insp Ray", "--for", "soon"), "--for"),
        (("snooze", CLOCK, "--by", "Insp Ray", "--until", "2009-10-24T10:00:00Z"), "has passed"),
        (("list", "--bootstrap", "127.0.0.1:1"), "pledgewatch: cannot reach Kafka at 127.0.0.1:1\n"),
        (("list", "--redis-url", "redis://127.0.0.1:1/0"), "cannot reach Redis at redis://127.0.0.1:1/0"),
    ],
)
def test_what_cannot_be_done_is_said(
    desk: Desk, given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk(*given) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""
