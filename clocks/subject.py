"""One subject as a shard holds it: its history, its clocks, and when to look at it again."""

import msgspec

from clocks.calendar import next_shift
from clocks.finding import BREACHED, FEED_SILENT, NOTHING, RUNNING, Judgement
from clocks.forgetting import KEPT, forgotten_at
from clocks.history import History
from clocks.judging import RULES_VERSION, unverifiable
from clocks.saying import ClockState
from clocks.standard import Pack
from schemas.events import kind_of
from schemas.facts import Fact
from schemas.times import DAY

RECORD_VERSION = 1


class Record(msgspec.Struct, omit_defaults=True):
    """The ledger's record of a subject, as JSON; `v` is the version of this form."""

    v: int
    subject: str
    pack: str
    pack_version: int
    rules: int
    facts: list[Fact]
    clocks: dict[str, ClockState]
    borough: str | None = None
    cohort: str = "live"
    first_grade: str | None = None
    grade: str | None = None
    full: bool = False


encode_record = msgspec.json.Encoder().encode
decode_record = msgspec.json.Decoder(Record).decode


class Subject:
    """A subject's history and clocks; `clocks` by their keys."""

    __slots__ = ("clocks", "history", "judgement", "kept_until", "kind", "pack", "rules")

    def __init__(self, kind: str, history: History, pack: Pack) -> None:
        self.kind = kind
        self.history = history
        self.pack = pack
        self.clocks: dict[str, ClockState] = {}
        self.judgement = NOTHING
        self.rules = RULES_VERSION
        self.kept_until = 0
        """It is not forgotten before (ms); when exactly is reckoned only then (S8)."""

    @classmethod
    def of(cls, record: Record, pack: Pack) -> "Subject":
        """The subject that a ledger record describes; UnknownPackError where its pack is not among `pack`'s."""
        if record.clocks:
            pack = pack.named(record.pack, record.pack_version)
        subject = cls(kind_of(record.subject), History(record.facts, record.full), pack)
        subject.clocks = record.clocks
        found = (state.finding.heard() for state in record.clocks.values() if state.finding is not None)
        subject.judgement = Judgement(
            findings=tuple(found),
            borough=record.borough,
            cohort=record.cohort,
            first_grade=record.first_grade,
            grade=record.grade,
        )
        subject.rules = record.rules
        subject.kept_until = subject.history.last_recorded() + KEPT
        return subject

    def take(self, judgement: Judgement) -> bool:
        """Put a new judgement in place of the last; whether they differ. A clock it does not name never ran (S4)."""
        self.rules = RULES_VERSION
        if judgement == self.judgement:
            return False
        self.judgement = judgement
        clocks, findings = self.clocks, judgement.findings
        if len(clocks) > len(findings) or not all(finding.key in clocks for finding in findings):
            for state in clocks.values():
                state.finding = None
        for finding in findings:
            held = clocks.get(finding.key)
            if held is None:
                clocks[finding.key] = ClockState(finding)
            else:
                held.finding = finding
        return True

    def unjudged(self) -> Judgement:
        """The judgement of a history that cannot be judged: its known clocks are unverifiable."""
        findings = tuple(unverifiable(finding, "judge-failed") for finding in self.judgement.findings)
        return msgspec.structs.replace(self.judgement, findings=findings)

    def record(self, name: str) -> Record:
        """The ledger record of this subject."""
        return Record(
            v=RECORD_VERSION,
            subject=name,
            pack=self.pack.id,
            pack_version=self.pack.version,
            rules=self.rules,
            facts=list(self.history),
            clocks=self.clocks,
            borough=self.judgement.borough,
            cohort=self.judgement.cohort,
            first_grade=self.judgement.first_grade,
            grade=self.judgement.grade,
            full=self.history.full,
        )

    def reached(self) -> int:
        """How far time had come at least when this was saved, in ms: the verdicts that time alone brought tell."""
        return max((reached(state) for state in self.clocks.values()), default=0)

    def forgotten_at(self, pack: Pack) -> int | None:
        """The last moment (ms) at which it is held; None while a clock that comes again is open (S8)."""
        return forgotten_at(self.kind, self.history, self.judgement.findings, pack)

    def next_moment(self) -> int | None:
        """The earliest moment (ms) at which time alone changes something."""
        earliest: int | None = None
        for state in self.clocks.values():
            moment = next_moment(state, self.pack)
            if moment is not None and (earliest is None or moment < earliest):
                earliest = moment
        return earliest


def reached(state: ClockState) -> int:
    """How far time had come at least when a clock stood so, in ms."""
    finding = state.finding
    if finding is None:
        return 0
    if finding.reason == FEED_SILENT and finding.decided is not None:
        return max(finding.breach_at, finding.decided)
    return finding.breach_at if state.verdict == BREACHED else 0


def next_moment(state: ClockState, pack: Pack) -> int | None:
    """When a clock's deadline passes or a stage of it is next to be said, in ms; None once it has ended."""
    finding = state.finding
    if finding is None:
        return None
    if not finding.open:
        # A late stop that was recorded ahead of its time waits for the deadline.
        return finding.breach_at if (state.verdict, finding.verdict) == (RUNNING, BREACHED) else None
    moment = None
    if state.verdict == RUNNING:
        moment = finding.breach_at
        at_risk = finding.at_risk
        if at_risk is not None and at_risk < moment and not state.said_at_risk(at_risk):
            moment = at_risk
    if finding.unresourced is not None:
        unresourced = unresourced_moment(state, pack)
        if unresourced is not None and (moment is None or unresourced < moment):
            moment = unresourced
    return moment


def unresourced_moment(state: ClockState, pack: Pack) -> int | None:
    """When the lack of a unit is next to be said (P1): once a gap, then at each change of shift to a day after.

    A gap whose moment had passed when the clock became known is told by the changes of shift alone; one that
    became known later than its moment, of a clock known before, is told then.
    """
    finding = state.finding
    if finding is None or finding.unresourced is None or finding.unresourced_known is None:
        return None
    last = state.last_unresourced(finding.unresourced)
    if last is None and finding.unresourced >= finding.known:
        return max(finding.unresourced, finding.unresourced_known)
    moment = next_shift(max(last or 0, finding.known - 1), pack.shifts, pack.zone)
    return moment if moment is not None and moment <= finding.due + DAY else None


def latest_unresourced(state: ClockState, now: int, pack: Pack) -> int | None:
    """The latest moment up to `now` at which it is to be said: what fell due meanwhile is said once (S5)."""
    moment = unresourced_moment(state, pack)
    if moment is None or moment > now:
        return None
    while state.finding is not None:
        later = next_shift(moment, pack.shifts, pack.zone)
        if later is None or later > min(now, state.finding.due + DAY):
            break
        moment = later
    return moment
