"""The police set: from `received` to `on scene`, priority A within 12 minutes, B within 60.

On-view incidents are excluded (I4), an arrival up to 2 s before the start counts and an earlier one makes the clock
unverifiable (T7), closing without an arrival stops nothing (I8), of an incident given twice the newest row counts.
A row touched over a day after its last time became known then; over 8 days after the deadline it is too late (S8).
"""

import pandas as pd
from published import clock, instants, table

MAPPING = "sf-police"
COLUMNS = {"cad_number", "received_datetime", "onscene_datetime", "onview_flag"}
SUBJECTS = "incidents"
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


def subjects(frame):
    return newest(readable(frame))


def last_known(incidents):
    return incidents["updated"].max()


def judged_at(frame, incidents):
    """The moment the export itself stands for."""
    return max(local(frame["data_as_of"]).max(), last_known(incidents))


def local(column):
    return instants(column, WRITTEN, ZONE)


def readable(frame):
    """The rows whose every time is blank or good, with a received time, a known priority, a number."""
    times = pd.DataFrame({name: local(frame[column]) for name, column in TIMES.items()})
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


def expected_clocks(incidents, at):
    promised = incidents[incidents["priority_original"].isin(list(MINUTES))]
    return table([clock_of(row, at) for row in promised.itertuples(index=False) if not too_late(row)])


def too_late(row):
    last = max(time for time in (row.received, row.dispatched, row.arrived, row.closed) if not pd.isna(time))
    return row.updated > max(last + pd.Timedelta(days=1), due_of(row) + pd.Timedelta(days=8))


def remarks(incidents):
    promised = incidents[incidents["priority_original"].isin(list(MINUTES))]
    late = sum(too_late(row) for row in promised.itertuples(index=False))
    yield f"{late:,} clocks first recorded over eight days after their due"


def due_of(row):
    return row.received + pd.Timedelta(minutes=MINUTES[row.priority_original])


def clock_of(row, at):
    due = due_of(row)
    subject, standard = f"CAD-{row.cad_number}", STANDARD[row.priority_original]
    return clock(subject, standard, row.received, due, verdict_of(row, due, at))


def verdict_of(row, due, at):
    if row.onview_flag == "Y" or row.received_datetime == row.onscene_datetime:
        return "excluded", "on-view", None
    if pd.isna(row.arrived):
        return ("breached" if at > due else "running"), None, None
    if row.received - row.arrived > SKEW:
        return "unverifiable", "stop-before-start", None
    return ("met" if row.arrived <= due else "breached"), None, row.arrived
