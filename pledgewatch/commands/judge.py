"""`pledgewatch judge`: a file of events in, verdicts or announcements out."""

import gc
from collections.abc import Iterator
from typing import Any

import click

from clocks.announcing import encoded
from clocks.announcing_feeds import encoded_feed
from clocks.saying import AT_RISK, UNRESOURCED, VERDICT
from clocks.silence import FeedNews, Feeds, with_skews
from clocks.standard import Pack
from pledgewatch.bulk.judging import LAST, Ask, judge_lines
from pledgewatch.cli import DIFFERS, OK
from pledgewatch.judging import FOREVER, announcements_of_all, as_at
from pledgewatch.lines import said_line, write_lines
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.reading import Intake, open_lines, read_by_recording, read_events
from pledgewatch.settings import Settings
from pledgewatch.what_if.comparing import WhatIf
from pledgewatch.what_if.lines import what_if_lines
from schemas.times import parse_time
from standards.loader import load_pack

SAID = (VERDICT, AT_RISK, UNRESOURCED)
"""What --said tells: every change of verdict, and the stages."""


class At(click.ParamType):
    """An RFC 3339 time with its offset, as ms; or `last`."""

    name = "TIME"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The instant in ms, `last` as it is."""
        if not isinstance(value, str) or value == LAST:
            return value
        try:
            return parse_time(value)
        except ValueError as wrong:
            self.fail(f"{wrong}, nor {LAST!r}", param, ctx)


@click.command()
@click.argument("events", metavar="EVENTS.jsonl")
@settings_options("standards", "settle", "feeds")
@click.option(
    "--at", type=At(), help="Judge as things stood then, or at the `last` recording; later ones are ignored."
)
@click.option("--said", is_flag=True, help="What would have been said, a line each, instead of the verdicts.")
@click.option(
    "--news", is_flag=True, help="With --said: only what goes to breach-alerts, as it stands there."
)
@click.option(
    "--against", metavar="PACK", help="Instead: the clocks that another pack judges otherwise, and why."
)
@click.pass_context
def command(
    ctx: click.Context,
    events: str,
    settings: Settings,
    at: int | str | None,
    said: bool,
    news: bool,
    against: str | None,
) -> None:
    """Judge the events of a file, plain or gzip (`-` is standard input), in whatever order they stand.

    Writes one JSON object a line: a clock, or with --said an announcement, in the order they would have been
    made. Without --at every deadline is played out, as if nothing more were ever recorded: a clock without its
    stop is breached, not running; with --feeds a feed is silent after its last record, and what it would have
    told of cannot be verified. Exit code 1 where no line could be read.

    With --against a line for each clock whose verdict, reason or due is not the same by that pack, with the
    number that makes the difference, and last a line that counts them. It is a what-if: it changes nothing.
    """
    if news and not said:
        raise click.UsageError("--news goes with --said")
    if against and said:
        raise click.UsageError("--against compares verdicts: it does not go with --said")
    # Events make few cycles and many objects: looking through them all time and again costs a third of the run.
    gc.set_threshold(100_000, 50, 1_000)
    pack = load_pack(settings.standards)
    feeds = read_feeds(settings.feeds)
    intake = Intake(events, with_signs=bool(feeds) and (said or bool(against)))
    at = FOREVER if at is None else at
    if against:
        what_if = WhatIf(pack, load_pack(against), feeds)
        write_lines(what_if_lines(read_events(events, intake), what_if, at))
        intake.late(what_if.too_late)
    elif said:
        write_lines(_said(intake, pack, at, settings, news))
    else:
        with open_lines(events) as lines:
            write_lines(judge_lines(lines, Ask(with_skews(pack, feeds), at, Feeds(feeds)), intake))
    intake.tell_rest()
    ctx.exit(DIFFERS if intake.refusals and not intake.events else OK)


def _said(intake: Intake, pack: Pack, at: int | str, settings: Settings, news: bool) -> Iterator[bytes]:
    found, at = as_at(read_by_recording(intake.name, intake), at)
    settle = pack.settle if settings.settle is None else settings.settle
    feeds = read_feeds(settings.feeds)
    for said in announcements_of_all(found, pack, at, settle, feeds, intake.late):
        if isinstance(said, FeedNews):
            if news:
                yield encoded_feed(said, pack, settle=settle) + b"\n"
        elif news and said.news:
            yield encoded(said, pack, settle=settle) + b"\n"
        elif not news and said.kind in SAID:
            yield said_line(said)
