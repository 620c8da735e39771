"""An alert as the board shows it: where, what, how long, whose. What it tells of a subject is named one by one."""

from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from alerting.alert import Alert
from alerting.messages.facts import Facts, facts, owner
from alerting.messages.history import history
from board.wording import MARKS, STATES, Mark
from schemas.announcements import Announcement
from schemas.times import parse_time

SITUATIONS = {"storm": "Storm", "rate": "Answering rate", "digest": "Digest", "test": "Test alert"}
"""What people call a situation of each kind."""


@dataclass(frozen=True)
class AlertShown:
    """One alert; times in ms."""

    id: str
    href: str
    mark: Mark
    title: str
    words: str
    state: str
    state_words: str
    owner: str
    open: bool
    unowned: bool
    no_unit: bool
    raised_at: int
    changed_at: int
    due: int | None
    assignee: str | None
    acknowledged_by: str | None
    acknowledged_at: int | None
    rung: int | None
    escalated_to: str | None
    snoozed_until: int | None
    situation: str | None
    late: bool
    cohort: str


def shown(alert: Alert, zone: ZoneInfo) -> AlertShown:
    """An alert, its words in local times of `zone`."""
    told = facts(alert, to="", because="", now=alert.changed_at, zone=zone)
    ack, up = alert.acknowledged, alert.escalated
    return AlertShown(
        id=alert.id,
        href=alert_page(alert.id),
        mark=MARKS[alert.stage],
        title=_title(alert, told),
        words=told.gist[:1].upper() + told.gist[1:],
        state=alert.state,
        state_words=STATES[alert.state],
        owner=owner(alert, zone),
        open=alert.open,
        unowned=alert.state in ("raised", "escalated"),
        no_unit=alert.open and alert.unresourced and alert.stage != "un-resourced",
        raised_at=alert.raised_at,
        changed_at=alert.changed_at,
        due=_due(alert),
        assignee=alert.assignee,
        acknowledged_by=ack.data.by if ack else None,
        acknowledged_at=parse_time(ack.time) if ack else None,
        rung=up.data.rung if up else None,
        escalated_to=(", ".join(up.data.to) or up.data.role) if up else None,
        snoozed_until=alert.snoozed_until if alert.open else None,
        situation=alert.situation,
        late=alert.late,
        cohort=cohort(alert),
    )


def _title(alert: Alert, told: Facts) -> str:
    if alert.opening is not None:
        return SITUATIONS.get(alert.kind, alert.kind)
    subject = told.what.partition(": ")[0]
    return subject[:1].upper() + subject[1:]


def place(alert: Alert) -> dict[str, Any]:
    """Standard, borough, ward, grade, line, team and units of an alert, where it has them: never who called."""
    news = alert.latest
    if isinstance(news, Announcement):
        told = {name: news.data.attributes.get(name) for name in _TOLD}
        if told["first_grade"] == told["grade"]:
            del told["first_grade"]
        return {"standard": news.data.standard, **{name: value for name, value in told.items() if value}}
    if alert.opening is None:
        return {}
    data = alert.opening.data
    return {name: value for name, value in (("standard", data.standard), ("borough", data.borough)) if value}


_TOLD = (
    "borough",
    "ward",
    "grade",
    "first_grade",
    "category",
    "line",
    "team",
    "month",
    "units",
    "flags",
    "chased",
)


def cohort(alert: Alert) -> str:
    """live, probe or exercise."""
    return alert.latest.data.cohort if isinstance(alert.latest, Announcement) else "live"


class Line(NamedTuple):
    """One line of an alert's history; `sort` is news, person or desk, `at` in ms."""

    id: str
    at: int
    sort: str
    words: str


def lines(alert: Alert, zone: ZoneInfo) -> list[Line]:
    """What was announced and who did what, as it became known."""
    return [
        Line(entry.id, told.at, _sort(entry), told.words[:1].upper() + told.words[1:])
        for entry, told in zip(alert.entries, history(alert, zone), strict=True)
    ]


def _sort(entry: Any) -> str:
    if entry.type.startswith(("clock.", "incident.", "feed.")):
        return "news"
    return "person" if hasattr(entry.data, "by") else "desk"


def alert_page(alert_id: str) -> str:
    """Where the alert is on the board."""
    return f"/alerts/{quote(alert_id, safe='/:')}"


def clock_page(clock: str) -> str:
    """Where the clock's story is on the board."""
    return f"/clocks/{quote(clock, safe='/:')}"


def _due(alert: Alert) -> int | None:
    due = alert.latest.data.due if isinstance(alert.latest, Announcement) else None
    return None if due is None else parse_time(due)
