"""`pledgewatch import`: a published CSV export to events, by a declared mapping."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import click

from feeds.importing.finding import find_mapping, shipped
from feeds.importing.importing import Importer
from feeds.importing.reading import STDIN, open_export
from feeds.importing.refusals import Refusal
from pledgewatch.cli import DIFFERS
from schemas.errors import PledgeWatchError

STDOUT = "-"


@click.command(epilog=f"Shipped mappings: {', '.join(shipped())}.")
@click.argument("mapping")
@click.argument("csv")
@click.option("-o", "--output", metavar="FILE", help="Where the events go.  [default: standard output]")
@click.pass_context
def command(ctx: click.Context, mapping: str, csv: str, output: str | None) -> None:
    """Turn CSV, gzipped or not (`-` is standard input), into events by MAPPING, a shipped one or a file.

    A row that cannot be read is told on standard error with its line and its reason, counted, and stops
    nothing; exit code 1 where no row could be read. The events come in the file's order: `judge` and `replay`
    sort by themselves. FILE is put in its place once it is whole, not before.
    """
    document, read = find_mapping(mapping)
    _check_distinct(csv, output)
    importer = Importer(document, read, _tell)
    with open_export(csv, read.file) as export, _destination(output) as out:
        for event in importer.events(export):
            out.write(event + b"\n")
        for line in importer.tally.lines():
            click.echo(f"import: {line}", err=True)
        if importer.tally.nothing_read:
            ctx.exit(DIFFERS)


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
