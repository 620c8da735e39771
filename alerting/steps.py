"""The steps of a plan: who is to be told what of an alert, when and why; and who is not, and why not."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID, uuid5

from alerting.alert import Alert, Stage
from alerting.channels import Form
from alerting.parked import parked_now
from schemas.actions import Escalated, Notified

_NAMESPACE = UUID("3f6c1c52-6d0e-5b8a-9f67-5d1b0c2f2009")
StepKind = Literal["first", "ladder", "shift", "worse", "outcome", "digest", "reminder", "assigned"]
Why = Literal[
    "acknowledged",
    "changed",
    "digest",
    "exercise",
    "gone",
    "late",
    "newer",
    "nobody",
    "over",
    "owned",
    "quiet",
    "rate",
    "snoozed",
    "storm",
]
"""Why somebody is not told, in a word that may be counted."""


def step_id(*parts: str | int) -> str:
    """The same for the same parts, whoever reckons it and however often."""
    return str(uuid5(_NAMESPACE, "\n".join(str(part) for part in parts)))


@dataclass(frozen=True)
class Recipient:
    """A person at an address, or (without one) whoever reads a channel."""

    name: str
    address: str | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """One telling of one alert to one recipient by one channel; times in ms UTC."""

    id: str
    at: int
    until: int = field(metadata={"is": "from then on it is too late for it: others are on duty"})
    rung: int
    role: str
    to: Recipient
    channel: str
    form: Form
    about: str = field(metadata={"is": "the id of the announcement or action that is told"})
    stage: Stage
    kind: StepKind
    because: str = field(metadata={"is": "why this one is told, in a sentence without its full stop"})


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A telling that does not take place, or (`quiet`) not yet; `at` is when it would have, in ms."""

    at: int
    kind: StepKind
    rung: int
    role: str
    stage: Stage
    why: Why
    words: str


@dataclass(frozen=True, kw_only=True)
class Escalation:
    """The alert goes up to a rung of its ladder at a moment (ms); `to` are the names of those on duty there."""

    id: str
    at: int
    until: int
    rung: int
    role: str
    to: tuple[str, ...]
    because: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who is told of an alert, as far as it is known now; each part in order of time."""

    alert: str
    rule: str | None = field(default=None, metadata={"is": "the part of the policy that it last fell under"})
    steps: tuple[Step, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    escalations: tuple[Escalation, ...] = ()


def told(alert: Alert) -> set[str]:
    """The ids of steps that were sent, as far as channels say."""
    return {action.data.step for action in alert.actions if isinstance(action, Notified)}


def finished(alert: Alert) -> set[str]:
    """The ids of what is done with: told, recorded as escalated, or parked until a person has it tried again."""
    parked = {action.data.step for action in parked_now(alert)}
    return told(alert) | parked | {action.id for action in alert.actions if isinstance(action, Escalated)}
