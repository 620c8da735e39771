"""Figures as tables for a terminal: a standard's shares and durations, and for calls the five ways."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from figures.calls import DEFAULT_WAY
from figures.gathering import Figure
from figures.rate import interval_text, rate_text
from pledgewatch.figuring.rows import Row
from schemas.times import MINUTE, SECOND, format_duration

_ALL = "all"


def tables(rows: Iterable[Row], by: Sequence[str]) -> Iterator[RenderableType]:
    """A block for each standard."""
    for _, each in groupby(rows, key=lambda row: row.standard.id):
        yield _block(list(each), by)


def _block(rows: list[Row], by: Sequence[str]) -> RenderableType:
    whole = rows[-1]
    parts: list[RenderableType] = [_heading(whole), _shares(rows, by), "", _lengths(rows, by), ""]
    if whole.figure.ways:
        parts += [_ways(whole.figure), ""]
    return Group(*parts)


def _heading(whole: Row) -> Text:
    standard = whole.standard
    text = Text.assemble((standard.id, "bold"), f": {standard.sentence}")
    against = whole.figure.rate.against(standard.target_percent)
    return text.append(f" Target {standard.target_percent} %: {against}.") if against else text


def _shares(rows: list[Row], by: Sequence[str]) -> Table:
    table = _table(by, "counted", "in time", "late", "share", "95 % interval", "not in the share")
    for row in rows:
        counts, rate = row.figure.counts, row.figure.rate
        beside = "\n".join(_beside(row.figure)) or "–"
        cells = (str(rate.of), str(counts.met), str(counts.breached), rate_text(rate), interval_text(rate))
        table.add_row(*_names(row, by), *cells, beside)
    return table


def _beside(figure: Figure) -> Iterator[str]:
    """What stands beside the share (N2)."""
    counts = figure.counts
    for reason, number in counts.excluded.items():
        yield f"{number} excluded: {reason}"
    for reason, number in counts.unverifiable.items():
        yield f"{number} unverifiable: {reason}"
    if counts.running:
        yield f"{counts.running} running"
    if figure.early:
        yield f"({figure.early} of the met not yet due)"


def _lengths(rows: list[Row], by: Sequence[str]) -> Table:
    table = _table(by, "stopped", "mean", "median", "90th", "95th", "longest", "remarks")
    for row in rows:
        ran = row.figure.durations
        lengths = (_exact(ms) for ms in (ran.median, ran.p90, ran.p95, ran.longest))
        remarks = "\n".join(_remarks(row.figure)) or "–"
        table.add_row(*_names(row, by), str(ran.stopped), _rounded(ran.mean), *lengths, remarks)
    return table


def _remarks(figure: Figure) -> Iterator[str]:
    if figure.without_stop:
        yield f"{figure.without_stop} late without a stop: no duration"
    if figure.called_off:
        yield f"{figure.called_off} ended late by giving up, cancelling or merging"


def _ways(figure: Figure) -> Table:
    table = _table((), "way", "counted so", "kept", "of", "share", "95 % interval")
    for way in figure.ways:
        mark = " (the share above)" if way.number == DEFAULT_WAY else ""
        kept, of = way.rate
        cells = (rate_text(way.rate), interval_text(way.rate))
        table.add_row(str(way.number), f"{way.name}{mark}", str(kept), str(of), *cells)
    return table


def _table(by: Sequence[str], *columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in by:
        table.add_column(name, no_wrap=True)
    for name in columns:
        words = name in ("not in the share", "remarks", "counted so")
        table.add_column(name, justify="left" if words else "right", no_wrap=not words)
    return table


def _names(row: Row, by: Sequence[str]) -> Iterable[str]:
    return row.groups or (_ALL, *("",) * (len(by) - 1)) if by else ()


def _exact(ms: int | None) -> str:
    """A percentile is some clock's duration: told as it is."""
    return "–" if ms is None else format_duration(ms)


def _rounded(ms: int | None) -> str:
    """A mean is nobody's: told to the second, below a minute to a tenth."""
    if ms is None:
        return "–"
    step = SECOND if ms >= MINUTE else SECOND // 10
    return format_duration((ms + step // 2) // step * step)
