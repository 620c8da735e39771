"""What the board shows: how everything stands now, times in ms UTC of the installation's clock. No caller in it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.times import MINUTE

Stage = Literal["running", "at-risk", "breached"]
Watch = Literal["alive", "late", "dead", "unknown"]
Following = Literal["following", "catching-up", "away"]
WINDOWS = ("15m", "today", "7d")
"""What rates are given over; today begins at midnight in the standards pack's time zone."""
CHASED = 5 * MINUTE
"""By how much (ms) each chasing call raises an incident's place."""
EVERYWHERE = ""
"""The place of the figures of all boroughs together."""


class Seen(BaseModel):
    """A part of the view."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OpenClock(Seen):
    """A clock that still waits for its stop."""

    clock: str
    subject: str
    standard: str
    borough: str = ""
    ward: str = ""
    grade: str = ""
    line: str = ""
    team: str = ""
    cohort: Literal["live", "probe", "exercise"] = "live"
    stage: Stage = "running"
    start: int
    due: int
    breach_at: int = Field(description="the first moment at which it is breached")
    at_risk: int | None = Field(None, description="when it is, or was, at risk")
    unresourced: bool = Field(False, description="no unit is assigned though one should have been")
    units: int = Field(0, description="how many units are assigned")
    flags: tuple[str, ...] = ()
    chased: int = Field(0, description="how often somebody called again because nobody had come")

    @property
    def place(self) -> int:
        """By what it is ordered, in ms: its due, five minutes sooner for each time it was chased (I11).

        What is breached is looked at from the latest on: there it counts as five minutes later.
        """
        raised = self.chased * CHASED
        return self.due + raised if self.stage == "breached" else self.due - raised


class Rate(Seen):
    """Clocks of the cohort `live` that fell due in a window, by verdict, worded as the weekly figures are (N3)."""

    met: int = 0
    breached: int = 0
    excluded: int = 0
    unverifiable: int = 0
    low: float | None = Field(None, description="Wilson's 95 % interval")
    high: float | None = None
    words: str = Field("none", description="`70.1 %`, or of few clocks `7 of 12`")
    against: str | None = Field(None, description="how it stands to the target, where there is one")

    @property
    def counted(self) -> int:
        """How many clocks the share is of."""
        return self.met + self.breached

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where nothing was counted."""
        return self.met / self.counted if self.counted else None


class StandardNow(Seen):
    """One standard in one borough, or everywhere; the numbers are of the cohort `live`."""

    standard: str
    title: str
    borough: str = EVERYWHERE
    target_percent: int | None = None
    waiting: int = Field(0, description="every open clock, breached or not")
    oldest_start: int | None = Field(None, description="the start of the one that waits longest")
    next_due: int | None = Field(None, description="of those not breached")
    at_risk: int = 0
    breached_open: int = 0
    unresourced: int = 0
    apart: int = Field(0, description="open clocks of exercises and probes")
    rates: dict[str, Rate] = Field({}, description="by window")


class FeedNow(Seen):
    """A feed whose silence matters."""

    feed: str
    source: str
    topic: str
    boroughs: tuple[str, ...] = ()
    silence: int = Field(description="how long it may be silent, in ms")
    last_heard: int | None = None
    silent: bool = Field(False, description="on one partition or more, and not in a planned outage")
    outage: bool = Field(False, description="in a planned outage")
    words: str = Field("", description="how it stands, in one line")

    @property
    def state(self) -> tuple[object, ...]:
        """All of it but when it was heard, which is ever later."""
        return self.feed, self.silent, self.outage, self.last_heard is None


class Health(Seen):
    """Whether what is shown can be believed."""

    ledger: Following = "catching-up"
    read_at: int | None = Field(None, description="when the ledger was last known to be read to its end")
    watch: Watch = "unknown"
    evidence: str = "nothing is known of the workers yet"
    since: int | None = Field(None, description="since when the watch is so")
    overdue: int = Field(0, description="clocks that fell due and were not judged in time")
    workers: int | None = Field(
        None, description="members of the workers' group; null where nobody could say"
    )
    unread: int | None = Field(None, description="input records the workers have not acknowledged")
    unreadable: int = Field(0, description="ledger records that cannot be read, and are not counted")

    @property
    def state(self) -> "Health":
        """All of it but the times and numbers that go on by themselves."""
        return self.model_copy(update={"read_at": None, "unread": None})


class Written(Seen):
    """What the view is true of: a view nobody writes, or cannot write for want of news, grows old."""

    at: int = Field(description="when all that the ledger had is in the view")
    speed: float = Field(1.0, description="how many seconds pass on the clock in one of the wall")

    def age(self, now: int) -> float:
        """How old the view is at `now` (ms), in seconds of the wall."""
        return max(0, now - self.at) / 1000 / self.speed
