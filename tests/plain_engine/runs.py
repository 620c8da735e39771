"""What all promises share: a run of a clock, whether a moment is in time, stops and their skew (T3, T7)."""

from tests.plain_engine.sets import order


def a_run(standard, start, due, known, under=False, **more):
    """A clock's run as a dict: when it starts, is due, and since when its start and due are known (ms)."""
    return {
        "standard": standard,
        "round": None,
        "start": start,
        "due": due,
        "under": under,
        "known": known,
        "stop": None,
        "skew": False,
        "elapsed": None,
        "excluded": None,
        "unverifiable": None,
        "cohort": "live",
        "gaps": [],
    } | more


def in_time(run, moment):
    """T3: a `within` clock is in time at its due, an `under` clock is not."""
    return moment < run["due"] if run["under"] else moment <= run["due"]


def breaks_at(run):
    """The first millisecond at which the clock is breached."""
    return run["due"] if run["under"] else run["due"] + 1


def stopped(run, moment, begins=None):
    """The run with its stop; before the subject begins (its start, unless given) no time at all has passed."""
    early = moment < (run["start"] if begins is None else begins)
    return run | {"stop": moment, "skew": early, "elapsed": 0 if early else moment - run["start"]}


def ended(run, moment, reason):
    """Ended without being kept: in time excluded, late breached and stopped then."""
    return run | {"excluded": reason} if in_time(run, moment) else stopped(run, moment)


def cohort(start):
    """M8 outranks M3."""
    if start["data"].get("exercise"):
        return "exercise"
    return "probe" if start["data"].get("probe") else "live"


def first(events, *types):
    """The first event of these types, or None."""
    return next((event for event in events if event["type"] in types), None)


def from_start(events, start):
    """T7: what happened before the start, and is no stop, counts as at the start; in the order of S2."""
    return sorted((event | {"time": max(event["time"], start)} for event in events), key=order)


def good_stops(events, start):
    """T7: the stops no earlier than their skew before the start, and whether there is an earlier one."""
    good = [event for event in events if event["time"] >= start - event["skew"]]
    return good, len(good) < len(events)


def verdict_at(run, now):
    """The verdict of a run at a time (ms)."""
    if run["excluded"]:
        return "excluded"
    if run["unverifiable"]:
        return "unverifiable"
    if run["stop"] is not None and in_time(run, run["stop"]):
        return "met"
    return "breached" if now >= breaks_at(run) else "running"
