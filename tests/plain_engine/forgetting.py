"""S8: how long a subject is held, and what comes too late for one that is not."""

from tests.plain_engine.runs import verdict_at
from tests.plain_engine.sets import RANKS

DAY = 86_400_000
HELD = 8 * DAY
STARTS = 1
STANDARDS = {
    "CALL": ("call-999", "call-non-emergency"),
    "CAD": ("attend-immediate", "attend-priority"),
    "MSG": ("snt-reply",),
    "APPT": ("appointment",),
    "COMMENT": ("comment-ack",),
}
LONGEST = 31 * DAY + DAY // 24
"""A month, on the day the clocks go back."""


def held_until(events, runs, alone, now):
    """Until when (ms) a subject is held; None: for ever. `alone`: the runs its starts would give by themselves."""
    if any(
        run["round"] and run["stop"] is None and verdict_at(run, now) in ("running", "breached")
        for run in runs
    ):
        return None
    return max(*(event["recorded"] for event in events), *(run["due"] for run in (*runs, *alone)), 0) + HELD


def too_late(event, kind, alone, pack):
    """Whether an event of a subject that is not held comes too late, by what it says itself."""
    if RANKS.get(event["type"]) == STARTS and alone:
        return event["recorded"] > max(event["time"], *(run["due"] for run in alone)) + HELD
    return event["recorded"] > event["time"] + _longest(kind, pack) + HELD


def _longest(kind, pack):
    standards = [pack["standards"][name] for name in STANDARDS.get(kind, ()) if name in pack["standards"]]
    limits = [limit for each in standards for limit in (each["limit"], *each["areas"].values())]
    return max(limits, default=LONGEST)
