"""The reference page of the standards packs: every number with its sentence and its source."""

from collections.abc import Iterator

from schemas.times import format_duration
from standards.describing import in_force, limit_in_words
from standards.document import Figure, PackDocument, StandardDocument
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
    yield from _table(_numbers(pack))
    for standard in pack.standards:
        yield f"### {standard.id} ({pack.id})\n\n{standard.title}. {standard.sentence}\n"
        yield from _table(_standard(standard))


def _numbers(pack: PackDocument) -> Iterator[str]:
    yield _row("in force", in_force(pack), pack.in_force)
    for name, figure in (("settle", pack.settle), ("page within", pack.page_within), ("skew", pack.skew)):
        yield _row(name, format_duration(figure.value), figure)
    yield _row("shifts", ", ".join(f"{at:%H:%M}" for at in pack.shifts.at), pack.shifts)


def _standard(standard: StandardDocument) -> Iterator[str]:
    yield _row("limit", limit_in_words(standard.limit), standard.limit)
    if standard.target:
        yield _row("target", f"{standard.target.percent} %", standard.target)
    if standard.at_risk:
        yield _row("at risk", f"at {standard.at_risk.percent} % of its time", standard.at_risk)
    if standard.unresourced:
        yield _row(
            "un-resourced", f"after {format_duration(standard.unresourced.after)}", standard.unresourced
        )


def _row(name: str, value: str, figure: Figure) -> str:
    carried = f" Carried over from {figure.carried_over}." if figure.carried_over else ""
    source, note = figure.source.url, figure.source.note.rstrip(".")
    where = source if source.startswith("http") else f"[{source}](../{source.removeprefix('docs/')})"
    return f"| {name} | {value} | {figure.sentence}{carried} | {where}: {note}. |"


def _table(rows: Iterator[str]) -> list[str]:
    return [*_HEAD, *rows, ""]
