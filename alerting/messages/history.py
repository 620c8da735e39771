"""What was said of an alert and what people did about it, a line each."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from alerting.alert import Alert, Entry, moment_of
from alerting.telling import tell
from schemas.actions import (
    Acknowledged,
    Action,
    Assigned,
    Closed,
    Commented,
    Escalated,
    HandedOver,
    Notified,
    Parked,
    Retried,
    SituationClosed,
    SituationJoined,
    SituationOpened,
    Snoozed,
)
from schemas.announcements import Announcement, FeedAnnouncement
from schemas.times import as_datetime, parse_time


class Happened(NamedTuple):
    """One line: when it became known, in ms and in local time, and what it was."""

    at: int
    when: str
    words: str


def local(ms: int, zone: ZoneInfo) -> str:
    """A moment (ms) for people: `24 Oct 14:12:00`."""
    return f"{as_datetime(ms).astimezone(zone):%d %b %H:%M:%S}"


def history(alert: Alert, zone: ZoneInfo) -> list[Happened]:
    """Every entry of an alert, as it became known."""
    return [_line(entry, zone) for entry in alert.entries]


def done(action: Action, zone: ZoneInfo) -> str:
    """What a person or the desk did, in words."""
    return f"{_did(action, zone)}{_note(action)}"


def _line(entry: Entry, zone: ZoneInfo) -> Happened:
    at = moment_of(entry)
    if isinstance(entry, Announcement | FeedAnnouncement):
        told = tell(entry, zone)
        return Happened(at, local(at, zone), f"{told.mark}: {told.what.partition(': ')[2]}")
    return Happened(at, local(at, zone), done(entry, zone))


def _did(action: Action, zone: ZoneInfo) -> str:
    match action:
        case Acknowledged(data=data):
            return f"acknowledged by {data.by}"
        case Assigned(data=data):
            return f"assigned to {data.to} by {data.by}"
        case HandedOver(data=data):
            return f"handed over to {data.to} by {data.by}"
        case Snoozed(data=data):
            return f"left alone until {local(parse_time(data.until), zone)} by {data.by}"
        case Commented(data=data):
            return f"{data.by} said"
        case Closed(data=data):
            return f"closed by {data.by}"
        case _:
            return _of_desk(action)


def _of_desk(action: Action) -> str:
    match action:
        case Retried(data=data):
            return f"{data.by} had a message tried again"
        case Escalated(data=data):
            there = ", ".join(data.to) or "nobody on duty"
            return f"went up to {data.role} ({there}): {data.because}"
        case Notified(data=data):
            return f"{data.to} was told by {data.channel}"
        case Parked(data=data):
            return f"{data.to} could not be told by {data.channel}: {data.problem}"
        case SituationOpened(data=data):
            return data.words
        case SituationJoined(data=data):
            return f"told as part of {data.situation}"
        case SituationClosed(data=data):
            return f"over: {data.because}"
        case _:
            raise TypeError(f"no words for {action.type}")


def _note(action: Action) -> str:
    note = getattr(action.data, "note", "")
    return f": {note}" if note else ""
