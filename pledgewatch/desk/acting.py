"""`pledgewatch alerting acknowledge`, `assign`, `snooze`, `comment`, `close`, `hand-over`: without a browser."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import uuid4

import click
from pydantic import ValidationError

from alerting.alert import Alert
from pledgewatch.desk.opening import OPTIONS, Desk, open_desk
from pledgewatch.kinds import DURATION
from pledgewatch.options import settings_options
from pledgewatch.settings import Settings
from schemas.actions import ACTION_TYPES
from schemas.errors import PledgeWatchError
from schemas.times import format_time, parse_time

Body = Callable[..., Any]


class NotDoneError(PledgeWatchError):
    """What was asked for cannot be done to that alert.

    Operator action: mend what the message names; `pledgewatch alerting list` shows the alerts.
    """


def _one_alert(words: str) -> Callable[[Body], click.Command]:
    """A command on one alert, by somebody; `words` is its help."""

    def decorate(body: Body) -> click.Command:
        made = settings_options(*OPTIONS)(body)
        made = click.option("--note", default="", help="What there is to say about it.")(made)
        made = click.option("--by", required=True, metavar="NAME", help="Who does it: rank and name.")(made)
        return click.command(help=words)(click.argument("alert")(made))

    return decorate


@_one_alert("Have an alert: somebody knows of it and sees to it.")
def acknowledge(settings: Settings, alert: str, by: str, note: str) -> None:
    """Says so."""
    _do(settings, "alert.acknowledged", [alert], by=by, note=note)


@_one_alert("Give an alert to somebody.")
@click.option("--to", required=True, metavar="NAME", help="Whose it is from now on.")
def assign(settings: Settings, alert: str, by: str, note: str, to: str) -> None:
    """Says so."""
    _do(settings, "alert.assigned", [alert], by=by, note=note, to=to)


@_one_alert("Say something about an alert, with --note.")
def comment(settings: Settings, alert: str, by: str, note: str) -> None:
    """Says so."""
    _do(settings, "alert.commented", [alert], by=by, note=note)


@_one_alert("Close an alert that no event will close, such as a clock that cannot be verified.")
def close(settings: Settings, alert: str, by: str, note: str) -> None:
    """Says so."""
    _do(settings, "alert.closed", [alert], by=by, note=note)


@_one_alert("Leave an alert alone for a while: its ladder rests, unless its stage changes.")
@click.option("--until", metavar="TIME", help="Until when, as 2009-10-25T06:00:00+00:00.")
@click.option("--for", "length", metavar="DURATION", help="For how long, as 20m.")
def snooze(settings: Settings, alert: str, by: str, note: str, until: str | None, length: str | None) -> None:
    """Says so."""
    _do(settings, "alert.snoozed", [alert], by=by, note=note, until=_ending(until, length))


@click.command("hand-over")
@settings_options(*OPTIONS)
@click.argument("alerts", nargs=-1, metavar="[ALERT]...")
@click.option("--by", required=True, metavar="NAME", help="Who hands over: rank and name.")
@click.option("--to", required=True, metavar="NAME", help="Who has them from now on.")
@click.option("--note", default="", help="What there is to say about it.")
def hand_over(settings: Settings, alerts: Sequence[str], by: str, to: str, note: str) -> None:
    """Hand alerts over at the end of a shift: those named, or all open ones that --by has."""
    handover = uuid4().hex
    _do(settings, "alert.handed_over", alerts, by=by, to=to, note=note, handover=handover)


COMMANDS: tuple[click.Command, ...] = (acknowledge, assign, snooze, comment, close, hand_over)


def _ending(until: str | None, length: str | None) -> Callable[[int], str]:
    """When a snooze ends, reckoned from now (ms)."""
    if (until is None) == (length is None):
        raise click.UsageError("give either --until or --for")
    try:
        moment, duration = (parse_time(until), 0) if until else (0, DURATION.read(length or ""))
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--until" if until else "--for") from None
    return lambda now: format_time(moment or now + duration)


def _do(settings: Settings, kind: str, alerts: Sequence[str], **data: Any) -> None:
    for line in asyncio.run(_done(settings, kind, alerts, data)):
        click.echo(line)


async def _done(settings: Settings, kind: str, ids: Sequence[str], data: dict[str, Any]) -> list[str]:
    async with open_desk(settings) as desk:
        alerts = [await _found(desk, each) for each in ids] or await _theirs(desk, data["by"])
        return [await _act(desk, kind, alert, data) for alert in alerts]


async def _found(desk: Desk, name: str) -> Alert:
    """The alert of that name; of a call or an incident, the one it has."""
    alert = await desk.store.alert(name)
    if alert is not None:
        return alert
    ids = await desk.store.ids_of(name)
    found = [alert for each in ids if (alert := await desk.store.alert(each)) is not None]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotDoneError(f"{name} has several alerts: {', '.join(alert.id for alert in found)}")
    raise NotDoneError(f"there is no alert {name}: `pledgewatch alerting list --all` shows what there is")


async def _theirs(desk: Desk, person: str) -> Iterable[Alert]:
    found = await desk.store.alerts(assignee=person, limit=100_000)
    if not found:
        raise NotDoneError(f"{person} has no open alert to hand over")
    return found


async def _act(desk: Desk, kind: str, alert: Alert, data: dict[str, Any]) -> str:
    now = desk.clock.now()
    told = {name: value(now) if callable(value) else value for name, value in data.items()}
    if "until" in told and parse_time(told["until"]) <= now:
        raise NotDoneError(f"{told['until']} has passed: nothing to wait for")
    action = {"type": kind, "id": uuid4().hex, "subject": alert.id, "time": format_time(now), "data": told}
    try:
        await desk.act(ACTION_TYPES[kind].model_validate(action))  # type: ignore[arg-type]  # one of the union
    except ValidationError as invalid:
        wrong = invalid.errors()[0]
        raise NotDoneError(f"--{wrong['loc'][-1]}: {wrong['msg']}") from None
    return _standing(alert, await _found(desk, alert.id), now)


def _standing(before: Alert, alert: Alert, now: int) -> str:
    parts = [f"{alert.id}: {alert.stage}", alert.state.replace("-", " ")]
    if alert.assignee:
        had = before.assignee not in (None, alert.assignee)
        parts.append(f"{alert.assignee} has it{f' (before: {before.assignee})' if had else ''}")
    if before.acknowledged and alert.actions[-1].type == "alert.acknowledged":
        parts.append(f"acknowledged first by {before.acknowledged.data.by}")
    if alert.open and alert.snoozed_until and alert.snoozed_until > now:
        parts.append(f"left alone until {format_time(alert.snoozed_until)}")
    return ", ".join(parts)
