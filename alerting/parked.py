"""What could not be told, and waits for a person to have it tried again."""

from alerting.alert import Alert
from schemas.actions import Notified, Parked, Retried


def parked_now(alert: Alert) -> list[Parked]:
    """The notifications of an alert that are parked, oldest first."""
    waiting: dict[str, Parked] = {}
    for action in alert.actions:
        match action:
            case Parked():
                waiting[action.data.step] = action
            case Retried() | Notified():
                waiting.pop(action.data.step, None)
    return sorted(waiting.values(), key=lambda each: (each.time, each.id))


def times_retried(alert: Alert, step: str) -> int:
    """How often a person had this telling tried again."""
    return sum(isinstance(action, Retried) and action.data.step == step for action in alert.actions)
