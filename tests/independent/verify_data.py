"""The figures of a published police export, reckoned a second time, by other hands.

    python tests/independent/verify_data.py EXPORT [--events FILE | --judged FILE [--shifted]] [--at TIME]

Nothing of PledgeWatch is imported: the export is read with csv, its times with pandas, and the verdicts come
from the rules as they are written: from `received` to `on scene`, priority A within 12 minutes, B within 60,
on-view incidents excluded (I4), an arrival up to 2 s before the start counts and an earlier one makes the
clock unverifiable (T7), closing without an arrival stops nothing (I8), of an incident given twice the newest
row counts. The result is compared, clock by clock, with what `pledgewatch import` and `pledgewatch judge`
say, or with what was judged elsewhere (`--judged`: lines as `judge` writes them, or the values of the topic
`clock-ledger` as a worker left them; `--shifted` where a replay moved all times by one amount).

Exit code 0: all agree. 1: they differ, and how is listed. 2: there was nothing to compare.
"""

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pandas as pd

ZONE = "America/Los_Angeles"
WRITTEN = "%Y/%m/%d %I:%M:%S %p"
TIMES = {
    "received": "received_datetime",
    "dispatched": "dispatch_datetime",
    "arrived": "onscene_datetime",
    "closed": "close_datetime",
    "updated": "call_last_updated_at",
}
MINUTES = {"A": 12, "B": 60}
STANDARD = {"A": "attend-immediate", "B": "attend-priority"}
SKEW = pd.Timedelta(seconds=2)
MOMENTS = ["start", "due", "stop"]
COMPARED = ["verdict", "reason", "start", "due", "stop", "elapsed_ms"]


class NothingToCompareError(Exception):
    pass


# The export, read again.


def read_export(path):
    """All rows with as many fields as the header, as text."""
    opened = gzip.open if Path(path).read_bytes()[:2] == b"\x1f\x8b" else open
    with opened(path, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.reader(lines) if row]
    header = rows[0]
    frame = pd.DataFrame([row for row in rows[1:] if len(row) == len(header)], columns=header)
    return frame.apply(lambda column: column.str.strip()), len(rows) - 1


def instants(column):
    """Local times as UTC; no time where the text is none, or a clock change makes it doubtful."""
    naive = pd.to_datetime(column, format=WRITTEN, errors="coerce")
    return naive.dt.tz_localize(ZONE, ambiguous="NaT", nonexistent="NaT").dt.tz_convert("UTC")


def readable(frame):
    """The rows whose every time is blank or good, with a received time, a known priority, a number."""
    times = pd.DataFrame({name: instants(frame[column]) for name, column in TIMES.items()})
    spoiled = pd.concat(
        [times[name].isna() & (frame[column] != "") for name, column in TIMES.items()], axis=1
    )
    good = ~spoiled.any(axis=1) & times["received"].notna()
    good &= frame["priority_original"].isin(["A", "B", "C"])
    good &= frame["cad_number"].str.fullmatch(r"[A-Za-z0-9._:-]{1,64}")
    return frame.join(times)[good]


def newest(rows):
    """One row an incident: the one last updated, of two such the lower one in the file."""
    return rows.sort_values("updated", kind="stable").drop_duplicates("cad_number", keep="last")


# The verdicts, from the rules.


def expected_clocks(incidents, at):
    promised = incidents[incidents["priority_original"].isin(list(MINUTES))]
    clocks = [clock_of(row, at) for row in promised.itertuples(index=False)]
    return pd.DataFrame(clocks).set_index("clock").sort_index()


def clock_of(row, at):
    standard = STANDARD[row.priority_original]
    due = row.received + pd.Timedelta(minutes=MINUTES[row.priority_original])
    verdict, reason, stop = verdict_of(row, due, at)
    elapsed = (
        None if stop is None else max(stop - row.received, pd.Timedelta(0)) // pd.Timedelta(milliseconds=1)
    )
    return {
        "clock": f"CAD-{row.cad_number}/{standard}",
        "standard": standard,
        "verdict": verdict,
        "reason": reason,
        "start": row.received,
        "due": due,
        "stop": stop,
        "elapsed_ms": elapsed,
    }


def verdict_of(row, due, at):
    if row.onview_flag == "Y" or row.received_datetime == row.onscene_datetime:
        return "excluded", "on-view", None
    if pd.isna(row.arrived):
        return ("breached" if at > due else "running"), None, None
    if row.received - row.arrived > SKEW:
        return "unverifiable", "stop-before-start", None
    return ("met" if row.arrived <= due else "breached"), None, row.arrived


# What PledgeWatch says.


def said_by_us(export, events, at):
    with tempfile.TemporaryDirectory() as folder:
        if events is None:
            events = str(Path(folder, "events.jsonl"))
            pledgewatch("import", "sf-police", export, "-o", events)
        lines = pledgewatch("judge", events, "--standards", "met-pledge-2009", "--at", at.isoformat())
    return said_in(lines.splitlines())


def pledgewatch(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "pledgewatch", *arguments], stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise NothingToCompareError(f"pledgewatch {arguments[0]} ended with {done.returncode}")
    return done.stdout


def said_in(lines):
    """The judged clocks of lines of JSON; of a clock said twice the last counts."""
    clocks = {}
    for line in filter(str.strip, lines):
        for said in clocks_of(json.loads(line)):
            times = {name: as_instant(said.get(name)) for name in MOMENTS}
            clocks[said["clock"]] = {
                name: said.get(name) for name in ("clock", "standard", *COMPARED)
            } | times
    if not clocks:
        raise NothingToCompareError("no clock was judged")
    return pd.DataFrame(clocks.values()).set_index("clock").sort_index()


