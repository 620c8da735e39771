"""What a history says of each clock, before the time is asked."""

import msgspec

RUNNING = "running"
MET = "met"
BREACHED = "breached"
EXCLUDED = "excluded"
UNVERIFIABLE = "unverifiable"
FEED_SILENT = "feed-silent"


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One clock as its history leaves it; all times in ms UTC.

    `round`: which round of a recurring promise, from 1; None for a promise that runs once.
    `verdict` None: nothing has ended it, so time decides at `breach_at`.
    `known`: when the facts that set its due had been recorded; `decided`: when the ending was.
    `ended`, `ending`: when and by what type of event the clock ended, stopped or excluded.
    `at_risk`: the moment of that stage. `unresourced`: the moment at which the lack of a unit is to be said,
    `unresourced_known` when that lack had been recorded (P1).
    """

    standard: str
    start: int
    due: int
    breach_at: int
    known: int
    round: int | None = None
    verdict: str | None = None
    reason: str | None = None
    stop: int | None = None
    skew: bool = False
    ended: int | None = None
    ending: str | None = None
    decided: int | None = None
    evidence: tuple[str, ...] = ()
    at_risk: int | None = None
    unresourced: int | None = None
    unresourced_known: int | None = None

    @property
    def key(self) -> str:
        """The clock's name within its subject: the standard, and the round where there are several."""
        return self.standard if self.round is None else f"{self.standard}#{self.round}"

    @property
    def open(self) -> bool:
        """Whether the clock still waits for its stop."""
        return self.stop is None and (self.verdict is None or self.verdict == BREACHED)

    @property
    def elapsed(self) -> int | None:
        """Milliseconds from start to stop; 0 for a stop that clock skew put before the start (T7)."""
        if self.stop is None:
            return None
        return 0 if self.skew else self.stop - self.start

    def unheard(self, decided: int) -> "Finding":
        """The same clock where nobody could have told of its stop, as was clear from `decided` (ms) on (S6)."""
        return msgspec.structs.replace(self, verdict=UNVERIFIABLE, reason=FEED_SILENT, decided=decided)

    def heard(self) -> "Finding":
        """The same clock as its history leaves it, whatever the feeds were."""
        if self.reason != FEED_SILENT:
            return self
        return msgspec.structs.replace(self, verdict=None, reason=None, decided=None)

    def at(self, now: int) -> str:
        """The verdict at `now`: nothing is breached before its deadline has passed, whatever is known by then."""
        if self.verdict is None or self.verdict == BREACHED:
            return BREACHED if now >= self.breach_at else RUNNING
        return self.verdict


class Judgement(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """All clocks of one subject, and what its counts go by; `grade` is the final one."""

    findings: tuple[Finding, ...] = ()
    borough: str | None = None
    cohort: str = "live"
    first_grade: str | None = None
    grade: str | None = None


NOTHING = Judgement()
