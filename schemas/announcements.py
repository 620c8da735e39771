"""What goes to the topic `breach-alerts`: CloudEvents that tell what became of a clock, or of a feed."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from schemas.cloudevent import Instant, Name

NewsType = Literal[
    "clock.at_risk",
    "incident.unresourced",
    "clock.breached",
    "clock.stopped",
    "clock.unverifiable",
    "clock.met",
    "clock.excluded",
]
FeedNewsType = Literal["feed.silent", "feed.back"]
Verdict = Literal["running", "met", "breached", "excluded", "unverifiable"]


class AnnouncementData(BaseModel):
    """The clock as it stood when this was said; further fields are the subject's attributes."""

    model_config = ConfigDict(extra="allow", frozen=True)

    standard: Name = Field(description="the standard's id")
    pack: Name = Field(description="the pack it was judged by")
    pack_version: int
    subject: Name = Field(description="the call, incident, message…; the Kafka key of its events")
    verdict: Verdict
    reason: str | None = Field(None, description="why it is excluded or unverifiable")
    start: Instant | None = Field(None, description="what the due is reckoned from; null where it never ran")
    due: Instant | None = None
    stop: Instant | None = None
    elapsed_ms: int | None = Field(None, description="from start to stop")
    skew: bool = Field(
        False, description="the stop came before the start by no more than clocks may differ (T7)"
    )
    revision: int = Field(ge=1, description="counts what was said of this clock")
    corrects: str | None = Field(None, description="the id of the announcement that this one corrects")
    corrects_verdict: Verdict | None = None
    evidence: tuple[str, ...] = Field((), description="ids of the events it rests on")
    evidence_late_ms: int | None = Field(
        None, description="how late the evidence of a correction was recorded"
    )
    late: bool = Field(False, description="its moment is too long ago to page anybody (T6)")
    catching_up: bool = Field(False, description="said while a backlog was being read")
    delay_ms: int | None = Field(None, description="from due and settle to this, where a moment fired it")
    cohort: Literal["live", "probe", "exercise"] = "live"

    @property
    def attributes(self) -> dict[str, Any]:
        """The subject's attributes: borough, ward, grade, line, team, units, flags, month."""
        return dict(self.model_extra or {})


class Announcement(BaseModel):
    """One CloudEvent on `breach-alerts`; its `subject` is the clock."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    id: Name = Field(description="uuid5 of clock and revision: the same whoever says it")
    source: Name
    type: NewsType
    subject: Name = Field(description="the clock, SUBJECT/STANDARD")
    time: Instant = Field(description="the moment it is about: the deadline, for an expiry")
    recordedtime: Instant = Field(description="when it was said")
    data: AnnouncementData


class FeedAnnouncementData(BaseModel):
    """The feed that fell silent, or is back (S6)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    feed: Name = Field(description="the source of its events")
    topic: Name
    boroughs: tuple[Name, ...] = Field((), description="those it is named for, if any")
    silence_ms: int = Field(description="how long it may be silent, as the clock counts")
    last: Instant = Field(description="the last record before the silence")
    revision: int = Field(ge=1, description="counts what was said of this feed")
    corrects: str | None = Field(None, description="of `feed.back`: the id of its `feed.silent`")
    late: bool = Field(False, description="its moment is too long ago to page anybody (T6)")
    catching_up: bool = Field(False, description="said while a backlog was being read")
    delay_ms: int | None = Field(None, description="from its moment and settle to this, where time fired it")


class FeedAnnouncement(BaseModel):
    """One CloudEvent on `breach-alerts`; its `subject` is the feed."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Literal["1.0"]
    id: Name = Field(description="uuid5 of feed and revision: the same whoever says it")
    source: Name
    type: FeedNewsType
    subject: Name = Field(description="the feed, feed/TOPIC/SOURCE")
    time: Instant = Field(description="the moment it is about")
    recordedtime: Instant = Field(description="when it was said")
    data: FeedAnnouncementData


News = Announcement | FeedAnnouncement
_news: TypeAdapter[News] = TypeAdapter(Annotated[News, Field(discriminator="type")])


def read_news(value: bytes) -> News:
    """A record of `breach-alerts`; ValidationError where it is none."""
    return _news.validate_json(value)
