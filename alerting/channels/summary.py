"""An alert as machines are told of it: what is known of the clock, and nothing of who called."""

from typing import Any

from alerting.alert import Alert
from schemas.announcements import Announcement
from schemas.times import format_time

ATTRIBUTES = ("borough", "ward", "grade", "line", "team", "units")
"""What is passed on of a subject; whatever else a feed sends stays here."""


def summary(alert: Alert) -> dict[str, Any]:
    """The alert as JSON; times are RFC 3339 in UTC, absent what is not known."""
    taken = alert.acknowledged
    told = {
        "id": alert.id,
        "kind": alert.kind,
        "stage": alert.stage,
        "state": alert.state,
        "raised_at": format_time(alert.raised_at),
        "changed_at": format_time(alert.changed_at),
        "assignee": alert.assignee,
        "acknowledged": {"by": taken.data.by, "at": taken.time, "note": taken.data.note} if taken else None,
        "situation": alert.situation,
        **about(alert),
    }
    return {key: value for key, value in told.items() if value is not None}


def about(alert: Alert) -> dict[str, Any]:
    """What the alert is about: the standard, the place, the clock's times."""
    if alert.opening is not None:
        data = alert.opening.data
        return {"standard": data.standard or None, "borough": data.borough or None, "words": data.words}
    news = alert.latest
    if not isinstance(news, Announcement):
        return {"feed": news.data.feed, "topic": news.data.topic} if news else {}
    known = news.data.attributes
    return {
        "standard": news.data.standard,
        "subject": news.data.subject,
        "cohort": news.data.cohort,
        **{name: news.data.__dict__[name] for name in ("start", "due", "stop", "elapsed_ms", "reason")},
        **{name: known.get(name) for name in ATTRIBUTES},
    }
