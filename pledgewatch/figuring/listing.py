"""The clocks behind a number, the longest first: what `judge` says of each, or a table of them."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.table import Table

from pledgewatch.judging import Verdict
from schemas.times import as_datetime, format_duration, format_time

_COLUMNS = ("clock", "verdict", "reason", "start", "due", "stop", "elapsed_ms", "cohort", "evidence")


def longest_first(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Those still without a stop first, then by how long they ran, so that a percentile is found by its rank."""
    return sorted(verdicts, key=_length, reverse=True)


def _length(verdict: Verdict) -> tuple[bool, int, str]:
    elapsed = verdict.finding.elapsed
    return (verdict.finding.open, -1 if elapsed is None else elapsed, verdict.clock)


def clocks_table(verdicts: Sequence[Verdict], zone: ZoneInfo) -> Table:
    """A line a clock, times local; the events it was judged by last."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for name in ("clock", "verdict", "due", "stop", "ran", "events"):
        table.add_column(name, justify="right" if name == "ran" else "left", no_wrap=name == "clock")
    for verdict in verdicts:
        finding = verdict.finding
        ran = "–" if finding.elapsed is None else format_duration(finding.elapsed)
        words = verdict.verdict + (f": {finding.reason}" if finding.reason else "")
        due, stop = _local(finding.due, zone), _local(finding.stop, zone)
        table.add_row(verdict.clock, words, due, stop, ran, ", ".join(finding.evidence))
    return table


def _local(ms: int | None, zone: ZoneInfo) -> str:
    if ms is None:
        return "–"
    return (
        as_datetime(ms)
        .astimezone(zone)
        .replace(tzinfo=None)
        .isoformat(" ", "milliseconds" if ms % 1000 else "seconds")
    )


def clocks_csv(verdicts: Iterable[Verdict]) -> str:
    """The same for a spreadsheet; times in UTC, durations in ms."""
    return csv_text(_COLUMNS, (_cells(verdict) for verdict in verdicts))


def _cells(verdict: Verdict) -> dict[str, Any]:
    finding = verdict.finding
    stop = None if finding.stop is None else format_time(finding.stop)
    return {
        "clock": verdict.clock,
        "verdict": verdict.verdict,
        "reason": finding.reason,
        "start": format_time(finding.start),
        "due": format_time(finding.due),
        "stop": stop,
        "elapsed_ms": finding.elapsed,
        "cohort": verdict.cohort,
        "evidence": " ".join(finding.evidence),
    }


def csv_text(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """Rows as CSV with a head; what is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
