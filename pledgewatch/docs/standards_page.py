"""The reference page of the standards packs: every number with its sentence and its source."""

from collections.abc import Iterator

from standards.describing import Number, pack_numbers, standard_numbers
from standards.document import PackDocument
from standards.loader import DEFAULT_PACK, list_packs

_OPENING = """# Standards packs

Made from `standards/packs/*.yaml` by `make docs`; change it there. `pledgewatch standards show PACK` tells the same,
`pledgewatch standards validate FILE.yaml` checks a pack of your own.
"""
_HEAD = ("| number | value | in words | source |", "|---|---|---|---|")


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_OPENING, *(line for pack in list_packs() for line in _pack(pack))])


def _pack(pack: PackDocument) -> Iterator[str]:
    default = " The default." if pack.id == DEFAULT_PACK else ""
    yield f"## {pack.id}, version {pack.version}\n"
    yield f"{pack.title}. {pack.about}{default}\n"
    yield f"Time zone {pack.time_zone}, calendar {pack.calendar}.\n"
    yield from _table(pack_numbers(pack))
    for standard in pack.standards:
        yield f"### {standard.id} ({pack.id})\n\n{standard.title}. {standard.sentence}\n"
        yield from _table(standard_numbers(standard))


def _row(number: Number) -> str:
    name, value, figure = number
    carried = f" Carried over from {figure.carried_over}." if figure.carried_over else ""
    source, note = figure.source.url, figure.source.note.rstrip(".")
    where = source if source.startswith("http") else f"[{source}](../{source.removeprefix('docs/')})"
    return f"| {name} | {value} | {figure.sentence}{carried} | {where}: {note}. |"


def _table(numbers: Iterator[Number]) -> list[str]:
    return [*_HEAD, *map(_row, numbers), ""]
