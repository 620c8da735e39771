"""Alerts and steps to write messages of."""

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from alerting.alert import Alert, Entry, fold
from alerting.channels import Message
from alerting.channels.channel import Form
from alerting.links import Links
from alerting.messages import write
from tests.alerting.entries import act, feed_news, news
from tests.cli.events import at

LONDON = ZoneInfo("Europe/London")
LINKS = Links("a key that nobody else has", "https://board.example")
RISK = news("clock.at_risk", "+9m", 1, ward="Dalston")
BREACH = news("clock.breached", "+12m", 2, ward="Dalston", units=["EH21"])
STOPPED = news("clock.stopped", "+14m", 3, stop="2009-10-24T19:14:00Z", elapsed_ms=840_000)
MET = news(
    "clock.met",
    "+15m",
    3,
    corrects=BREACH.id,
    corrects_verdict="breached",
    evidence=["unit-77"],
    evidence_late_ms=180_000,
    elapsed_ms=660_000,
)
SILENT = feed_news("feed.silent", "+2m", 1)
ACKNOWLEDGED = act("alert.acknowledged", "+13m", by="Insp Shah", note="on it")
STORM = "storm/attend-immediate/Hackney/1"
OPENED = act(
    "situation.opened",
    "+20m",
    STORM,
    kind="storm",
    words="6 immediate incidents breached in Hackney within 5m",
    policy="storms",
    standard="attend-immediate",
    borough="Hackney",
)


@dataclass(frozen=True)
class Person:
    name: str = "Insp Shah"
    address: str | None = "shah@example.org"


@dataclass(frozen=True)
class Telling:
    id: str = "step-1"
    to: Person = field(default_factory=Person)
    form: Form = "text"
    because: str = "the duty inspector is told of every immediate breach"


def folded(*entries: Entry) -> Alert:
    alert = fold(entries)
    assert alert is not None
    return alert


def message(
    *entries: Entry,
    moment: str = "+16m",
    form: Form = "text",
    links: Links | None = LINKS,
    to: Person | None = None,
) -> Message:
    """What is written of these entries at a moment after zero."""
    telling = Telling(form=form, to=to or Person())
    return write(folded(*entries), telling, now=at(moment), zone=LONDON, links=links)
