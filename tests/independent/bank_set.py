"""The bank set: from joining the queue, or leaving the menu for a free agent, to leaving the queue; 30 s, and 10 s.

A wait is what the menu's clock says of it, for it saw both ends. 0:00:00 at both ends is no wait, at one end
midnight; a time over twelve hours before the call came is the next day's. Phantoms are nobody; who hung up in the
menu waited for nobody. Abandoned in time is excluded, later a breach that stops then (C2).
"""

import re
from pathlib import Path

import pandas as pd
from published import NothingToCompareError, clock, placed, table

MAPPING = "bank-calls"
COLUMNS = {"vru+line", "call_id", "q_start", "ser_start"}
SUBJECTS = "calls"
ZONE = "Asia/Jerusalem"
TYPES = ["PS", "PE", "IN", "NE", "NW", "TT"]
LIMITS = {"call-non-emergency": 30, "call-999": 10}
NOTHING = "0:00:00"
SHIPPED = Path(__file__).parents[2] / "feeds" / "mappings" / "bank-calls.yaml"


def mappings(folder):
    """The mapping as shipped, and one in which every call comes on an emergency line, as its `why` says."""
    as_shipped = SHIPPED.read_text(encoding="utf-8")
    urgent, lines = re.subn(rf"^( +(?:{'|'.join(TYPES)})): .*", r'\1: "999"', as_shipped, flags=re.MULTILINE)
    if lines != len(TYPES):
        raise NothingToCompareError(f"{len(TYPES)} lines were to be changed in the mapping; it has {lines}")
    path = Path(folder, "bank-at-once.yaml")
    path.write_text(urgent, encoding="utf-8")
    return [MAPPING, str(path)]


def subjects(frame):
    """One row a call that reached an agent or waited for one."""
    rows = frame[frame["outcome"].isin(["AGENT", "HANG"]) & frame["type"].isin(TYPES)]
    rows = rows[(rows[["vru+line", "call_id", "date"]] != "").all(axis=1)]
    queued = (rows["q_start"] != NOTHING) | (rows["q_exit"] != NOTHING)
    rows = rows.assign(queued=queued)[queued | (rows["outcome"] == "AGENT")]
    if rows.duplicated(["vru+line", "call_id", "date"]).any():
        raise NothingToCompareError("a call stands twice")
    joined = rows["q_start"].where(rows["queued"], rows["vru_exit"])
    left = rows["q_exit"].where(rows["queued"], rows["vru_exit"])
    served = (rows["outcome"] == "AGENT") & ((rows["ser_start"] != NOTHING) | (rows["ser_exit"] != NOTHING))
    rows = rows.assign(
        start=moment(rows, joined), end=moment(rows, left), done=moment(rows, rows["ser_exit"])
    )
    rows = rows[rows["start"].notna() & rows["end"].notna() & (rows["done"].notna() | ~served)]
    return rows.assign(waited=(rows["end"] - rows["start"]).dt.total_seconds())


def moment(rows, time_of_day):
    came, then = (
        pd.to_datetime(rows["date"] + " " + each, format="%y%m%d %H:%M:%S", errors="coerce")
        for each in (rows["vru_entry"], time_of_day)
    )
    next_day = came - then > pd.Timedelta(hours=12)
    return placed(then.where(~next_day, then + pd.Timedelta(days=1)), ZONE).where(came.notna())


def last_known(calls):
    return calls[["start", "end", "done"]].max().max()


def judged_at(frame, calls):
    """A day later, when every promise has been kept or not."""
    return last_known(calls) + pd.Timedelta(days=1)


def expected_clocks(calls, at):
    return table([clock_of(call, *limit) for limit in LIMITS.items() for call in calls.to_dict("records")])


def clock_of(call, standard, seconds):
    due = call["start"] + pd.Timedelta(seconds=seconds)
    subject = f"CALL-{call['vru+line']}-{call['date']}-{call['call_id']}"
    return clock(subject, standard, call["start"], due, verdict_of(call, due))


def verdict_of(call, due):
    if call["outcome"] == "HANG":
        return (
            ("excluded", "abandoned-in-time", None) if call["end"] <= due else ("breached", None, call["end"])
        )
    return ("met" if call["end"] <= due else "breached"), None, call["end"]


def ways(calls):
    """By standard the five shares of C3, each as how many were kept of how many."""
    return {standard: list(five_ways(calls, seconds).values()) for standard, seconds in LIMITS.items()}


def remarks(calls):
    for seconds in LIMITS.values():
        yield f"within {seconds} s"
        for name, (kept, of) in five_ways(calls, seconds).items():
            yield f"  {name:<40} {kept:>6,} of {of:>6,} {100 * kept / of:6.2f} %"


def five_ways(calls, seconds):
    """What share is kept, by what is done with those who hung up."""
    answered, hung_up = (calls[calls["outcome"] == outcome]["waited"] for outcome in ("AGENT", "HANG"))
    in_time, gone_in_time, at_once = (
        int((waited <= limit).sum())
        for waited, limit in ((answered, seconds), (hung_up, seconds), (hung_up, 5))
    )
    everybody = len(answered) + len(hung_up)
    return {
        "abandoned in time are kept promises": (in_time + gone_in_time, everybody),
        "abandoned do not count": (in_time, len(answered)),
        "abandoned are broken promises": (in_time, everybody),
        "abandoned count when late (C2)": (in_time, everybody - gone_in_time),
        "abandoned within 5 s are kept promises": (in_time + at_once, everybody),
    }
