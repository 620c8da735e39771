"""`pledgewatch alerting explain`: who is told of a clock, what, when and why; and who is not."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import click
from rich.console import Console

from alerting.alert import Alert
from alerting.foretelling import Foretelling
from alerting.plan import Plan, plan
from alerting.policy import Policy
from alerting.store import AlertStore
from pledgewatch.cli import OK
from pledgewatch.commands.judge import At
from pledgewatch.desk.announcing import announced
from pledgewatch.desk.opening import OPTIONS, open_desk
from pledgewatch.desk.plan_text import plan_text
from pledgewatch.desk.run import policy_of
from pledgewatch.judging import FOREVER
from pledgewatch.options import settings_options
from pledgewatch.reading import Intake
from pledgewatch.settings import Settings
from schemas.announcements import Announcement, News
from schemas.errors import PledgeWatchError
from schemas.times import format_time


class NoAlertError(PledgeWatchError):
    """Nothing was announced of such a clock.

    Operator action: look for a slip in the name; `pledgewatch alerting list --all` shows the alerts there are.
    """


Planned = tuple[Alert, Plan]


@click.command("explain")
@click.argument("asked", metavar="CLOCK")
@settings_options(*OPTIONS, "alerting", "standards", "settle", "feeds")
@click.option(
    "--events",
    metavar="EVENTS.jsonl",
    help="Foretell it from a file of events, judged as `judge` does, instead of asking Kafka.",
)
@click.option("--at", type=At(), help="With --events: as things stood then, and what was to come.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an alert.")
@click.pass_context
def command(
    ctx: click.Context, asked: str, settings: Settings, events: str | None, at: int | None, as_json: bool
) -> None:
    """Tell who is told of CLOCK, what, when and why, by the policy; and who is not, and why not.

    CLOCK is a clock such as CAD-71/attend-immediate, a subject (all its clocks), a feed or a situation. It is
    asked of Kafka: what was told, and what will be if nobody acknowledges. With --events it is foretold, as if
    every channel worked and nobody did anything about it; rates, which are told by figures, are left out.
    """
    if at is not None and events is None:
        raise click.UsageError("--at goes with --events")
    policy = policy_of(settings)
    if events is not None:
        found, now = _foretold(asked, settings, policy, events, at), at
    else:
        found, now = asyncio.run(_known(asked, settings, policy))
    if not found:
        raise NoAlertError(f"nothing was announced of {asked}, so nobody is told of it")
    console = Console(highlight=False, soft_wrap=True)
    for line in _json(found) if as_json else plan_text(found, policy, now):
        console.print(line, markup=False)
    ctx.exit(OK)


async def _known(asked: str, settings: Settings, policy: Policy) -> tuple[list[Planned], int | None]:
    async with open_desk(settings) as desk:
        found = []
        for alert in await _alerts_of(asked, desk.store):
            situation = await desk.store.alert(alert.situation) if alert.situation else None
            found.append((alert, plan(alert, policy, situation)))
        return found, desk.clock.now()


async def _alerts_of(asked: str, store: AlertStore) -> list[Alert]:
    alert = await store.alert(asked)
    if alert is not None:
        return [alert]
    every = await store.alerts(open_only=False, limit=100_000)
    return [each for each in every if is_of(each.id, asked)]


def _foretold(asked: str, settings: Settings, policy: Policy, events: str, at: int | None) -> list[Planned]:
    intake = Intake(events, with_signs=settings.feeds is not None)
    news = list(announced(intake, settings, FOREVER if at is None else at))
    intake.tell_rest()
    if not asked.startswith(("storm/", "digest/")):
        places = {_place(each) for each in news if is_of(each.subject, asked)}
        news = [each for each in news if _place(each) in places]
    desk = Foretelling(policy, news)
    desk.play(*([] if at is None else [at]))
    return [(alert, desk.plan(alert)) for alert in desk.alerts() if is_of(alert.id, asked)]


def is_of(alert: str, asked: str) -> bool:
    """Whether an alert is the one asked for, or of the subject asked for."""
    return alert == asked or alert.startswith(f"{asked}/")


def _place(news: News) -> tuple[str, str]:
    """What may be told as one with it: the same standard in the same borough."""
    if isinstance(news, Announcement):
        return news.data.standard, str(news.data.attributes.get("borough", ""))
    return news.subject, ""


def _json(found: list[Planned]) -> Iterator[str]:
    for alert, each in found:
        told = asdict(each) | {"stage": alert.stage, "state": alert.state, "assignee": alert.assignee}
        for part in ("steps", "withheld", "escalations"):
            told[part] = [_dated(entry) for entry in told[part]]
        yield json.dumps(told, ensure_ascii=False)


def _dated(entry: dict[str, Any]) -> dict[str, Any]:
    times = {name: format_time(entry[name]) for name in ("at", "until") if name in entry}
    return entry | times
