"""`pledgewatch import`: a published CSV export to events, by a declared mapping."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from feeds.importing.finding import find_mapping, shipped
from feeds.importing.importing import Importer
from feeds.importing.mapping import Mapping
from feeds.importing.reading import STDIN, open_export
from feeds.importing.refusals import Refusal
from feeds.quality.findings import findings
from feeds.quality.looking import look
from pledgewatch.checked import fields, report, show
from pledgewatch.cli import DIFFERS, OK
from schemas.documents import Document
from schemas.errors import PledgeWatchError
from streams.clock import WallClock

STDOUT = "-"
FORMATS = TEXT, JSON = "text", "json"


@click.command(epilog=f"Shipped mappings: {', '.join(shipped())}.")
@click.argument("mapping")
@click.argument("csv")
@click.option("-o", "--output", metavar="FILE", help="Where the events go.  [default: standard output]")
@click.option(
    "--check",
    is_flag=True,
    help="Say what of the export is worth a look before it is trusted; write no events.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="Of --check.  [default: text]")
@click.pass_context
def command(
    ctx: click.Context, mapping: str, csv: str, output: str | None, check: bool, format_: str | None
) -> None:
    """Turn CSV, gzipped or not (`-` is standard input), into events by MAPPING, a shipped one or a file.

    A row that cannot be read is told on standard error with its line and its reason, counted, and stops
    nothing; exit code 1 where no row could be read. The events come in the file's order: `judge` and `replay`
    sort by themselves. FILE is put in its place once it is whole, not before.

    With --check it is read the same, and told instead: what is missing, negative, doubled, ambiguous, out of order,
    rounded or in the future. Exit code 1 where something is worth a look.
    """
    if (check and output) or (format_ and not check):
        raise click.UsageError("-o goes without --check, --format with it")
    document, read = find_mapping(mapping)
    if check:
        ctx.exit(_check(document, read, csv, format_))
    _check_distinct(csv, output)
    importer = Importer(document, read, _tell)
    with open_export(csv, read.file) as export, _destination(output) as out:
        for event in importer.events(export):
            out.write(event + b"\n")
        for line in importer.tally.lines():
            click.echo(f"import: {line}", err=True)
        if importer.tally.nothing_read:
            ctx.exit(DIFFERS)


def _check(document: Document, mapping: Mapping, csv: str, format_: str | None) -> int:
    with open_export(csv, mapping.file) as export:
        seen = look(document, mapping, export, WallClock().now())
    found = findings(seen)
    if format_ == JSON:
        click.echo(json.dumps(fields(seen, found), ensure_ascii=False))
    else:
        show(report(seen, found))
    return DIFFERS if any(finding.problem for finding in found) else OK


def _tell(refusal: Refusal) -> None:
    click.echo(f"import: {refusal}", err=True)


def _check_distinct(csv: str, output: str | None) -> None:
    if (
        output
        and csv != STDIN
        and Path(output).exists()
        and Path(csv).exists()
        and Path(output).samefile(csv)
    ):
        raise PledgeWatchError(f"{output}: the events would overwrite the export they come from")


@contextmanager
def _destination(output: str | None) -> Iterator[IO[bytes]]:
    """Standard output, a device, or a file that takes its name only when all is written."""
    if output is None or output == STDOUT or (Path(output).exists() and not Path(output).is_file()):
        with click.open_file(output or STDOUT, "wb") as out:
            yield out
            out.flush()
        return
    part = Path(f"{output}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(output)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
