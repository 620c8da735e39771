"""A plan as lines for people."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from alerting.alert import Alert
from alerting.course import in_words
from alerting.hours import as_local
from alerting.plan import Plan, Step
from alerting.policy import Policy
from alerting.steps import finished, told

Row = tuple[str, str, str]


def plan_text(found: Sequence[tuple[Alert, Plan]], policy: Policy, now: int | None) -> Iterator[str]:
    """Who is told of each alert and who is not; `now` (ms) is None where everything is over."""
    for number, (alert, plan) in enumerate(found):
        if number:
            yield ""
        yield _headline(alert, plan)
        yield from _block("Who is told", _told(alert, plan, policy, now))
        yield from _block("Who is not", _withheld(plan, policy))


def _headline(alert: Alert, plan: Plan) -> str:
    owner = f"{alert.assignee} has it" if alert.assignee else "nobody has it"
    parts = [in_words(alert.stage)]
    if alert.open or alert.state != alert.stage:
        parts.append(owner if alert.open else alert.state.replace("-", " "))
    parts += [f"part of {alert.situation}"] if alert.situation else []
    parts += [f"rule {plan.rule}"] if plan.rule else []
    return f"{alert.id}: {'; '.join(parts)}"


def _told(alert: Alert, plan: Plan, policy: Policy, now: int | None) -> list[Row]:
    """A line for each person and moment, with all channels."""
    channels: dict[Row, list[str]] = {}
    for step in plan.steps:
        row = (as_local(step.at, policy.tz), step.to.name, step.because + _yet(alert, step, now))
        channels.setdefault(row, []).append(step.channel)
    return [(when, f"{who} by {', '.join(by)}", why) for (when, who, why), by in channels.items()]


def _yet(alert: Alert, step: Step, now: int | None) -> str:
    if step.id in told(alert):
        return ""
    if step.id in finished(alert):
        return " [parked: it could not be told]"
    if now is not None and step.until <= now:
        return " [too late: others are on duty]"
    return " [not yet]"


def _withheld(plan: Plan, policy: Policy) -> list[Row]:
    rows = [
        (as_local(each.at, policy.tz), each.role or in_words(each.stage), each.words)
        for each in plan.withheld
    ]
    return list(dict.fromkeys(rows))


def _block(title: str, rows: Sequence[Row]) -> Iterator[str]:
    if not rows:
        return
    yield f"  {title}"
    widths = [max(cell_len(row[column]) for row in rows) for column in (0, 1)]
    for when, whom, why in rows:
        yield f"    {when:<{widths[0]}}  {whom:<{widths[1]}}  {why}"
