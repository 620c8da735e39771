"""What `import --check` shows: an export's quality as tables for a terminal, or as one JSON object."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.table import Table

from feeds.quality.columns import ColumnSeen
from feeds.quality.findings import Finding
from feeds.quality.looking import Seen
from feeds.quality.times import Interval, TimeSeen
from schemas.times import format_duration, format_time

_UNSEEN_WIDTH = 160


def report(seen: Seen, found: list[Finding]) -> Iterator[RenderableType]:
    """The parts of the report, in the order in which they are read."""
    yield f"[bold]{escape(seen.export)}[/] by {escape(seen.mapping)}"
    yield from (escape(line) for line in seen.tally.lines()[:1])
    yield "events: " + (
        ", ".join(f"{count:,} {name}" for name, count in sorted(seen.events.items())) or "none"
    )
    yield ""
    yield _columns(seen.columns)
    yield ""
    yield _times(seen.times)
    yield ""
    if seen.intervals:
        yield _intervals(seen.intervals)
    if seen.unused:
        yield escape(f"\ncolumns not used: {', '.join(seen.unused)}")
    yield from _findings(found)


def show(parts: Iterable[RenderableType]) -> None:
    """Prints the parts; sentences as long as they are, tables wide where there is no terminal to fit in."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _UNSEEN_WIDTH
    for part in parts:
        console.print(part, soft_wrap=isinstance(part, str))


def _columns(columns: list[ColumnSeen]) -> Table:
    table = _table("column", "given", "missing", "looks like nothing")
    for each in columns:
        suspects = ", ".join(f"{text!r} {count:,}" for text, count in each.suspects.most_common(3)) or "–"
        table.add_row(escape(each.name), f"{each.given:,}", _count(each.missing), escape(suspects))
    return table


def _times(times: list[TimeSeen]) -> Table:
    table = _table("time", "given", "missing", "unreadable", "on the minute", "first, UTC", "last, UTC")
    for each in times:
        heaped = f"{100 * each.whole_minutes / each.given:.1f} %" if each.given else "–"
        counts = (f"{each.given:,}", _count(each.missing), _count(each.unreadable), heaped)
        table.add_row(escape(each.name), *counts, _moment(each.first), _moment(each.last))
    return table


def _intervals(intervals: list[Interval]) -> Table:
    table = _table("from – to", "rows", "negative", "smallest", "median", "largest")
    for each in intervals:
        lengths = (format_duration(ms) for ms in (each.smallest, each.median, each.largest))
        names = escape(f"{each.before} – {each.after}")
        table.add_row(names, f"{each.count:,}", _count(each.negative), *lengths)
    return table


def _findings(found: list[Finding]) -> Iterator[str]:
    for problem, heading in ((True, "worth a look"), (False, "good to know")):
        those = [finding for finding in found if finding.problem is problem]
        if those:
            yield f"\n[bold]{heading}[/]"
        for finding in those:
            yield escape(f"- {finding.said}{_lines(finding.lines)}")
    if not any(finding.problem for finding in found):
        yield "\nnothing worth a look"


def _lines(lines: list[int]) -> str:
    return f"; line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}" if lines else ""


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for number, name in enumerate(columns):
        words = number == 0 or name == "looks like nothing"
        table.add_column(name, justify="left" if words else "right", no_wrap=True)
    return table


def _count(number: int) -> str:
    return f"{number:,}" if number else "–"


def _moment(ms: int | None) -> str:
    return "–" if ms is None else format_time(ms)[:16].replace("T", " ")


def fields(seen: Seen, found: list[Finding]) -> dict[str, Any]:
    """The same for machines; durations in ms, times as RFC 3339 in UTC."""
    tally = seen.tally
    return {
        "export": seen.export,
        "mapping": seen.mapping,
        "rows": {
            "all": tally.rows,
            "read": tally.read,
            "refused": dict(tally.refused),
            "left_out": dict(tally.left_out),
            "gave_way": tally.gave_way,
            "repeated": tally.repeated,
        },
        "events": dict(sorted(seen.events.items())),
        "columns": [_column_fields(each) for each in seen.columns],
        "unused": seen.unused,
        "times": [_time_fields(each) for each in seen.times],
        "intervals": [_interval_fields(each) for each in seen.intervals],
        "doubled": len(seen.doubled),
        "out_of_order": {"rows": seen.disorder.rows, "most_ms": seen.disorder.most},
        "recorded_late": asdict(seen.late),
        "findings": [finding._asdict() for finding in found],
    }


def _column_fields(column: ColumnSeen) -> dict[str, Any]:
    return {
        "column": column.name,
        "given": column.given,
        "missing": column.missing,
        "looks_like_nothing": dict(column.suspects),
    }


def _time_fields(time: TimeSeen) -> dict[str, Any]:
    return {
        "time": time.name,
        "given": time.given,
        "missing": time.missing,
        "unreadable": time.unreadable,
        "on_the_minute": time.whole_minutes,
        "future": time.future,
        "first": None if time.first is None else format_time(time.first),
        "last": None if time.last is None else format_time(time.last),
    }


def _interval_fields(interval: Interval) -> dict[str, Any]:
    return {
        "from": interval.before,
        "to": interval.after,
        "rows": interval.count,
        "negative": interval.negative,
        "smallest_ms": interval.smallest,
        "median_ms": interval.median,
        "largest_ms": interval.largest,
        "negative_lines": interval.negative_lines,
    }
