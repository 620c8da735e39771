"""An announcement as one line for people: what broke, where, by how much, and what was taken back."""

from collections.abc import Callable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.announcements import Announcement, AnnouncementData, FeedAnnouncement, News
from schemas.reasons import reason_in_words
from schemas.times import DAY, SECOND, as_datetime, format_duration, parse_time


class Line(NamedTuple):
    """`when` is the moment it is about, in local time; `mark` one or two words; `style` a rich style."""

    when: str
    mark: str
    style: str
    what: str

    def __str__(self) -> str:
        return f"{self.when}  {self.mark:<10}  {self.what}"


NAMES = {
    "call-999": "999 call",
    "call-non-emergency": "call",
    "attend-immediate": "immediate incident",
    "attend-priority": "priority incident",
    "snt-reply": "message",
    "appointment": "appointment",
    "comment-ack": "comment",
    "collision-contact": "collision",
    "victim-update": "victim's case",
    "ward-meeting": "ward meeting",
}
"""What people call the subject of a standard."""

_DONE = {
    "attend-immediate": "attended",
    "attend-priority": "attended",
    "appointment": "kept",
    "comment-ack": "acknowledged",
    "collision-contact": "followed up",
    "victim-update": "updated",
    "ward-meeting": "held",
}


def tell(announcement: News, zone: ZoneInfo) -> Line:
    """One announcement in words; times in `zone`."""
    if isinstance(announcement, FeedAnnouncement):
        return _of_feed(announcement, zone)
    data = announcement.data
    mark, style, words = _NEWS[announcement.type]
    if data.corrects is not None and announcement.type != "clock.breached":
        mark, style = "taken back", "green"
    when = _when(announcement.time, zone)
    return Line(when, mark, style, f"{_subject(announcement)}: {words(data, zone)}{_asides(announcement)}")


def _of_feed(announcement: FeedAnnouncement, zone: ZoneInfo) -> Line:
    """A feed is one source on one topic; what depends on it is told clock by clock."""
    data = announcement.data
    places = f" ({', '.join(data.boroughs)})" if data.boroughs else ""
    silent = parse_time(announcement.time) - parse_time(data.last)
    mark, style, words = {
        "feed.silent": ("SILENT", "bold red", f"nothing heard since {_when(data.last, zone)}"),
        "feed.back": ("back", "green", f"heard again, after {_short(silent)}"),
    }[announcement.type]
    what = f"feed {data.feed} on {data.topic}{places}: {words}{_asides(announcement)}"
    return Line(_when(announcement.time, zone), mark, style, what)


def _when(time: str, zone: ZoneInfo) -> str:
    return f"{as_datetime(parse_time(time)).astimezone(zone):%d %b %H:%M:%S}"


def _breached(data: AnnouncementData, zone: ZoneInfo) -> str:
    if data.stop is not None:
        return f"{_stopped_after(data)}{_corrected(data)}"
    units = data.attributes.get("units")
    there = f", {', '.join(units)} on the way" if units else ", no unit assigned"
    return f"not {_done(data)} {_in_time(data, zone)}{there if _attended(data) else ''}{_corrected(data)}"


def _stopped(data: AnnouncementData, _zone: ZoneInfo) -> str:
    return _stopped_after(data)


def _met(data: AnnouncementData, _zone: ZoneInfo) -> str:
    late = data.evidence_late_ms
    recorded = f", recorded {_short(late)} late" if late else ""
    return f"{_done(data)} in time, after {_short(data.elapsed_ms)}{recorded}"


def _excluded(data: AnnouncementData, _zone: ZoneInfo) -> str:
    return f"does not count: {reason_in_words(data.reason)}"


def _unverifiable(data: AnnouncementData, _zone: ZoneInfo) -> str:
    return f"cannot be verified: {reason_in_words(data.reason)}"


def _at_risk(data: AnnouncementData, zone: ZoneInfo) -> str:
    if data.start is None or data.due is None:
        return f"not yet {_done(data)}"
    length = _length(data.start, data.due)
    due = f"{length} after its start" if length else _day(data.due, zone)
    return f"not yet {_done(data)}, due {due}"


def _unresourced(data: AnnouncementData, zone: ZoneInfo) -> str:
    return f"no unit is assigned; to be attended {_in_time(data, zone)}"


_NEWS: dict[str, tuple[str, str, Callable[[AnnouncementData, ZoneInfo], str]]] = {
    "clock.breached": ("BREACHED", "bold red", _breached),
    "clock.stopped": ("late", "yellow", _stopped),
    "clock.unverifiable": ("UNKNOWN", "magenta", _unverifiable),
    "clock.met": ("met", "green", _met),
    "clock.excluded": ("excluded", "green", _excluded),
    "clock.at_risk": ("at risk", "yellow", _at_risk),
    "incident.unresourced": ("NO UNIT", "bold yellow", _unresourced),
}


def _subject(announcement: Announcement) -> str:
    data = announcement.data
    ward, borough = str(data.attributes.get("ward", "")), str(data.attributes.get("borough", ""))
    place = [ward] if borough and borough in ward else [part for part in (ward, borough) if part]
    cohort = f" ({data.cohort})" if data.cohort != "live" else ""
    name = NAMES.get(data.standard, data.standard)
    number = announcement.subject.partition("#")[2]
    where = f" in {', '.join(place)}" if place else ""
    return f"{name} {data.subject}{where}{', round ' + number if number else ''}{cohort}"


def _stopped_after(data: AnnouncementData) -> str:
    if data.stop is None or data.due is None:
        return f"not {_done(data)} in time"
    over = parse_time(data.stop) - parse_time(data.due)
    if over < 0:
        return f"ended after {_short(data.elapsed_ms)}"
    return f"{_done(data)} after {_short(data.elapsed_ms)}, {_short(over)} late"


def _corrected(data: AnnouncementData) -> str:
    return f" (was called {data.corrects_verdict})" if data.corrects_verdict else ""


def _asides(announcement: News) -> str:
    behind = parse_time(announcement.recordedtime) - parse_time(announcement.time)
    return f" [old news: {_short(behind)} ago]" if announcement.data.late else ""


def _done(data: AnnouncementData) -> str:
    return _DONE.get(data.standard, "answered")


def _attended(data: AnnouncementData) -> bool:
    return data.standard.startswith("attend-")


def _in_time(data: AnnouncementData, zone: ZoneInfo) -> str:
    """`within 12m`; of promises in days and months `by 31 Oct 2009 23:59:59`."""
    if data.start is None or data.due is None:
        return "in time"
    length = _length(data.start, data.due)
    return f"within {length}" if length else f"by {_day(data.due, zone)}"


def _length(start: str, due: str) -> str | None:
    """How long a clock has, where people count that in hours."""
    length = parse_time(due) - parse_time(start)
    return format_duration(length) if 0 <= length <= 2 * DAY else None


def _day(time: str, zone: ZoneInfo) -> str:
    return f"{as_datetime(parse_time(time)).astimezone(zone):%d %b %Y %H:%M:%S}"


def _short(ms: int | None) -> str:
    """A duration to the second, unless it is shorter than ten."""
    if ms is None:
        return "an unknown time"
    return format_duration(ms if abs(ms) < 10 * SECOND else ms // SECOND * SECOND)
