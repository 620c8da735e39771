"""`pledgewatch figures`: a file of events in, shares that can be defended out."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

import click
import msgspec
from rich.console import Console, RenderableType

from clocks.standard import Pack
from figures.clock import Clock, clock_of
from figures.gathering import gather
from pledgewatch.cli import DIFFERS, OK
from pledgewatch.commands.judge import At
from pledgewatch.figuring.asking import COHORTS, Condition, Groupings, Where, meets
from pledgewatch.figuring.listing import clocks_csv, clocks_table, csv_text, longest_first
from pledgewatch.figuring.rows import Row, flat_fields, row_fields, rows_of
from pledgewatch.figuring.tables import tables
from pledgewatch.judging import Verdict, as_at, verdicts
from pledgewatch.lines import verdict_line, write_lines
from pledgewatch.naming import read_feeds
from pledgewatch.options import settings_options
from pledgewatch.reading import Intake, read_events, tell
from pledgewatch.settings import Settings
from standards.loader import load_pack

TABLE, JSON, CSV = "table", "json", "csv"
_UNSEEN_WIDTH = 120
"""How wide tables are where no terminal says how wide it is."""


@click.command()
@click.argument("events", metavar="EVENTS.jsonl")
@settings_options("standards", "feeds")
@click.option("--by", type=Groupings(), default=(), help="Split by these: a place, a grade, a local period…")
@click.option("--where", type=Where(), multiple=True, help="Keep only the clocks with this; may be repeated.")
@click.option(
    "--cohort", type=click.Choice(COHORTS), default=COHORTS[0], show_default=True, help="Whose clocks."
)
@click.option(
    "--at", type=At(), help="As things stood then, or at the `last` recording; later ones are ignored."
)
@click.option("--list", "list_", is_flag=True, help="The clocks behind the numbers instead, longest first.")
@click.option("--format", "format_", type=click.Choice([TABLE, JSON, CSV]), default=TABLE, show_default=True)
@click.pass_context
def command(
    ctx: click.Context,
    events: str,
    settings: Settings,
    by: tuple[str, ...],
    where: tuple[Condition, ...],
    cohort: str,
    at: int | str | None,
    list_: bool,
    format_: str,
) -> None:
    """Shares of promises kept, each with its counts, its interval and all that stands beside it.

    Judges the events of a file as `judge` does, and counts each clock in the local period in which it fell due.
    Under 30 clocks no percentage is given, only the counts and the interval. Take any number apart with --where
    and --list: they show the clocks behind it, and the events behind those. Exit code 1 where no line could be
    read.
    """
    pack, feeds = load_pack(settings.standards), read_feeds(settings.feeds)
    intake = Intake(events, with_signs=bool(feeds))
    found, until = as_at(read_events(events, intake), at)
    left_out: Counter[str] = Counter()
    judged = verdicts(found, pack, until, feeds, intake.late)
    kept = _kept(judged, Keep(cohort, where, pack.zone, until), left_out)
    if list_:
        _list([verdict for verdict, _ in kept], pack, format_)
    else:
        gathered = gather((clock for _, clock in kept), by, pack.zone)
        _show(list(rows_of(gathered, pack)), by, format_)
    if left_out:
        others = ", ".join(f"{number} {name}" for name, number in sorted(left_out.items()))
        tell(f"clocks of other cohorts, counted apart: {others}")
    intake.tell_rest()
    ctx.exit(DIFFERS if intake.refusals and not intake.events else OK)


class Keep(NamedTuple):
    """Which clocks to count: of one cohort, meeting every condition, periods local to `zone`, as at `at` (ms)."""

    cohort: str
    where: tuple[Condition, ...]
    zone: ZoneInfo
    at: int


def _kept(judged: Iterable[Verdict], keep: Keep, left_out: Counter[str]) -> Iterator[tuple[Verdict, Clock]]:
    for verdict in judged:
        clock = clock_of(verdict.clock, verdict.finding, verdict.cohort, verdict.attributes, keep.at)
        if not meets(clock, keep.where, keep.zone):
            continue
        if clock.cohort == keep.cohort:
            yield verdict, clock
        else:
            left_out[clock.cohort] += 1


def _list(found: list[Verdict], pack: Pack, format_: str) -> None:
    ordered = longest_first(found)
    if format_ == JSON:
        write_lines(verdict_line(verdict) for verdict in ordered)
    elif format_ == CSV:
        click.echo(clocks_csv(ordered), nl=False)
    else:
        _print([clocks_table(ordered, pack.zone)] if ordered else [])


def _show(rows: list[Row], by: tuple[str, ...], format_: str) -> None:
    if format_ == JSON:
        write_lines(msgspec.json.encode(row_fields(row, by)) + b"\n" for row in rows)
    elif format_ == CSV:
        flat = [flat_fields(row, by) for row in rows]
        click.echo(csv_text(list(flat[0]) if flat else [], flat), nl=False)
    else:
        _print(tables(rows, by))


def _print(parts: Iterable[RenderableType]) -> None:
    console = Console(highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _UNSEEN_WIDTH
    shown = 0
    for part in parts:
        console.print(part)
        shown += 1
    if not shown:
        console.print("No clocks.")
