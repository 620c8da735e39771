"""Plans for tests: their entries, and their steps as a line each."""

from collections.abc import Iterable
from typing import Any

from alerting.alert import Entry
from alerting.plan import Plan, Step, plan
from alerting.policy import Policy
from schemas.actions import Action
from schemas.times import MINUTE
from tests.alerting.entries import act, news
from tests.alerting.policies import policy
from tests.alerting.tellings import folded
from tests.cli.events import at

RISK = news("clock.at_risk", "+9m", 1)
BREACH = news("clock.breached", "+12m", 2)
STOPPED = news("clock.stopped", "+20m", 3)
TAKEN_BACK = news("clock.met", "+40m", 4, late=True, evidence_late_ms=1_700_000)
ACKNOWLEDGED = act("alert.acknowledged", "+13m", by="Insp Shah")
CLOSED = act("alert.closed", "+14m", by="Insp Shah")
NIGHTLY = {"quiet": {"nights": {"hours": "20:10-06:00"}}}
"""Quiet hours from ten minutes after zero."""


def planned(*entries: Entry, under: Policy | None = None, **changes: Any) -> Plan:
    """The plan of these entries."""
    return plan(folded(*entries), under or policy(**changes))


def line(step: Step) -> tuple[str, str, str]:
    """Kind, minutes after zero, and whom."""
    return step.kind, f"+{(step.at - at('+0s')) / MINUTE:g}m", step.to.name


def told(
    found: Plan, kinds: Iterable[str] = ("first", "ladder", "worse", "outcome", "reminder")
) -> list[Any]:
    """The steps but those of shifts."""
    return [line(step) for step in found.steps if step.kind in kinds]


def shifts(found: Plan) -> list[Any]:
    """The steps of shifts."""
    return [line(step) for step in found.steps if step.kind == "shift"]


def withheld(found: Plan, why: str) -> list[str]:
    """The words of what is withheld for a reason."""
    return [each.words for each in found.withheld if each.why == why]


def notified(found: Plan, to: str, when: str, type_: str = "alert.notified", **more: Any) -> Action:
    """The entry that says that somebody was told, what they are to be told last."""
    step = [step for step in found.steps if step.to.name == to and step.kind != "shift"][-1]
    said = {"channel": step.channel, "to": step.to.name, "about": step.about, "stage": step.stage}
    return act(type_, when, step=step.id, **said, **more)
