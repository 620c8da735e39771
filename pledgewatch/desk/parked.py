"""`pledgewatch alerting parked` and `retry`: what could not be told, and telling it after all."""

import asyncio
from collections.abc import Sequence
from uuid import uuid4

import click

from alerting.parked import parked_now
from pledgewatch.desk.opening import OPTIONS, Desk, open_desk
from pledgewatch.options import settings_options
from pledgewatch.reading import tell as complain
from pledgewatch.settings import Settings
from schemas.actions import Again, Parked, Retried
from schemas.errors import PledgeWatchError
from schemas.times import format_time

MOST = 10_000


class NotParkedError(PledgeWatchError):
    """What is to be tried again is not among what is parked.

    Operator action: `pledgewatch alerting parked` shows what is.
    """


@click.command("parked")
@settings_options(*OPTIONS)
def listing(settings: Settings) -> None:
    """List what could not be told and was given up, oldest first: to whom, by what, and why."""
    found = asyncio.run(_listed(settings))
    for parked in found:
        data = parked.data
        tries = f"{data.attempts} attempts" if data.attempts > 1 else "1 attempt"
        click.echo(
            f"{data.step}  {parked.time}  {parked.subject}: {data.stage}, to {data.to} by {data.channel}"
        )
        click.echo(f"    {data.problem} ({tries})")
    if not found:
        complain("nothing is parked")


@click.command("retry")
@settings_options(*OPTIONS)
@click.argument("steps", nargs=-1, metavar="[STEP]...")
@click.option("--by", required=True, metavar="NAME", help="Who has it tried again: rank and name.")
@click.option("--note", default="", help="What there is to say about it.")
@click.option("--channel", help="All that is parked of this channel.")
def retry(settings: Settings, steps: Sequence[str], by: str, note: str, channel: str | None) -> None:
    """Have parked notifications tried again: those named, or all of a channel that has been mended.

    A desk tells them then, unless they no longer hold.
    """
    if bool(steps) == bool(channel):
        raise click.UsageError("name notifications, as `pledgewatch alerting parked` does, or give --channel")
    for parked in asyncio.run(_retried(settings, steps, channel, by, note)):
        click.echo(
            f"{parked.data.step}: {parked.data.to} is told of {parked.subject} by {parked.data.channel}"
        )


async def _listed(settings: Settings) -> list[Parked]:
    async with open_desk(settings) as desk:
        return await _parked(desk)


async def _retried(
    settings: Settings, steps: Sequence[str], channel: str | None, by: str, note: str
) -> list[Parked]:
    async with open_desk(settings) as desk:
        there = await _parked(desk)
        if unknown := set(steps) - {each.data.step for each in there}:
            raise NotParkedError(f"not parked: {', '.join(sorted(unknown))}")
        chosen = [each for each in there if each.data.step in steps or each.data.channel == channel]
        for each in chosen:
            await desk.act(
                Retried(
                    id=uuid4().hex,
                    subject=each.subject,
                    time=format_time(desk.clock.now()),
                    data=Again(by=by, note=note, step=each.data.step),
                )
            )
        return chosen


async def _parked(desk: Desk) -> list[Parked]:
    alerts = await desk.store.alerts(open_only=False, parked=True, limit=MOST)
    found = [parked for alert in alerts for parked in parked_now(alert)]
    return sorted(found, key=lambda each: (each.time, each.data.step))
