"""`pledgewatch alerting list`: who has which alert, and what nobody has."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any, get_args
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.text import Text

from alerting.alert import Alert, State
from alerting.telling import tell
from pledgewatch.desk.opening import OPTIONS, open_desk
from pledgewatch.options import settings_options
from pledgewatch.reading import tell as complain
from pledgewatch.settings import Settings
from schemas.times import as_datetime, format_time
from standards.loader import load_pack


@click.command("list")
@settings_options(*OPTIONS, "standards")
@click.option("--borough", help="Only those of this borough.")
@click.option("--ward", help="Only those of this ward.")
@click.option("--grade", help="Only those of this grade.")
@click.option("--standard", help="Only those of this standard.")
@click.option("--state", type=click.Choice(get_args(State)), help="Only those in this state.")
@click.option("--assignee", help="Only those this person has.")
@click.option("--situation", help="Only those that are part of this situation.")
@click.option("--all", "closed_too", is_flag=True, help="Closed ones too; else only what is open.")
@click.option("--limit", default=200, show_default=True, metavar="NUMBER", help="How many at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, with every entry.")
def command(settings: Settings, closed_too: bool, limit: int, as_json: bool, **filters: str | None) -> None:
    """List alerts: what nobody has first, then the worst, then the newest.

    Times are those of the standards pack's time zone.
    """
    open_only = not closed_too and filters["state"] not in ("resolved", "taken-back")
    alerts, number = asyncio.run(_asked(settings, limit, open_only=open_only, **filters))
    show = _as_json(alerts) if as_json else _as_lines(alerts, load_pack(settings.standards).zone)
    console = Console(highlight=False, soft_wrap=True)
    for line in show:
        console.print(line)
    if number > len(alerts):
        complain(f"{number - len(alerts)} more are not shown: see --limit")
    if not number:
        complain("no alert" if closed_too else "no open alert")


async def _asked(settings: Settings, limit: int, **filters: Any) -> tuple[list[Alert], int]:
    async with open_desk(settings) as desk:
        return await desk.store.alerts(limit=limit, **filters), await desk.store.count(**filters)


def _as_json(alerts: Iterable[Alert]) -> Iterable[Text]:
    for alert in alerts:
        told = {
            "id": alert.id,
            "kind": alert.kind,
            "stage": alert.stage,
            "state": alert.state,
            "assignee": alert.assignee,
            "raised_at": format_time(alert.raised_at),
            "changed_at": format_time(alert.changed_at),
            "situation": alert.situation,
            "entries": [entry.model_dump(mode="json") for entry in alert.entries],
        }
        yield Text(json.dumps(told, ensure_ascii=False))


def _as_lines(alerts: Iterable[Alert], zone: ZoneInfo) -> Iterable[Text]:
    for alert in alerts:
        since = as_datetime(alert.changed_at).astimezone(zone)
        owner = alert.assignee or ("nobody has it" if alert.open else "")
        state = alert.state.replace("-", " ")
        yield Text.assemble(
            f"{since:%d %b %H:%M:%S}  ",
            (f"{alert.stage:<12}", "bold red" if alert.open and not alert.assignee else ""),
            f"  {state:<12}  {owner:<20}  {what(alert, zone)}  ",
            (alert.id, "dim"),
        )


def what(alert: Alert, zone: ZoneInfo) -> str:
    """What an alert is about, as last told; of a situation, what it is."""
    if alert.latest is not None:
        return tell(alert.latest, zone).what
    return alert.opening.data.words if alert.opening else alert.id
