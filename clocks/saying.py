"""What is said aloud of a clock, once and never unsaid: the rules of when, and the record of what was said."""

from typing import Any, NamedTuple

import msgspec

from clocks.finding import BREACHED, FEED_SILENT, RUNNING, UNVERIFIABLE, Finding
from clocks.standard import Pack

VERDICT = "verdict"
AT_RISK = "at-risk"
UNRESOURCED = "un-resourced"
STOPPED = "stopped"
OPEN_AGAIN = "open-again"
NEVER_RAN = "never-ran"
RULES_CHANGED = "rules-changed"

_ALARMING = {BREACHED, UNVERIFIABLE}
_NEWS = {
    AT_RISK: "clock.at_risk",
    UNRESOURCED: "incident.unresourced",
    STOPPED: "clock.stopped",
    OPEN_AGAIN: "clock.breached",
}


class Revision(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One announcement as the ledger keeps it: `about` which moment, `said_at` when."""

    kind: str
    verdict: str
    about: int
    said_at: int
    start: int | None = None
    due: int | None = None
    stop: int | None = None
    reason: str | None = None


class ClockState(msgspec.Struct, omit_defaults=True):
    """A clock: its finding (none once it turns out never to have run), its verdict, and what was said of it."""

    finding: Finding | None = None
    verdict: str = RUNNING
    said: list[Revision] = []

    def last_verdict(self) -> tuple[int, str] | None:
        """The revision and the verdict last said."""
        for index in range(len(self.said) - 1, -1, -1):
            if self.said[index].kind == VERDICT:
                return index + 1, self.said[index].verdict
        return None

    def alarmed(self) -> bool:
        """Whether people were told to worry about this clock."""
        return any(revision.kind != VERDICT or revision.verdict in _ALARMING for revision in self.said)

    def last_stop(self) -> int | None:
        """The stop that was told with the standing breach."""
        for revision in reversed(self.said):
            if revision.kind in (VERDICT, STOPPED, OPEN_AGAIN):
                return revision.stop
        return None

    def said_at_risk(self, moment: int) -> bool:
        """Whether that moment's at-risk stage has been said."""
        return any(revision.kind == AT_RISK and revision.about == moment for revision in self.said)

    def last_unresourced(self, since: int) -> int | None:
        """The moment of the un-resourced stage last said of the gap that lasts from `since` (ms) till now."""
        moments = [revision.about for revision in self.said if revision.kind == UNRESOURCED]
        return moments[-1] if moments and moments[-1] >= since else None


class Said(NamedTuple):
    """One announcement. Times in ms UTC; `news` is its type on `breach-alerts`, None where it is no news."""

    clock: str
    subject: str
    standard: str
    kind: str
    verdict: str
    reason: str | None
    about: int
    said_at: int
    revision: int
    corrects: str | None
    corrects_revision: int | None
    finding: Finding | None
    cohort: str
    attributes: dict[str, Any]
    news: str | None
    pack: Pack

    @property
    def start(self) -> int | None:
        """What the due is reckoned from; None where the clock never ran."""
        return self.finding.start if self.finding else None

    @property
    def due(self) -> int | None:
        """When the clock is due; None where it never ran."""
        return self.finding.due if self.finding else None

    @property
    def breach_at(self) -> int | None:
        """The first ms at which it is breached; None where it never ran."""
        return self.finding.breach_at if self.finding else None

    @property
    def stop(self) -> int | None:
        """When it stopped."""
        return self.finding.stop if self.finding else None

    @property
    def elapsed(self) -> int | None:
        """From start to stop."""
        return self.finding.elapsed if self.finding else None

    @property
    def skew(self) -> bool:
        """Whether the stop came a little before the start (T7)."""
        return self.finding is not None and self.finding.skew

    @property
    def evidence(self) -> tuple[str, ...]:
        """The ids of the events it rests on."""
        return self.finding.evidence if self.finding else ()

    @property
    def decided(self) -> int | None:
        """When its ending was recorded."""
        return self.finding.decided if self.finding else None


def news_of(kind: str, verdict: str, alarmed: bool) -> str | None:
    """What goes to `breach-alerts`: alarms, and the good news that follows one."""
    if kind in _NEWS:
        return _NEWS[kind]
    return f"clock.{verdict}" if verdict in _ALARMING or alarmed else None


def moment_spoken_of(
    finding: Finding | None, verdict: str, cause: int, *, after_time: bool, by_evidence: bool
) -> int:
    """What a change of verdict is about, in ms: the time that brought it, or when its evidence was recorded.

    `after_time`: until now only time had spoken of the clock, by its running or by a breach without a stop. `cause`:
    when the latest change was recorded, `by_evidence` where that was one of the history, not of what is known of a
    feed.
    """
    if finding is None or not after_time:
        return cause
    if finding.reason == FEED_SILENT:
        silent = max(finding.decided or cause, finding.known)
        return cause if by_evidence and cause > silent else silent
    if verdict != BREACHED:
        return cause
    by_deadline = finding.known < finding.breach_at and cause <= finding.breach_at
    return finding.due if by_deadline else max(cause, finding.known)
