"""Who is told of an alert next, when and why, and who is not: by the policy, unless something more becomes known."""

from collections.abc import Sequence
from typing import NamedTuple

from alerting.alert import Alert
from alerting.plan import plan
from alerting.policy import Policy
from alerting.steps import Step, finished

MOST = 4


class Telling(NamedTuple):
    """Somebody who is to be told at a moment (ms), `waiting` from then on; of somebody who is not, only why."""

    who: str
    at: int | None
    by: str
    why: str
    waiting: bool = False


def foretold(alert: Alert, situation: Alert | None, policy: Policy, now: int) -> list[Telling]:
    """Those still to be told at `now` (ms), the next first, and then why others are not."""
    planned, done = plan(alert, policy, situation), finished(alert)
    to_come = [step for step in planned.steps if step.until > now and step.id not in done]
    spared = {(each.role or "Nobody", each.words): None for each in planned.withheld if alert.open}
    return _told(to_come, now)[:MOST] + [Telling(role, None, "", words) for role, words in spared][:MOST]


def _told(steps: Sequence[Step], now: int) -> list[Telling]:
    """One a person and moment, with all channels."""
    channels: dict[tuple[str, int, str], list[str]] = {}
    for step in steps:
        channels.setdefault((step.to.name, step.at, step.because), []).append(step.channel)
    return [Telling(who, at, ", ".join(by), why, at <= now) for (who, at, why), by in channels.items()]
