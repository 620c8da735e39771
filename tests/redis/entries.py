"""Announcements and actions for tests of alerts, each in a line."""

from typing import Any
from uuid import NAMESPACE_URL, uuid5

from alerting.alert import Entry
from schemas.actions import ACTION_TYPES
from schemas.announcements import Announcement, FeedAnnouncement
from schemas.times import MINUTE, format_time

NOW = 1_256_378_400_000
"""2009-10-24T10:00:00Z"""
VERDICTS = {
    "clock.at_risk": "running",
    "incident.unresourced": "running",
    "clock.breached": "breached",
    "clock.stopped": "breached",
    "clock.unverifiable": "unverifiable",
    "clock.met": "met",
    "clock.excluded": "excluded",
}


def news(
    clock: str, kind: str = "clock.breached", at: int = NOW, revision: int = 1, **data: Any
) -> Announcement:
    """An announcement of a clock such as CAD-1/attend-immediate, said at `at` (ms)."""
    subject, _, standard = clock.partition("/")
    told = {
        "standard": standard.partition("#")[0],
        "pack": "met-pledge-2009",
        "pack_version": 1,
        "subject": subject,
        "verdict": VERDICTS[kind],
        "start": format_time(at - 12 * MINUTE),
        "due": format_time(at),
        "revision": revision,
        "borough": "Camden",
        "ward": "Kilburn",
        "grade": "I",
    }
    return Announcement.model_validate(
        {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_URL, f"{clock}/{revision}")),
            "source": "pledgewatch",
            "type": kind,
            "subject": clock,
            "time": format_time(at),
            "recordedtime": format_time(at),
            "data": told | data,
        }
    )


def feed_news(
    feed: str = "cad/camden", kind: str = "feed.silent", at: int = NOW, revision: int = 1
) -> FeedAnnouncement:
    """An announcement of a feed."""
    subject = f"feed/dispatch/{feed}"
    return FeedAnnouncement.model_validate(
        {
            "specversion": "1.0",
            "id": str(uuid5(NAMESPACE_URL, f"{subject}/{revision}")),
            "source": "pledgewatch",
            "type": kind,
            "subject": subject,
            "time": format_time(at),
            "recordedtime": format_time(at),
            "data": {
                "feed": feed,
                "topic": "dispatch",
                "boroughs": ["Camden", "Brent"],
                "silence_ms": 60_000,
                "last": format_time(at - 60_001),
                "revision": revision,
            },
        }
    )


def act(alert: str, kind: str, name: str, at: int = NOW, /, **data: Any) -> Entry:
    """An action such as `alert.acknowledged`; `name` makes its id."""
    made: Entry = ACTION_TYPES[kind].model_validate(  # type: ignore[assignment]
        {"type": kind, "id": name, "subject": alert, "time": format_time(at), "data": data}
    )
    return made


def acknowledged(alert: str, by: str, at: int = NOW + MINUTE) -> Entry:
    """`by` has it."""
    return act(alert, "alert.acknowledged", f"ack-{alert}-{by}", at, by=by)
