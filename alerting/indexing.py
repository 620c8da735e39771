"""How an alert is found: its place in the order of urgency, and what it can be filtered by; pure."""

from collections.abc import Iterable
from typing import NamedTuple

from alerting.alert import Alert, Stage, moment_of
from alerting.parked import parked_now
from schemas.announcements import Announcement, FeedAnnouncement

FILTERS = ("kind", "borough", "ward", "grade", "standard", "state", "assignee", "situation")
_URGENCY: dict[Stage, int] = {
    "breached": 5,
    "going-on": 4,
    "silent": 4,
    "un-resourced": 3,
    "at-risk": 2,
    "unverifiable": 1,
}
LEAST_OPEN = 10**13
"""The least rank of an open alert: more than any moment in ms."""
Facet = tuple[str, str]


class Index(NamedTuple):
    """Under what an alert is found."""

    rank: int
    """Higher is more urgent; of a closed alert, the moment (ms) of its last entry."""
    facets: frozenset[Facet]
    """Filters and their values; `open` and `parked` stand for themselves."""
    storm: tuple[str, str] | None
    """Standard and borough whose storm it may be part of; None where it can page nobody."""
    raised_at: int

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.rank >= LEAST_OPEN


def indexed(alert: Alert) -> Index:
    """The index of an alert."""
    return Index(_rank(alert), frozenset(_facets(alert)), _storm(alert), alert.raised_at)


def _rank(alert: Alert) -> int:
    """Open before closed, unowned before owned, then by stage, the newest first."""
    if not alert.open:
        return moment_of(alert.entries[-1])
    unowned = 10 if alert.state != "acknowledged" else 0
    return (unowned + _URGENCY.get(alert.stage, 0) + 1) * LEAST_OPEN + alert.raised_at


def _facets(alert: Alert) -> Iterable[Facet]:
    if alert.open:
        yield "open", ""
    if parked_now(alert):
        yield "parked", ""
    yield "kind", alert.kind
    yield "state", alert.state
    if alert.assignee is not None:
        yield "assignee", alert.assignee
    if alert.situation is not None:
        yield "situation", alert.situation
    for name, value in _places(alert):
        if value:
            yield name, str(value)


def _places(alert: Alert) -> Iterable[tuple[str, object]]:
    news = alert.latest
    if isinstance(news, Announcement):
        yield "standard", news.data.standard
        for name in ("borough", "ward", "grade"):
            yield name, news.data.attributes.get(name)
    elif isinstance(news, FeedAnnouncement):
        for borough in news.data.boroughs:
            yield "borough", borough
    elif alert.opening is not None:
        yield "standard", alert.opening.data.standard
        yield "borough", alert.opening.data.borough


def _storm(alert: Alert) -> tuple[str, str] | None:
    first = alert.news[0] if alert.news else None
    if not isinstance(first, Announcement) or first.data.cohort != "live" or first.data.late:
        return None
    return first.data.standard, str(first.data.attributes.get("borough") or "")
