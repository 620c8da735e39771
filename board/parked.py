"""Notifications that could not be delivered and wait for a person."""

from typing import NamedTuple

from alerting.alert import Alert
from alerting.parked import parked_now
from board.sources import Sources
from schemas.actions import Parked

SHOWN = 200
"""Of how many alerts they are shown."""


class Undelivered(NamedTuple):
    """One of them."""

    alert: Alert
    action: Parked


async def parked(sources: Sources) -> list[Undelivered]:
    """All of them, the latest first."""
    alerts = await sources.alerts.alerts(open_only=False, parked=True, limit=SHOWN)
    found = [Undelivered(alert, action) for alert in alerts for action in parked_now(alert)]
    return sorted(found, key=lambda each: each.action.time, reverse=True)
