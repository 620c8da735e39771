"""The engine: judges a subject's whole set of events anew at each moment that matters, and says what is different."""

from tests.plain_engine import contacts
from tests.plain_engine.calendar import shifts_between
from tests.plain_engine.feeds import Ears, skew_of
from tests.plain_engine.forgetting import STARTS, held_until, too_late
from tests.plain_engine.incidents import incidents
from tests.plain_engine.runs import breaks_at, cohort, verdict_at
from tests.plain_engine.sets import RANKS, each_once, standing

DAY = 86_400_000
JUDGES = {
    "CALL": contacts.calls,
    "CAD": incidents,
    "MSG": contacts.messages,
    "APPT": contacts.appointments,
    "COMMENT": contacts.comments,
    "RTC": contacts.collisions,
    "CASE": contacts.victims,
    "WARD": contacts.wards,
}
SHOWN = ("reason", "due", "stop", "elapsed", "skew", "cohort")


def judged(subject, events, packs, feeds=()):
    """The runs of a subject's clocks, by the clock's name; N5: by the pack in force when the subject started."""
    stand = standing(events)
    start = start_of(stand)
    pack = [pack for since, pack in packs if start is None or since <= start["time"]][
        0 if start is None else -1
    ]
    stand = [event | {"skew": skew_of(event, feeds, pack)} for event in stand]
    found = JUDGES[subject.partition("-")[0]](stand, pack)
    return {
        _name(subject, run): run
        | pack["standards"][run["standard"]]
        | {"subject": subject, "pack": pack, "begun": start}
        for run in found
        if run["standard"] in pack["standards"]
    }


def start_of(stand):
    """The earliest start of those that stand, or None."""
    return next((event for event in stand if RANKS.get(event["type"]) == STARTS), None)


def _name(subject, run):
    return f"{subject}/{run['standard']}" + (f"#{run['round']}" if run["round"] else "")


