"""One desk, as it runs: an inspector is told by mail and by SMS, another system by webhook, Alertmanager follows."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from alerting.links import Links
from schemas.times import MINUTE, format_time
from streams.clock import parse_clock
from streams.connection import Connection
from tests.alerting.channels.conftest import Mailbox, alertmanager, mailbox, receiver
from tests.alerting.channels.receiver import Receiver, receiving
from tests.alerting.channels.test_alertmanager import alerts_in
from tests.desk.test_commands import Installation, wait_for
from tests.redis.broker import announce, connection
from tests.redis.entries import NOW, news

__all__ = ["alertmanager", "connection", "mailbox", "receiver"]
pytestmark = pytest.mark.redis
CLOCK = "CAD-1/attend-immediate"
KEY = "a key of the tests, and of no use elsewhere"


@pytest.fixture
def phones() -> Iterator[Receiver]:
    """An SMS gateway."""
    with receiving() as gateway:
        yield gateway


@pytest.fixture
def installation(
    connection: Connection,
    redis_url: str,
    mailbox: Mailbox,
    receiver: Receiver,
    phones: Receiver,
    alertmanager: str,
    tmp_path: Path,
) -> Installation:
    gateway = phones.url.removeprefix("http://")
    told = {
        "channels": {
            "mail": {"kind": "apprise", "url": mailbox.url, "form": "html"},
            "sms": {"kind": "apprise", "url": f"json://{gateway}/{{address}}", "form": "short"},
            "cad": {"kind": "webhook", "url": f"{receiver.url}/cad", "secret": {"inline": KEY}},
            "wall": {"kind": "alertmanager", "url": alertmanager},
        },
        "people": {"shah": {"name": "Insp Shah", "addresses": {"mail": "shah@example.org", "sms": "0700"}}},
        "roster": {"inspector": [{"who": ["shah"]}]},
        "ladders": {"all": [{"tell": "inspector", "by": ["mail", "sms", "cad"]}]},
        "rules": [{"name": "all", "ladder": "all"}],
        "watchdog": {"url": f"{receiver.url}/ping", "every": "1s"},
    }
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "alerting.yaml").write_text(yaml.safe_dump(told))
    installation = Installation(connection, redis_url, tmp_path / "alerting.yaml")
    installation.policy += ["--board-url", "https://board.example", "--link-key-file", str(tmp_path / "key")]
    return installation


def sent_to(receiver: Receiver, path: str) -> list[bytes]:
    return [request.body for request in receiver.requests if request.path == path]


def statuses(receiver: Receiver) -> list[str]:
    return [json.loads(body)["status"] for body in sent_to(receiver, "/from-alertmanager")]


def test_each_is_told_once_of_a_breach_and_once_of_its_end(
    installation: Installation,
    connection: Connection,
    mailbox: Mailbox,
    receiver: Receiver,
    phones: Receiver,
    alertmanager: str,
    tmp_path: Path,
) -> None:
    with installation.desk(tmp_path / "desk.log"):
        announce(connection, news(CLOCK, at=NOW + 1))
        wait_for(lambda: mailbox.mails and sent_to(phones, "/0700") and sent_to(receiver, "/cad"))
        wait_for(lambda: statuses(receiver) == ["firing"])
        wait_for(lambda: sent_to(receiver, "/ping"))
        mail = mailbox.mails[0]
        assert mail["subject"].startswith("BREACHED: immediate incident CAD-1 in Kilburn, Camden")
        assert json.loads(sent_to(receiver, "/cad")[0])["data"]["alert"]["stage"] == "breached"
        sms = json.loads(sent_to(phones, "/0700")[0])["message"]
        assert sms.startswith("BREACHED CAD-1 Camden: ") and len(sms) <= 160
        link = re.search(r"https://board\.example/ack\?t=\S+", sms)
        assert link is not None
        token = parse_qs(urlsplit(link[0]).query)["t"][0]
        assert Links(KEY, "").read(token, NOW + MINUTE) == (CLOCK, "Insp Shah")

        (mirrored,) = alerts_in(alertmanager)
        assert mirrored["annotations"]["summary"].startswith("BREACHED: immediate incident CAD-1")
        assert installation.command("acknowledge", CLOCK, "--by", "Insp Shah", "--note", "on it") == 0
        wait_for(
            lambda: (
                [a["annotations"].get("acknowledged_by") for a in alerts_in(alertmanager)] == ["Insp Shah"]
            )
        )

        now = parse_clock(installation.where[-1]).now()
        end = {"due": format_time(NOW), "stop": format_time(now), "elapsed_ms": now - NOW + 12 * MINUTE}
        announce(connection, news(CLOCK, "clock.stopped", now, 2, **end))
        wait_for(lambda: len(mailbox.mails) == 2 and len(sent_to(phones, "/0700")) == 2)
        wait_for(lambda: statuses(receiver) == ["firing", "resolved"])
        assert mailbox.mails[1]["subject"].startswith(
            "late: immediate incident CAD-1 in Kilburn, Camden: attended after 12m"
        )
        assert mailbox.mails[1]["references"] == mail["references"]
        assert len(sent_to(receiver, "/cad")) == 2 and not sent_to(receiver, "/ping/fail")
