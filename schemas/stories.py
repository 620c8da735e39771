"""The story of a clock: what happened, what each event did, what was said of it, and what would have changed it.

It is told once, by `explaining`, and shown as it is: by `pledgewatch explain`, and by whoever else shows a clock.
Times are RFC 3339 in UTC; the words name local times, in `zone`.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.announcements import Verdict
from schemas.cloudevent import Instant

Effect = Literal[
    "started",
    "moved",
    "stopped",
    "excluded",
    "unverifiable",
    "reopened",
    "vanished",
    "breached",
    "none",
    "only-recorded",
    "withdrawn",
    "withdrawal",
    "told-twice",
    "superseded",
    "unread",
    "left-out",
]
"""What an entry of the timeline did to the clock."""


class Told(BaseModel):
    """A part of a story."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Promise(Told):
    """What was promised, in whose words, and where they were read."""

    standard: str
    title: str
    sentence: str
    limit: str = Field(description="the sentence of its limit")
    pack: str
    pack_version: int
    pack_title: str
    source: str = Field(description="where the limit was read")
    note: str = Field(description="what was read there, and what was not")


class EventRef(Told):
    """An event by what makes it the same (S1)."""

    source: str
    id: str
    type: str


class Entry(Told):
    """One line of the timeline: an event, or (without one) the moment at which the time was up."""

    at: Instant
    event: EventRef | None = None
    recorded: Instant | None = None
    recorded_late_ms: int = Field(0, description="from when it happened to when it was recorded")
    times: int = Field(1, description="how often the same record was handed over")
    words: str = Field(description="what happened")
    effect: Effect
    did: str = Field(description="what it did to this clock, or why it did nothing")
    rules: tuple[str, ...] = ()


class Announced(Told):
    """One thing that was said of the clock."""

    said_at: Instant
    about: Instant
    kind: str
    verdict: Verdict
    reason: str | None = None
    revision: int
    news: str | None = Field(None, description="its type on breach-alerts; null where it does not go there")
    corrects: int | None = Field(None, description="the revision that this one corrects")
    brought_by: tuple[EventRef, ...] = Field((), description="the events whose recording brought it")
    words: str
    rules: tuple[str, ...] = ()


class Change(Told):
    """What is imagined to be otherwise; `events` are one event, with its doubles."""

    what: Literal["without", "moved", "changed", "added", "nothing-more", "feeds-heard"]
    events: tuple[EventRef, ...] = ()
    to: Instant | None = Field(None, description="when it happens instead, or the event added does")
    type: str | None = Field(None, description="the type of the event added")
    data: dict[str, str | bool] = Field({}, description="what its data say instead")


class Otherwise(Told):
    """What judging the changed history gives: computed, not guessed."""

    change: Change
    verdict: Verdict | None = Field(description="null where there would be no such clock")
    reason: str | None = None
    due: Instant | None = None
    stop: Instant | None = None
    played_out: bool = Field(
        False, description="judged as if nothing more were ever recorded, not as of `asked_at`"
    )
    words: str


class Story(Told):
    """Everything there is to tell of one clock, or (`standard` null) of a subject without one."""

    clock: str
    subject: str
    standard: str | None
    asked_at: Instant | None = Field(description="as things stood then; null: every deadline is played out")
    zone: str = Field(description="the time zone of the times in the words")
    part: int = Field(1, description="of how many `parts`: a subject may be forgotten and begin anew (S8)")
    parts: int = 1
    headline: str
    verdict: Verdict | None
    reason: str | None = None
    start: Instant | None = None
    due: Instant | None = None
    stop: Instant | None = None
    elapsed_ms: int | None = None
    skew: bool = False
    cohort: str = "live"
    about: str = Field("", description="place, grade, team: never who called")
    promise: Promise | None = None
    timeline: tuple[Entry, ...]
    announced: tuple[Announced, ...] = ()
    otherwise: tuple[Otherwise, ...] = ()
