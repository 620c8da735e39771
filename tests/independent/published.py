"""A published export as text, and its local times as instants; nothing of PledgeWatch."""

import csv
import gzip
from pathlib import Path

import pandas as pd


class NothingToCompareError(Exception):
    pass


def read_export(path):
    """All rows with as many fields as the header, as text; and how many rows there were."""
    opened = gzip.open if Path(path).read_bytes()[:2] == b"\x1f\x8b" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    if not rows:
        raise NothingToCompareError("the export is empty")
    header = rows[0]
    frame = pd.DataFrame([row for row in rows[1:] if len(row) == len(header)], columns=header)
    return frame.apply(lambda column: column.str.strip()), len(rows) - 1


def instants(column, written, zone):
    """Local times as UTC; no time where the text is none, or a clock change makes it doubtful."""
    return placed(pd.to_datetime(column, format=written, errors="coerce"), zone)


def placed(local, zone):
    """Times of a wall clock as UTC."""
    return local.dt.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


def clock(subject, standard, start, due, found):
    """One expected clock; `found` is its verdict, its reason, and its stop or None."""
    verdict, reason, stop = found
    lasted = None if stop is None else max(stop - start, pd.Timedelta(0)) // pd.Timedelta(milliseconds=1)
    return {
        "clock": f"{subject}/{standard}",
        "standard": standard,
        "verdict": verdict,
        "reason": reason,
        "start": start,
        "due": due,
        "stop": stop,
        "elapsed_ms": lasted,
    }


def table(clocks):
    return pd.DataFrame(clocks).set_index("clock").sort_index()
