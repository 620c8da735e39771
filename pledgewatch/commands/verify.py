"""`pledgewatch verify`: was the right thing said of what was recorded?"""

import gc
from pathlib import Path

import click

from pledgewatch.cli import DIFFERS, OK, WRONG
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.settings import KAFKA, Settings
from pledgewatch.verifying.comparing import Comparison, compare
from pledgewatch.verifying.folder import read_folder
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.story import story, summary
from pledgewatch.verifying.topics import read_topics
from standards.loader import load_pack
from streams.clock import parse_clock
from streams.connection import Connection


@click.command()
@click.argument("folder", required=False, metavar="[DIR]", type=click.Path(exists=True, file_okay=False))
@settings_options(*KAFKA, "standards", "clock", "settle", "feeds")
@click.option(
    "--stories", type=click.IntRange(0), default=20, show_default=True, help="How many to tell in full."
)
@click.pass_context
def command(ctx: click.Context, folder: str | None, settings: Settings, stories: int) -> None:
    """Judge recorded events again and compare with what was said: of a recording DIR, or of what stands in Kafka.

    Each difference is told as a story. In Kafka the ledger, breach-alerts and dead-letters are compared too;
    give --standards, --clock, --settle and --feeds as the workers have them. Exit code 0: no difference; 1: some;
    2: there was nothing to compare.
    """
    if folder is not None and ctx.params.get("bootstrap") is not None:
        raise click.UsageError("DIR and --bootstrap: verify one or the other")
    gc.set_threshold(100_000, 50, 1_000)
    found = Comparison()
    for recorded in [read_folder(Path(folder))] if folder is not None else _in_kafka(settings):
        found.add(compare(recorded))
    ctx.exit(_answer(found, stories))


def _in_kafka(settings: Settings) -> list[Recorded]:
    pack, clock = load_pack(settings.standards), parse_clock(settings.clock)
    settle = clock.of_wall(pack.settle if settings.settle is None else settings.settle)
    return read_topics(
        Connection.of(settings), pack, clock, settle, read_feeds(settings.feeds, clock.of_wall)
    )


def _answer(found: Comparison, stories: int) -> int:
    for difference in found.differences[:stories]:
        click.echo("\n".join(story(difference)) + "\n")
    click.echo("\n".join(summary(found)))
    if found.differences or found.lost:
        return DIFFERS
    if not found.said:
        click.echo("nothing was said, so there is nothing to compare", err=True)
        return WRONG
    return OK
