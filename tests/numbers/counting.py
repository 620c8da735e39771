"""Clocks counted plainly, from the lines that `pledgewatch judge` writes and the events, by nothing of ours."""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = 60_000
WINDOWS = {"1h": 60, "24h": 24 * 60, "7d": 7 * 24 * 60}
"""In minutes."""
LONDON = ZoneInfo("Europe/London")


class Counted(NamedTuple):
    """A judged clock by what it is counted by; `due` in minutes since the epoch, `week` the local ISO week of it."""

    standard: str
    borough: str
    verdict: str
    reason: str
    cohort: str
    outcome: str
    due: int
    week: str

    @property
    def line(self):
        """Of a call: 999 or other."""
        return "999" if self.standard == "call-999" else "other"


def judged(lines, events):
    """The clocks that are counted; `lines` are those of `judge`, `events` the events by their id."""
    for each in map(json.loads, lines):
        if each["verdict"] != "running":
            due = datetime.fromisoformat(each["due"])
            yield Counted(
                each["standard"],
                each.get("borough") or "other",
                each["verdict"],
                each["reason"] or "",
                each["cohort"],
                _outcome(each, events) if each["standard"].startswith("call-") else "",
                int(due.timestamp()) // 60,
                f"{due.astimezone(LONDON):%G-W%V}",
            )


def still_open(lines, events, now):
    """How many wait for their stop at `now` (ms), by standard, borough and whether they are late.

    A subject is forgotten 8 days after its last due and its last record, but not while a recurring clock waits (S8).
    """
    lines, last = [json.loads(line) for line in lines], Counter()
    for subject, moment in (
        *((each["subject"], each["due"]) for each in lines),
        *((each["subject"], each.get("recordedtime", each["time"])) for each in events.values()),
    ):
        last[subject] = max(last[subject], datetime.fromisoformat(moment).timestamp())
    waiting = [each for each in lines if each["stop"] is None and each["verdict"] in ("running", "breached")]
    return Counter(
        (each["standard"], each.get("borough") or "other", each["verdict"])
        for each in waiting
        if "#" in each["clock"] or last[each["subject"]] + 8 * 24 * 60 * 60 > now / 1000
    )


def _outcome(clock, events):
    """How a call ended, by the events on which its verdict rests (C3)."""
    if clock["verdict"] == "met":
        return "in"
    rests_on = {events[name]["type"]: _time(events[name]) for name in clock["evidence"]}
    gone, answered = rests_on.get("call.abandoned"), "call.answered" in rests_on
    if clock["verdict"] == "breached":
        return "abandoned_late" if gone and not answered else "late"
    if clock["reason"] == "abandoned-in-time":
        return "abandoned_5s" if gone - _time({"time": clock["start"]}) <= 5 else "abandoned_in"
    return ""


def _time(event):
    return datetime.fromisoformat(event["time"]).timestamp()


def minutes_of(window, now):
    """The minutes, since the epoch, of the window that ends in that of `now` (ms); 7 days begin on the hour."""
    last = now // MINUTE
    first = last - WINDOWS[window] + 1
    return range(first - first % 60 if window == "7d" else first, last + 1)


def in_window(clocks, window, now):
    """Those that fell due in the window."""
    return [each for each in clocks if each.due in minutes_of(window, now)]


def in_weeks(clocks, now):
    """Those of the nine local ISO weeks of which that of `now` (ms) is the last."""
    moment = datetime.fromtimestamp(now / 1000, LONDON)
    kept = {f"{moment - timedelta(weeks=number):%G-W%V}" for number in range(9)}
    return [each for each in clocks if each.week in kept]


def by(clocks, *names):
    """How many there are by these of their fields."""
    return Counter(tuple(getattr(each, name) for name in names) for each in clocks)
