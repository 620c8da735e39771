"""The figures of a published export, reckoned a second time, by other hands.

    python tests/independent/verify_data.py EXPORT [--events FILE | --judged FILE [--shifted]] [--at TIME]

Nothing of PledgeWatch is imported: the export is read with csv, its times with pandas, and the verdicts come
from the rules as they are written. Which set it is shows in its header, or is said (`--set`); what is reckoned for
each stands at the top of `police_set.py`, `fire_set.py` and `bank_set.py`. The result is compared, clock by clock,
with what `pledgewatch import` and `pledgewatch judge` say, or with what was judged elsewhere (`--judged`: lines as
`judge` writes them, or the values of the topic `clock-ledger` as a worker left them; `--shifted` where a replay
moved all times by one amount).

Exit code 0: all agree. 1: they differ, and how is listed. 2: there was nothing to compare.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import bank_set
import fire_set
import numpy
import pandas as pd
import police_set
from published import NothingToCompareError, read_export

SETS = {each.MAPPING: each for each in (police_set, fire_set, bank_set)}
MOMENTS = ["start", "due", "stop"]
COMPARED = ["verdict", "reason", "start", "due", "stop", "elapsed_ms"]


def set_of(named, frame):
    """The set that was named, or the one whose columns the export has."""
    if named:
        return SETS[named]
    found = [each for each in SETS.values() if set(frame.columns) >= each.COLUMNS]
    if not found:
        raise NothingToCompareError(f"none of the sets has such columns ({', '.join(SETS)})")
    return found[0]


# What PledgeWatch says.


@contextmanager
def event_files(which, export, events):
    """The events given, or of the export by each mapping the set is tried with."""
    with tempfile.TemporaryDirectory() as folder:
        yield [events] if events else list(imported(which, export, folder))


def imported(which, export, folder):
    mappings = which.mappings(folder) if hasattr(which, "mappings") else [which.MAPPING]
    for number, mapping in enumerate(mappings):
        file = str(Path(folder, f"events-{number}.jsonl"))
        pledgewatch("import", mapping, export, "-o", file)
        yield file


def judged(files, at):
    said = [
        pledgewatch("judge", file, "--standards", "met-pledge-2009", "--at", at.isoformat()) for file in files
    ]
    return said_in(line for lines in said for line in lines.splitlines())


def ways_said(files, at):
    """By standard the shares that `pledgewatch figures` counts in several ways."""
    rows = [
        json.loads(line)
        for file in files
        for line in pledgewatch("figures", file, "--format", "json", "--at", at.isoformat()).splitlines()
    ]
    return {row["standard"]: [(way["kept"], way["n"]) for way in row["ways"]] for row in rows}


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


def unequal_ways(which, subjects, said):
    """Where shares counted in several ways are not as the set counts them; a set without such has none to differ."""
    wanted = which.ways(subjects) if hasattr(which, "ways") else {}
    return [
        f"{standard}: the shares counted in {len(wanted[standard])} ways: expected {wanted[standard]}, said {came}"
        for standard, came in said.items()
        if standard in wanted and came != wanted[standard]
    ]


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
    which = set_of(arguments.set, frame)
    subjects = which.subjects(frame)
    if subjects.empty:
        raise NothingToCompareError("the export has no readable row")
    at = pd.Timestamp(arguments.at) if arguments.at else which.judged_at(frame, subjects)
    if at < which.last_known(subjects):
        raise NothingToCompareError("--at is before the export's last update: some of it was not known then")
    found = []
    if arguments.judged:
        said = said_in(Path(arguments.judged).read_text().splitlines())
    else:
        with event_files(which, arguments.export, arguments.events) as files:
            said = judged(files, at)
            found = unequal_ways(which, subjects, ways_said(files, at))
    expected = which.expected_clocks(subjects, at)
    if arguments.judged or arguments.events:
        expected = expected[expected["standard"].isin(set(said["standard"]))]
    said = moved_back(said, expected) if arguments.shifted else said
    kind = which.SUBJECTS
    print(f"{rows:,} rows, {len(subjects):,} {kind}, {len(expected):,} clocks, as at {at.isoformat()}")
    show(expected, said)
    for line in which.remarks(subjects) if hasattr(which, "remarks") else ():
        print(line)
    return differences(expected, said) + found


def parsed(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "export", metavar="DATA", help="the export: make verify-data DATA=path/to/export.csv.gz"
    )
    parser.add_argument("--set", choices=SETS, help="which set it is; by its columns by default")
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
