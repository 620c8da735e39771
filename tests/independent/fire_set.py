"""The fire set: from `Received` to the first of a call's units on scene.

Codes 3 and E have 12 minutes, code 2 has 60. A crew there as the call came in found it itself (I4); a call cancelled
before anybody came was cancelled by the time its last unit was free (I8); any other end without an arrival stops
nothing.
"""

import pandas as pd
from published import NothingToCompareError, clock, instants, table

MAPPING = "sffd-calls"
COLUMNS = {"Call Number", "Unit ID", "Received DtTm", "On Scene DtTm"}
SUBJECTS = "calls"
ZONE = "America/Los_Angeles"
WRITTEN = "%m/%d/%Y %I:%M:%S %p"
NEEDED = ["Received DtTm", "Dispatch DtTm", "On Scene DtTm", "Available DtTm"]
MINUTES = {"E": 12, "3": 12, "2": 60}
STANDARD = {12: "attend-immediate", 60: "attend-priority"}
SKEW = pd.Timedelta(seconds=2)


def subjects(frame):
    """One row a call: its start, its first arrival, when its last unit was free, whether a crew found it."""
    rows = readable(frame.mask(frame.isin(["", "null"])))
    calls = rows.groupby("Call Number", sort=False)
    alike = calls[["Received DtTm", "Priority", "Call Final Disposition"]].nunique(dropna=False)
    if (alike > 1).any(axis=None):
        raise NothingToCompareError("the rows of one call disagree about the call")
    return calls.agg(
        received=("received", "first"),
        code=("Priority", "first"),
        fate=("Call Final Disposition", "first"),
        arrived=("on scene", "min"),
        free=("available", "max"),
        found=("found", "any"),
        units=("Unit ID", "nunique"),
        sent=("dispatch", "min"),
    ).assign(overtaken=overtaken(rows))


def readable(rows):
    for column in NEEDED:
        rows[column.removesuffix(" DtTm").lower()] = instants(rows[column], WRITTEN, ZONE)
    good = rows["received"].notna() & rows["Priority"].isin(list(MINUTES))
    good &= rows["Call Number"].notna() & rows["Unit ID"].notna()
    for column in NEEDED:
        good &= rows[column].isna() | rows[column.removesuffix(" DtTm").lower()].notna()
    rows = rows[good].drop_duplicates(["Call Number", "Unit ID"])
    return rows.assign(found=rows["received"] == rows["on scene"])


def overtaken(rows):
    """The calls in which nobody sent first was first on scene."""
    first_sent = rows.groupby("Call Number")["dispatch"].transform("min") == rows["dispatch"]
    first_there = rows.groupby("Call Number")["on scene"].transform("min") == rows["on scene"]
    arrived = rows["on scene"].notna().groupby(rows["Call Number"]).any()
    return arrived & ~(first_sent & first_there).groupby(rows["Call Number"]).any()


def last_known(calls):
    return calls[["received", "arrived", "free"]].max().max()


def judged_at(frame, calls):
    """A day later, when every promise has been kept or not."""
    return last_known(calls) + pd.Timedelta(days=1)


def expected_clocks(calls, at):
    return table([clock_of(call, at) for call in calls.itertuples()])


def clock_of(call, at):
    minutes = MINUTES[call.code]
    due = call.received + pd.Timedelta(minutes=minutes)
    return clock(f"CAD-{call.Index}", STANDARD[minutes], call.received, due, verdict_of(call, due, at))


def verdict_of(call, due, at):
    if call.found:
        return "excluded", "on-view", None
    if call.fate == "Cancelled" and not call.arrived <= call.free:
        return ("excluded", "cancelled", None) if call.free <= due else ("breached", None, call.free)
    if pd.isna(call.arrived):
        return ("breached" if at > due else "running"), None, None
    if call.received - call.arrived > SKEW:
        return "unverifiable", "stop-before-start", None
    return ("met" if call.arrived <= due else "breached"), None, call.arrived


def remarks(calls):
    several = calls[calls["units"] > 1]
    yield f"{calls['arrived'].isna().sum():,} calls that nobody came to"
    yield (
        f"{several['arrived'].notna().sum():,} attended calls of several units; in {several['overtaken'].sum():,} "
        "none of those sent first was first on scene"
    )
