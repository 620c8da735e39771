"""One thing told of a clock, whether read from a topic, from the ledger, or made by judging again."""

from typing import NamedTuple

from clocks.finding import BREACHED, UNVERIFIABLE
from clocks.saying import AT_RISK, OPEN_AGAIN, STOPPED, UNRESOURCED, VERDICT, Revision, Said, news_of
from schemas.announcements import Announcement
from schemas.times import parse_time

STAGES = (AT_RISK, UNRESOURCED)
ALARMING = (BREACHED, UNVERIFIABLE)
_KINDS = {"clock.at_risk": AT_RISK, "incident.unresourced": UNRESOURCED, "clock.stopped": STOPPED}


class Told(NamedTuple):
    """What was told; times in ms UTC. A breach said again is a verdict like any other here."""

    clock: str
    kind: str
    verdict: str
    reason: str | None
    about: int
    said_at: int
    start: int | None
    due: int | None
    stop: int | None
    revision: int
    news: str | None

    @property
    def words(self) -> tuple[object, ...]:
        """All but when it was said, and as which revision: what makes two tellings the same."""
        return self[:5] + self[6:9]


class FeedTold(NamedTuple):
    """What was told of a feed: that it is silent, or back; `about` in ms."""

    news: str
    about: int
    revision: int


class Standing(NamedTuple):
    """What people hold of a clock after all that was told; `stop` only of a breached one."""

    verdict: str
    reason: str | None
    stop: int | None


def standing(told: list[Told]) -> Standing | None:
    """How the last telling left a clock; None where no verdict was told."""
    for each in reversed(told):
        if each.kind not in STAGES:
            return Standing(each.verdict, each.reason, each.stop if each.verdict == BREACHED else None)
    return None


def of_said(said: Said) -> Told:
    """What judging again says."""
    return Told(
        clock=said.clock,
        kind=_plain(said.kind),
        verdict=said.verdict,
        reason=said.reason,
        about=said.about,
        said_at=said.said_at,
        start=said.start,
        due=said.due,
        stop=said.stop,
        revision=said.revision,
        news=said.news,
    )


def of_announcement(announcement: Announcement) -> Told:
    """What `breach-alerts` carried."""
    data = announcement.data
    return Told(
        clock=announcement.subject,
        kind=_KINDS.get(announcement.type, VERDICT),
        verdict=data.verdict,
        reason=data.reason,
        about=parse_time(announcement.time),
        said_at=parse_time(announcement.recordedtime),
        start=_ms(data.start),
        due=_ms(data.due),
        stop=_ms(data.stop),
        revision=data.revision,
        news=announcement.type,
    )


def of_revisions(clock: str, revisions: list[Revision]) -> list[Told]:
    """All that the ledger says was said of a clock, news or not."""
    told = []
    alarmed = False
    for number, each in enumerate(revisions, 1):
        told.append(
            Told(
                clock=clock,
                kind=_plain(each.kind),
                verdict=each.verdict,
                reason=each.reason,
                about=each.about,
                said_at=each.said_at,
                start=each.start,
                due=each.due,
                stop=each.stop,
                revision=number,
                news=news_of(each.kind, each.verdict, alarmed),
            )
        )
        alarmed = alarmed or each.kind != VERDICT or each.verdict in ALARMING
    return told


def _plain(kind: str) -> str:
    return VERDICT if kind == OPEN_AGAIN else kind


def _ms(text: str | None) -> int | None:
    return None if text is None else parse_time(text)
