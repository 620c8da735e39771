"""`pledgewatch alerting test`: a test alert on the way that every alert takes."""

import asyncio
import sys
from collections.abc import Container
from contextlib import suppress
from uuid import uuid4

import click

from alerting.alert import Alert
from alerting.plan import plan
from alerting.policy import Policy
from alerting.steps import Step
from pledgewatch.desk.opening import OPTIONS, Desk, open_desk
from pledgewatch.desk.run import policy_of
from pledgewatch.options import settings_options
from pledgewatch.settings import Settings
from schemas.actions import Ending, Notified, Opening, Parked, SituationClosed, SituationOpened
from schemas.errors import PledgeWatchError
from schemas.times import format_time

LOOK_EVERY = 0.1


class NoSuchChannelError(PledgeWatchError):
    """The channel to be tested is none of the policy's, or sends to nobody.

    Operator action: name one of those that the message lists.
    """


@click.command("test")
@settings_options(*OPTIONS, "alerting")
@click.option("--channel", metavar="NAME", help="This channel only; else all of them.")
@click.option(
    "--by", required=True, metavar="NAME", help="Who tests it: rank and name. They are named in it."
)
@click.option(
    "--within", default=60, show_default=True, metavar="SECONDS", help="How long a desk may take to tell all."
)
def command(settings: Settings, channel: str | None, by: str, within: int) -> None:
    """Send a test alert to everybody the policy has an address of, and say who was told.

    It goes the way of every alert: through Kafka, and told by a desk that is running (`pledgewatch alerting run`).
    Exit code 1 where somebody was not told.
    """
    policy = policy_of(settings)
    sendable = [name for name, each in policy.channels.items() if each.kind != "alertmanager"]
    if channel is not None and channel not in sendable:
        raise NoSuchChannelError(f"{channel!r} is no channel that sends messages: {', '.join(sendable)}")
    failures = asyncio.run(_test(settings, policy, channel, by, within))
    sys.exit(1 if failures else 0)


async def _test(settings: Settings, policy: Policy, channel: str | None, by: str, within: int) -> int:
    """How many were not told."""
    async with open_desk(settings) as desk:
        now = desk.clock.now()
        subject = f"test/{format_time(now)}/{uuid4().hex[:8]}"
        told = Opening(kind="test", words=f"a test by {by}: nothing has happened", policy=channel or "test")
        await desk.act(SituationOpened(id=uuid4().hex, subject=subject, time=format_time(now), data=told))
        try:
            return await _watched(desk, policy, subject, within)
        finally:
            over, when = Ending(because="the test is over"), format_time(desk.clock.now())
            await desk.act(SituationClosed(id=uuid4().hex, subject=subject, time=when, data=over))


async def _watched(desk: Desk, policy: Policy, subject: str, within: int) -> int:
    """Says what becomes of each telling as it becomes known; how many were not told in time."""
    said: dict[str, bool] = {}
    steps: dict[str, Step] = {}
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while not steps or steps.keys() - said.keys():
                alert = await desk.store.alert(subject)
                if alert is not None:
                    steps = {step.id: step for step in plan(alert, policy).steps}
                    said |= {each.data.step: _say(each) for each in _results(alert, said)}
                await asyncio.sleep(LOOK_EVERY)
    for step in [steps[each] for each in steps.keys() - said.keys()]:
        click.echo(f"{step.to.name} was not told by {step.channel} within {within} s")
    if not said:
        click.echo("nobody told anybody: is a desk running? (`pledgewatch alerting run`)", err=True)
    return len(steps) - sum(said.values())


def _results(alert: Alert, said: Container[str]) -> list[Notified | Parked]:
    results = (action for action in alert.actions if isinstance(action, Notified | Parked))
    return [each for each in results if each.data.step not in said]


def _say(action: Notified | Parked) -> bool:
    """Says how a telling went; whether it went well."""
    data = action.data
    if isinstance(action, Notified):
        click.echo(f"{data.to} was told by {data.channel}")
        return True
    click.echo(f"{data.to} could not be told by {data.channel}: {action.data.problem}")
    return False
