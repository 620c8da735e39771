"""Incidents: I1-I12. One walk over the events that stand, up to the end."""

from tests.plain_engine.runs import a_run, cohort, ended, first, from_start, good_stops, in_time, stopped

IMMEDIATE, PRIORITY = "attend-immediate", "attend-priority"
URGENCY = (None, PRIORITY, IMMEDIATE)
"""The classes, the least urgent first."""
FAR = 1 << 60


def incidents(events, pack):
    """The last run of each of an incident's clocks."""
    start = first(events, "incident.created")
    return [] if start is None else list(_Walk(start, events, pack).runs.values())


class _Walk:
    def __init__(self, start, events, pack):
        self.start, self.pack = start, pack
        self.runs, self.now, self.left_late = {}, None, False
        self.first_clock = None
        self.grade = start["data"]["grade"]
        self.flags = {name: bool(start["data"].get(name)) for name in ("vulnerable", "ward_priority")}
        self.children, self.known = [], start["recorded"]
        arrivals, self.too_early = good_stops(
            [each for each in events if each["type"] in self._stop_types()], start["time"]
        )
        rest = [
            each for each in events if each["type"] not in ("unit.arrived", "unit.staged", "incident.created")
        ]
        self.rest = _not_undone(from_start(rest, start["time"]))
        self.end = self._end(arrivals)
        self._go()
        self._finish()

    def _stop_types(self):
        staged = self.pack["standards"].get(IMMEDIATE, {}).get("counts_staged")
        return ("unit.arrived", "unit.staged") if staged else ("unit.arrived",)

    def _end(self, arrivals):
        """The event that ends the incident, or None; at one instant an arrival comes first."""
        endings = [each for each in self.rest if _ends(each)]
        if arrivals and (not endings or max(arrivals[0]["time"], self.start["time"]) <= endings[0]["time"]):
            return arrivals[0]
        return endings[0] if endings else None

    def _go(self):
        self._enter(self.start["time"], self.start)
        for event in self.rest:
            if self.end is not None and not self._before_end(event):
                break
            self._apply(event)
            self._enter(event["time"], event)

    def _before_end(self, event):
        if self.end["type"] in self._stop_types():
            return event["time"] < self.end["time"]
        return event is not self.end

    def _apply(self, event):
        data = event["data"]
        if event["type"] == "incident.regraded":
            self.grade = data["grade"]
        elif event["type"] == "incident.flagged":
            self.flags |= {name: bool(data[name]) for name in self.flags if data.get(name) is not None}
        elif event["type"] == "incident.absorbed":
            self._absorb(event)

    def _own_class(self):
        if self.grade == "I":
            return IMMEDIATE
        return PRIORITY if self.grade == "S" or any(self.flags.values()) else None

    def _absorb(self, event):
        data = event["data"]
        theirs = self._childs_class(data)
        if theirs is None:
            return
        due = data.get("child_due", data["since"] + self._limit(theirs))
        if event["time"] <= due:
            self.children.append(
                {"class": theirs, "due": due, "since": data["since"], "at": event["recorded"]}
            )

    def _childs_class(self, data):
        if "grade" not in data:
            return self._own_class()
        if data["grade"] in "IS":
            return IMMEDIATE if data["grade"] == "I" else PRIORITY
        return PRIORITY if "child_due" in data else None

    def _limit(self, standard):
        numbers = self.pack["standards"][standard]
        return numbers["areas"].get(self.start["data"].get("area"), numbers["limit"])

    def _enter(self, now, event):
        """Into the class the incident is now in, out of the one it was in."""
        theirs = [child["class"] for child in self.children]
        wanted = max([self._own_class(), *theirs], key=URGENCY.index)
        if self.left_late:
            return
        running = self.runs.get(self.now)
        if wanted != self.now:
            if running is not None and not in_time(running, now):
                self.left_late = True
                return
            if running is not None:
                self.runs[self.now] = running | {"excluded": "regraded"}
            self.now = wanted
            if wanted is not None:
                self._begin(wanted, now, event, running)
        elif wanted is not None:
            self.runs[wanted] = self._capped(running)

    def _begin(self, standard, now, event, running):
        self.first_clock = now if self.first_clock is None else self.first_clock
        known = max(self.start["recorded"], event["recorded"])
        start, due = (now, now + self._limit(standard)) if standard == IMMEDIATE else self._hour()
        before = self.runs.get(standard)
        if standard == IMMEDIATE and before is not None and now <= before["due"]:
            start, due = before["start"], before["due"]
        if standard == IMMEDIATE and running is not None and running["due"] < due:
            start, due = running["start"], running["due"]
        run = a_run(standard, start, due, known, cohort=cohort(self.start))
        self.runs[standard] = self._capped(run)

    def _hour(self):
        return self.first_clock, self.first_clock + self._limit(PRIORITY)

    def _capped(self, run):
        """I9: never due later than a child's promise."""
        for child in self.children:
            if child["due"] < run["due"]:
                run = run | {
                    "start": child["since"],
                    "due": child["due"],
                    "known": max(run["known"], child["at"]),
                }
        return run

    def _finish(self):
        run = self.runs.get(self.now)
        if run is not None:
            self.runs[self.now] = self._ended(run) | {"gaps": self._gaps()}
        if self.start["data"].get("on_view"):
            self.runs = {name: run | {"excluded": "on-view"} for name, run in self.runs.items()}

    def _ended(self, run):
        if self.end is None:
            return run | {"unverifiable": "stop-before-start"} if self.too_early else run
        if self.end["type"] in self._stop_types():
            return stopped(run, self.end["time"], self.start["time"])
        return ended(run, self.end["time"], _reason(self.end))

    def _gaps(self):
        """From when to when no unit was assigned."""
        units, gaps, since = set(), [], self.start["time"]
        for event in self.rest:
            before = len(units)
            if event["type"] == "unit.dispatched":
                units.add(event["data"]["unit"])
            elif event["type"] in ("unit.diverted", "unit.stood_down"):
                units.discard(event["data"]["unit"])
            if units and not before:
                gaps.append((since, min(event["time"], event["recorded"])))
            elif before and not units:
                since = event["time"]
        return gaps if units else [*gaps, (since, FAR)]


def _ends(event):
    closed = (
        event["type"] == "incident.closed" and event["data"].get("resolution") == "no-attendance-required"
    )
    return closed or event["type"] in ("incident.cancelled", "incident.merged")


def _reason(event):
    return {"incident.cancelled": "cancelled", "incident.merged": "merged"}.get(
        event["type"], "no-attendance-required"
    )


def _not_undone(events):
    """I9, I10: without what a reopening, an unmerging or a release undoes."""
    kept = []
    for event in events:
        if event["type"] == "incident.reopened":
            kept = [each for each in kept if each["type"] not in ("incident.cancelled", "incident.closed")]
        elif event["type"] == "incident.unmerged":
            kept = [each for each in kept if each["type"] != "incident.merged"]
        elif event["type"] == "incident.released":
            kept = [each for each in kept if not _absorbs(each, event["data"]["child"])]
        kept.append(event)
    return kept


def _absorbs(event, child):
    return event["type"] == "incident.absorbed" and event["data"]["child"] == child
