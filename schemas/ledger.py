"""A record of the topic `clock-ledger`, for those who read it; the engine writes it (clocks/subject.py)."""

from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from schemas.announcements import Verdict
from schemas.cloudevent import Name


class LedgerFact(NamedTuple):
    """An event of the history; times in ms since 1970-01-01T00:00Z."""

    source: str
    id: str
    type: str
    time: int
    recorded: int
    data: dict[str, Any]


class LedgerFinding(BaseModel):
    """What the history says of a clock before the time is asked; times in ms since 1970-01-01T00:00Z."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    standard: Name
    start: int
    due: int
    breach_at: int = Field(description="the first ms at which a clock that has not stopped is breached")
    known: int = Field(description="when the facts that set the due had been recorded")
    round: int | None = Field(None, ge=1, description="of a recurring promise, from 1")
    verdict: Verdict | None = Field(None, description="null: nothing ended it, time decides")
    reason: str | None = None
    stop: int | None = None
    skew: bool = False
    ended: int | None = None
    ending: str | None = Field(None, description="the type of the event that ended it")
    decided: int | None = Field(None, description="when the ending was recorded")
    evidence: tuple[str, ...] = ()
    at_risk: int | None = None
    unresourced: int | None = None
    unresourced_known: int | None = None


class LedgerRevision(BaseModel):
    """One announcement; its place in the list, from 1, is its revision."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["verdict", "at-risk", "un-resourced", "stopped", "open-again"]
    verdict: Verdict
    about: int
    said_at: int
    start: int | None = None
    due: int | None = None
    stop: int | None = None
    reason: str | None = None


class LedgerClock(BaseModel):
    """A clock: its finding (null once it turns out never to have run), its verdict, and all that was said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    finding: LedgerFinding | None = None
    verdict: Verdict = "running"
    said: tuple[LedgerRevision, ...] = ()


class LedgerRecord(BaseModel):
    """The state of one subject: its history, its verdicts and what was said, by which pack and rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1]
    subject: Name
    pack: Name
    pack_version: int
    rules: int
    facts: tuple[LedgerFact, ...]
    clocks: dict[str, LedgerClock]
    borough: str | None = None
    cohort: Literal["live", "probe", "exercise"] = "live"
    first_grade: str | None = None
    grade: str | None = Field(None, description="the final one")
    full: bool = Field(False, description="a fact had to be left out: its clocks are unverifiable")


class CountedBy(NamedTuple):
    """What judged clocks are counted by; `outcome` is empty but for calls, the grades but for incidents."""

    standard: str
    borough: str
    verdict: Verdict
    reason: str
    cohort: str
    outcome: str
    first_grade: str
    grade: str


class Row(NamedTuple):
    """How many clocks there are of one kind."""

    key: CountedBy
    number: int


class LedgerWeek(BaseModel):
    """Under `tally/<week>`: the partition's clocks of forgotten subjects, by the local ISO week of their due."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1]
    week: str
    counts: tuple[Row, ...]


class LedgerTimes(BaseModel):
    """Under `tally/times`: how far each kind of subject's time had come when one was last forgotten."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1]
    times: dict[str, int] = Field(description="ms since 1970-01-01T00:00Z by kind of subject")


class LedgerFeed(BaseModel):
    """The state of one feed, keyed `feed/TOPIC/SOURCE`; times in ms since 1970-01-01T00:00Z."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    v: Literal[1] = 1
    first: int | None = Field(None, description="its first record")
    last: int | None = Field(None, description="its latest record")
    through: int = Field(0, description="everything recorded up to then has been sent")
    gaps: tuple[tuple[int, int], ...] = Field(
        (), description="silences: the last record before each and the first after it"
    )
    outages: dict[str, tuple[tuple[int, int, int], ...]] = Field(
        {}, description="declared outages by id: of each version when it was recorded, from when, until when"
    )
    silent: bool = Field(False, description="its silence was announced and goes on")
    said: int = Field(0, description="how much was said of it")
