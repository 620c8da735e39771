"""What `replay` and `simulate` share when they send events to Kafka: where to, by which clock, how it went."""

import time

import click

from feeds.replay.replaying import Anchor, Pace, Target
from pledgewatch.settings import Settings
from schemas.errors import PledgeWatchError
from streams.clock import Clock, parse_clock
from streams.connection import Connection


class PaceError(PledgeWatchError):
    """Events cannot be sent by this clock in this way.

    Operator action: give the clock or the options the message names.
    """


def target(settings: Settings) -> Target:
    """The Kafka of the settings."""
    connection = Connection.of(settings)
    return Target(",".join(connection.servers), connection.librdkafka_options())


def pace(settings: Settings, flat_out: bool, anchor: Anchor | None = None) -> Pace:
    """When events are sent; without an anchor the first is moved to now (flat out: the last), and none
    where a clock of their own is told.
    """
    clock = parse_clock(settings.clock)
    if clock.kind == "events" and not flat_out:
        raise PaceError("the clock `events` is moved by events alone, none can be waited for: add --flat-out")
    return Pace(clock, time.sleep, flat_out, anchor or _usual_anchor(clock, flat_out))


def _usual_anchor(clock: Clock, flat_out: bool) -> Anchor:
    if clock.kind != "wall":
        return "none"
    return "last" if flat_out else "first"


class Stopwatch:
    """How long it took, and so how fast it went."""

    def __init__(self) -> None:
        self._begun = time.monotonic()

    def tell(self, command: str, sent: int) -> None:
        """A line for people, on standard error."""
        seconds = time.monotonic() - self._begun
        pace = f"{sent / seconds:,.0f} a second" if seconds else "at once"
        click.echo(f"{command}: {sent:,} events are in Kafka ({seconds:,.1f} s, {pace})", err=True)