class Engine:
    """Holds every event it was given and what it said; times are ms."""

    def __init__(self, packs, feeds=()):
        self.packs, self.ears = packs, Ears(feeds)
        self.now = 0
        self.events = {}
        self.memory, self.judged = {}, {}
        self.said, self.stages, self.forgotten = [], [], []

    def fold(self, events):
        """All events recorded at one moment: that moment is judged with all of them (T3)."""
        recorded = max(event["recorded"] for _, event in events)
        self._forget(recorded)
        held = set(self.events)
        for subject, event in events:
            self.ears.hear(event)
            if not event["type"].startswith("source.") and (
                subject in held or not self._too_late(subject, event)
            ):
                self.events.setdefault(subject, []).append(event)
        self._judge(recorded)

    def _forget(self, now):
        """S8: what is held no longer; its clocks stand as they are."""
        for subject, events in list(self.events.items()):
            runs = self._runs(subject)
            alone = [run for event in each_once(events).values() for run in self._alone(subject, event)]
            until = held_until(events, runs.values(), alone, self.now)
            if until is not None and until < now:
                self.forgotten += self._clocks_of(subject)
                self.memory = {name: each for name, each in self.memory.items() if not _is_of(name, subject)}
                del self.events[subject], self.judged[subject]

    def _too_late(self, subject, event):
        pack = [pack for since, pack in self.packs if since <= event["time"]][-1]
        return too_late(event, subject.partition("-")[0], self._alone(subject, event), pack)

    def _alone(self, subject, event):
        return list(judged(subject, [event], self.packs).values())

    def pass_to(self, then):
        """Time passes, and what falls due is said."""
        while (due := self.next_moment()) is not None and due <= then:
            self._judge(due)
        self.now = max(self.now, then)

    def _judge(self, now):
        self.now = now
        for subject in sorted(self.events):
            self._compare(subject)

    def next_moment(self):
        """The next moment at which something may be said, or None."""
        moments = (
            each for subject in self.events for run in self._runs(subject).values() for each in _moments(run)
        )
        return min((each for each in (*moments, *self.ears.moments()) if each > self.now), default=None)

    def clocks(self):
        """All clocks now, as pairs of name and values: of what is held, and of what is forgotten."""
        held = [each for subject in self.events for each in self._clocks_of(subject)]
        return sorted([*self.forgotten, *held], key=lambda each: (each[0], each[1]["due"] or 0))

    def _clocks_of(self, subject):
        """Those of its events, and those announced that never ran."""
        runs = self._runs(subject)
        shown = [(name, _shown(*self._verdict(run))) for name, run in runs.items()]
        gone = [name for name in self.memory if _is_of(name, subject) and name not in runs]
        never = [(name, {"excluded": "never-ran", "cohort": self._cohort(name)}) for name in gone]
        return shown + [(name, _shown(run, "excluded")) for name, run in never]

    def _runs(self, subject):
        """A judgement changes with the events alone: made once for as many as there are."""
        events = self.events[subject]
        count, runs = self.judged.get(subject, (0, {}))
        if count != len(events):
            runs = judged(subject, events, self.packs, self.ears.feeds)
            self.judged[subject] = len(events), runs
        return runs

    def _compare(self, subject):
        runs = self._runs(subject)
        gone = [name for name in self.memory if _is_of(name, subject) and name not in runs]
        for name in sorted([*runs, *gone]):
            if name in runs:
                self._news(name, runs[name])
            else:
                self._gone(name)

    def _news(self, name, run):
        memory = self.memory.setdefault(name, {"verdict": "running", "told": None, "stages": {}})
        run, verdict = self._verdict(run)
        # T3: a deadline that a record moves to its own millisecond had not passed before it.
        anew = verdict == "breached" and breaks_at(run) == self.now != memory.get("broke", self.now)
        memory["broke"] = breaks_at(run)
        if verdict != memory["verdict"] or anew:
            self._say(name, verdict, self._about(run, verdict), run)
        if verdict in ("running", "breached") and run["stop"] is None:
            # T3: what is recorded in the millisecond of a breach finds the clock still running.
            stood = "running" if breaks_at(run) == self.now else verdict
            for stage, about in _stages(run, self.now, stood):
                if about > memory["stages"].get(stage, -1):
                    memory["stages"][stage] = about
                    self.stages.append({"at": self.now, "clock": name, "stage": stage})

    def _verdict(self, run):
        """A run and its verdict; S6: one that only time would break is hidden while a feed of its is silent."""
        verdict = verdict_at(run, self.now)
        if verdict == "breached" and run["stop"] is None:
            kind = run["subject"].partition("-")[0]
            since = self.ears.hidden_since(kind, run["begun"], run["due"], self.now)
            if since is not None:
                return run | {"unverifiable": "feed-silent", "since": since}, "unverifiable"
        return run, verdict

    def _about(self, run, verdict):
        """The moment an announcement is about: the due where the deadline brought it (T3), else now."""
        brought = run["known"] < breaks_at(run) == self.now
        if brought and verdict == "unverifiable":
            return max(run["due"], run["since"])
        return run["due"] if brought and verdict == "breached" else self.now

    def _gone(self, name):
        """S4: announced, it becomes excluded; else it disappears without a word."""
        memory = self.memory[name]
        if memory["told"] is None and not memory["stages"]:
            del self.memory[name]
        elif memory["verdict"] != "excluded":
            run = {"excluded": "never-ran", "cohort": self._cohort(name)}
            self._say(name, "excluded", self.now, run)

    def _cohort(self, name):
        """That of the subject as it stands now."""
        start = start_of(standing(self.events[name.partition("/")[0]]))
        return cohort(start) if start else "live"

    def _say(self, name, verdict, about, run):
        memory = self.memory[name]
        memory["verdict"] = verdict
        if verdict != "running":
            corrects = memory["told"]
            memory["told"] = verdict
            self.said.append(
                {"at": about, "when": self.now, "clock": name, "corrects": corrects} | _shown(run, verdict)
            )


def _is_of(name, subject):
    return name.startswith(f"{subject}/")


def _shown(run, verdict):
    reason = {"excluded": run.get("excluded"), "unverifiable": run.get("unverifiable")}.get(verdict)
    shown = {key: run.get(key) for key in SHOWN} | {"verdict": verdict, "reason": reason}
    return shown if reason is None else shown | {"stop": None, "elapsed": None, "skew": False}


def _moments(run):
    """When something may be said of a run."""
    yield breaks_at(run)
    yield from filter(None, [at_risk(run)])
    yield from (about for _, about, _ in _unresourced(run))


def _stages(run, now, verdict):
    """The stages that stand at a time: being at risk, and of the gap that lasts the latest moment."""
    risk = at_risk(run)
    if risk is not None and verdict == "running" and run["known"] <= risk <= now:
        yield "at-risk", risk
    passed = [about for since, about, until in _unresourced(run) if since <= now < until and about <= now]
    if passed:
        yield "un-resourced", max(passed)


def _unresourced(run):
    """P1: for each gap, the moments at which it may be said, with its beginning and end."""
    for since, until in run["gaps"] if run["unresourced"] is not None else []:
        own = max(run["start"] + run["unresourced"], since)
        for about in (own, *shifts_between(own, min(until, run["due"] + DAY), run["pack"])):
            if run["known"] <= about < until:
                yield since, about, until


def at_risk(run):
    """The moment from which a clock is at risk, or None where its standard has no such stage."""
    share = run["at_risk"]
    return None if share is None else run["start"] + (run["due"] - run["start"]) * share // 100
