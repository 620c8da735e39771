"""Announcements and actions for tests, at offsets from the tests' zero, as they stand in Kafka."""

import json
from typing import Any

from clocks.announcing import announcement_id
from schemas.actions import Action, read_action
from schemas.announcements import News, read_news
from schemas.times import format_time
from tests.cli.events import at
from tests.redis.entries import VERDICTS

CLOCK = "CAD-1/attend-immediate"


def news(type_: str, said: str, revision: int, clock: str = CLOCK, **data: Any) -> News:
    """What was announced of a clock `said` (+12m, say) after zero; its time began at zero and is 12 minutes."""
    subject, _, standard = clock.partition("/")
    told = {
        "standard": standard,
        "pack": "met-pledge-2009",
        "pack_version": 1,
        "subject": subject,
        "verdict": VERDICTS[type_],
        "start": format_time(at("+0s")),
        "due": format_time(at("+12m")),
        "revision": revision,
        "borough": "Hackney",
        "grade": "I",
    }
    return read_news(_event(type_, announcement_id(clock, revision), clock, said, told | data))


def feed_news(type_: str, said: str, revision: int, feed: str = "feed/dispatch/cad/north") -> News:
    """What was announced of a feed."""
    data = {
        "feed": "cad/north",
        "topic": "dispatch",
        "silence_ms": 60_000,
        "last": format_time(at("+0s")),
        "revision": revision,
    }
    return read_news(_event(type_, f"{feed}#{revision}", feed, said, data))


def act(type_: str, when: str, alert: str = CLOCK, id_: str = "", **data: Any) -> Action:
    """What was done about an alert `when` (+13m, say) after zero."""
    return read_action(_event(type_, id_ or f"{alert}{type_}{when}{json.dumps(data)}", alert, when, data))


def _event(type_: str, id_: str, subject: str, moment: str, data: dict[str, Any]) -> bytes:
    told = {"specversion": "1.0", "id": id_, "source": "pledgewatch", "type": type_, "subject": subject}
    time = format_time(at(moment))
    return json.dumps({**told, "time": time, "recordedtime": time, "data": data}).encode()
