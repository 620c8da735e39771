"""`pledgewatch standards list|show|validate|diff`."""

from pathlib import Path

import click
import msgspec

from pledgewatch.cli import DIFFERS, OK, WRONG
from schemas.documents import DocumentError
from standards.describing import describe, in_force, limit_in_words
from standards.differing import differences
from standards.loader import DEFAULT_PACK, list_packs, load_pack, read_pack


@click.group()
def command() -> None:
    """List, show, validate and compare standards packs: what is promised, and where that was read."""


@command.command("list")
def list_() -> None:
    """The packs that come with PledgeWatch."""
    for pack in list_packs():
        default = "  (the default)" if pack.id == DEFAULT_PACK else ""
        click.echo(f"{pack.id}  {in_force(pack)}  {pack.title}{default}")
        for standard in pack.standards:
            click.echo(f"  {standard.id:<20} {limit_in_words(standard.limit):<36} {standard.title}")


@command.command()
@click.argument("pack", default=DEFAULT_PACK)
def show(pack: str) -> None:
    """One PACK (its id, or a path ending in .yaml): every number with its sentence and its source."""
    click.echo(describe(read_pack(pack)))


@command.command()
@click.argument("packs", nargs=-1, required=True)
@click.pass_context
def validate(ctx: click.Context, packs: tuple[str, ...]) -> None:
    """Check PACKS of your own; every error with file and line. Exit code 1 where one will not do."""
    answers = [_validated(pack) for pack in packs]
    ctx.exit(max(answers, default=OK))


@command.command()
@click.argument("a")
@click.argument("b")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def diff(ctx: click.Context, a: str, b: str, format_: str) -> None:
    """What pack A promises otherwise than pack B: limits, targets, stages, standards that one lacks.

    With --format json an object a line. Exit code 0 where they promise the same, 1 where they differ.
    """
    found = differences(read_pack(a), read_pack(b))
    for each in found:
        click.echo(msgspec.json.encode(each._asdict()) if format_ == "json" else each.sentence)
    if not found and format_ == "text":
        click.echo("they promise the same")
    ctx.exit(DIFFERS if found else OK)


def _validated(pack: str) -> int:
    try:
        compiled = load_pack(pack)
    except DocumentError as error:
        click.echo(str(error), err=True)
        return DIFFERS if Path(pack).is_file() else WRONG
    click.echo(
        f"{pack}: {compiled.id}, version {compiled.version}: {len(compiled.standards)} standards, sound"
    )
    return OK