def clocks_of(said):
    """One judged clock as it is, or all clocks of a record of the ledger that a worker left."""
    if "clocks" not in said:
        return [said]
    return [from_ledger(said["subject"], standard, clock) for standard, clock in said["clocks"].items()]


def from_ledger(subject, standard, clock):
    found = clock.get("finding") or {}
    start, stop = found.get("start"), found.get("stop")
    elapsed = max(stop - start, 0) if stop is not None and clock["verdict"] in ("met", "breached") else None
    named = {"clock": f"{subject}/{standard}", "standard": standard, "elapsed_ms": elapsed}
    return found | named | {"verdict": clock["verdict"]}


def as_instant(value):
    if value is None:
        return None
    return pd.Timestamp(value, unit="ms", tz="UTC") if isinstance(value, int) else pd.Timestamp(value)


def moved_back(said, expected):
    """The said clocks with all times moved by what the first common clock's start was moved by."""
    common = [clock for clock in said.index if clock in expected.index]
    if not common:
        raise NothingToCompareError("no clock is in both")
    moved = said.loc[common[0], "start"] - expected.loc[common[0], "start"]
    for name in MOMENTS:
        said[name] = [None if pd.isna(value) else value - moved for value in said[name]]
    return said


# The comparison.


def differences(expected, said):
    found = [
        f"{clock}: not said; expected {expected.verdict[clock]}"
        for clock in expected.index.difference(said.index)
    ]
    found += [
        f"{clock}: said {said.verdict[clock]}; no such clock"
        for clock in said.index.difference(expected.index)
    ]
    for clock in expected.index.intersection(said.index):
        found += unequal(clock, expected.loc[clock], said.loc[clock])
    return found


def unequal(clock, wanted, came):
    names = COMPARED if wanted.verdict in ("met", "breached", "running") else COMPARED[:4]
    pairs = [(name, plain(wanted[name]), plain(came[name])) for name in names]
    return [f"{clock}: {name}: expected {left}, said {right}" for name, left, right in pairs if left != right]


def plain(value):
    if value is None or pd.isna(value):
        return None
    return (
        value.isoformat()
        if isinstance(value, pd.Timestamp)
        else value
        if isinstance(value, str)
        else int(value)
    )


def figures(clocks):
    """Per standard: counts by verdict and reason, rate, and the durations of the clocks that stopped."""
    table = {}
    for standard, group in clocks.groupby("standard"):
        named = group["verdict"] + group["reason"].map(
            lambda why: f" ({why})" if isinstance(why, str) else ""
        )
        counts = named.value_counts().sort_index().to_dict()
        met, breached = ((group["verdict"] == verdict).sum() for verdict in ("met", "breached"))
        lasted = (
            pd.to_numeric(group["elapsed_ms"][group["verdict"].isin(["met", "breached"])]).dropna() / 60_000
        )
        table[standard] = {
            **counts,
            "rate": f"{100 * met / (met + breached):.2f} %" if met + breached else "none",
            "median": nearest_rank(lasted, 0.5),
            "p90": nearest_rank(lasted, 0.9),
        }
    return table


def nearest_rank(lasted, share):
    """The shortest of the durations within which this share of them lies (N4)."""
    return f"{numpy.quantile(lasted, share, method='inverted_cdf'):.2f} min" if len(lasted) else "none"


def show(expected, said):
    ours, theirs = figures(said), figures(expected)
    for standard in sorted({*ours, *theirs}):
        print(standard)
        left, right = theirs.get(standard, {}), ours.get(standard, {})
        for name in dict.fromkeys([*left, *right]):
            print(
                f"  {name:<34} independent {left.get(name, 0)!s:>12}   pledgewatch {right.get(name, 0)!s:>12}"
            )


def compare(arguments):
    frame, rows = read_export(arguments.export)
    incidents = newest(readable(frame))
    if incidents.empty:
        raise NothingToCompareError("the export has no readable row")
    as_of = max(instants(frame["data_as_of"]).max(), incidents["updated"].max())
    at = pd.Timestamp(arguments.at) if arguments.at else as_of
    if at < incidents["updated"].max():
        raise NothingToCompareError("--at is before the export's last update: some of it was not known then")
    expected = expected_clocks(incidents, at)
    said = said_in(Path(arguments.judged).read_text().splitlines()) if arguments.judged else None
    said = said_by_us(arguments.export, arguments.events, at) if said is None else said
    said = moved_back(said, expected) if arguments.shifted else said
    print(f"{rows:,} rows, {len(incidents):,} incidents, {len(expected):,} clocks, as at {at.isoformat()}")
    show(expected, said)
    return differences(expected, said)


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "export", metavar="DATA", help="the export: make verify-data DATA=path/to/export.csv.gz"
    )
    given = parser.add_mutually_exclusive_group()
    given.add_argument("--events", help="judge these events instead of importing the export")
    given.add_argument("--judged", help="compare these clocks, or records of the ledger, a line each")
    parser.add_argument("--shifted", action="store_true", help="all times of --judged moved by one amount")
    parser.add_argument("--at", help="the moment of judging; the export's own by default")
    return parser.parse_args(arguments)


def main(arguments=None):
    try:
        found = compare(parsed(arguments))
    except (NothingToCompareError, OSError, KeyError, ValueError) as problem:
        print(f"verify-data: {problem}", file=sys.stderr)
        return 2
    for difference in found:
        print(difference)
    print(f"{len(found):,} differences" if found else "no difference")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
