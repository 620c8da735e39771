"""What the desk itself did, as actions whose id follows from what they are about: done twice is done once."""

from typing import Any
from uuid import UUID, uuid5

from alerting.alert import Alert
from alerting.parked import times_retried
from alerting.steps import Escalation, Step
from schemas import actions
from schemas.actions import Escalated, Notification, Notified, Parked, Parking
from schemas.times import format_time

_NAMESPACE = UUID("0d4b8a7e-52d5-5a1c-8f0e-6f1f9a2f2010")
LONGEST = 1000
"""As many characters as the words of an action may have."""


def deed_id(*about: object) -> str:
    """The same for the same deed, whichever desk does it and however often."""
    return str(uuid5(_NAMESPACE, "/".join(map(str, about))))


def told(alert: Alert, step: Step, attempts: int, now: int) -> Notified:
    """Somebody was told of an alert at `now` (ms), at the so-manyth attempt."""
    notification = Notification(**_telling(step), attempts=attempts)
    number = deed_id("told", step.id, times_retried(alert, step.id))
    return Notified(id=number, subject=alert.id, time=format_time(now), data=notification)


def parked(alert: Alert, step: Step, attempts: int, problem: str, now: int) -> Parked:
    """Somebody could not be told of an alert; given up at `now` (ms)."""
    parking = Parking(**_telling(step), problem=problem[:LONGEST], attempts=attempts)
    number = deed_id("parked", step.id, times_retried(alert, step.id))
    return Parked(id=number, subject=alert.id, time=format_time(now), data=parking)


def escalated(alert: Alert, escalation: Escalation, now: int) -> Escalated:
    """An alert went up its ladder at `now` (ms)."""
    data = actions.Escalation(
        rung=escalation.rung, role=escalation.role, to=escalation.to, because=escalation.because
    )
    return Escalated(id=escalation.id, subject=alert.id, time=format_time(now), data=data)


def _telling(step: Step) -> dict[str, Any]:
    return {
        "step": step.id,
        "channel": step.channel,
        "to": step.to.name,
        "about": step.about,
        "stage": step.stage,
    }
