"""What a message can say of an alert, in words: this is what templates are given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from alerting.alert import Alert, Kind
from alerting.messages.history import Happened, history, local
from alerting.telling import tell
from schemas.actions import Notified, Parked, Retried, SituationClosed
from schemas.announcements import Announcement, News
from schemas.times import SECOND, format_duration, parse_time

SHOWN = 12
"""Of a history or a list: more than these are counted, not listed."""
_KINDS: dict[Kind, str] = {"storm": "SITUATION", "rate": "RATE", "digest": "DIGEST", "test": "TEST"}
_COLOURS = {"bold red": "#D55E00", "bold yellow": "#E69F00", "yellow": "#E69F00", "green": "#009E73"}
_OTHERWISE = "#0072B2"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """All times are local, all durations in words; empty where there is nothing to say."""

    alert: str
    kind: Kind
    mark: str
    what: str
    subject: str
    place: str
    gist: str
    margin: str
    owner: str
    evidence: tuple[str, ...]
    history: tuple[Happened, ...]
    earlier: int
    within: tuple[str, ...]
    more: int
    because: str
    to: str
    now: str
    link: str | None
    page: str | None
    colour: str


LITTLE = Facts(
    alert="CAD-1/attend-immediate",
    kind="clock",
    mark="BREACHED",
    what="incident CAD-1: not attended",
    subject="CAD-1",
    place="",
    gist="not attended",
    margin="",
    owner="Nobody has acknowledged it.",
    evidence=(),
    history=(),
    earlier=0,
    within=(),
    more=0,
    because="an example",
    to="Insp Shah",
    now="24 Oct 20:16:00",
    link=None,
    page=None,
    colour=_OTHERWISE,
)
MUCH = replace(
    LITTLE,
    place="Hackney",
    margin="4m over, was due 24 Oct 20:12:00",
    evidence=("unit-77",),
    history=(Happened(0, "24 Oct 20:12:00", "BREACHED: not attended"),),
    earlier=1,
    within=("BREACHED: incident CAD-2: not attended",),
    more=1,
    link="https://board.example/ack?t=1",
    page="https://board.example/alerts/1",
)
"""The least that a message can have to say, and all of it: for trying templates."""


@dataclass(frozen=True)
class _Told:
    mark: str
    what: str
    subject: str
    place: str
    gist: str
    colour: str
    evidence: tuple[str, ...] = ()


def facts(
    alert: Alert,
    *,
    to: str,
    because: str,
    now: int,
    zone: ZoneInfo,
    within: Sequence[Alert] = (),
    link: str | None = None,
    page: str | None = None,
) -> Facts:
    """What can be said of `alert` at `now` (ms) to the person `to`; `within` are the alerts of a situation."""
    told, lines = _told(alert, zone), _lines(alert, zone)
    return Facts(
        alert=alert.id,
        kind=alert.kind,
        mark=told.mark,
        what=told.what,
        subject=told.subject,
        place=told.place,
        gist=told.gist,
        margin=_counted(within) if within else margin(alert, now, zone),
        owner=owner(alert, zone),
        evidence=told.evidence,
        history=tuple(lines[-SHOWN:]),
        earlier=max(0, len(lines) - SHOWN),
        within=tuple(headline(each, zone) for each in within[:SHOWN]),
        more=max(0, len(within) - SHOWN),
        because=because,
        to=to,
        now=local(now, zone),
        link=link,
        page=page,
        colour=told.colour,
    )


def headline(alert: Alert, zone: ZoneInfo) -> str:
    """An alert in a line, as it stands."""
    told = _told(alert, zone)
    return f"{told.mark}: {told.what}"


def margin(alert: Alert, now: int, zone: ZoneInfo) -> str:
    """How long is left of an open clock, or by how much it is over, at `now` (ms)."""
    news = _deciding(alert)
    if not alert.open or not isinstance(news, Announcement) or news.data.due is None:
        return ""
    due = parse_time(news.data.due)
    left = format_duration(abs(due - now) // SECOND * SECOND)
    if now <= due:
        return f"{left} left, due {local(due, zone)}"
    return f"{left} over, was due {local(due, zone)}"


def owner(alert: Alert, zone: ZoneInfo) -> str:
    """Whose it is, in a sentence."""
    if alert.closed is not None:
        return f"Closed by {alert.closed.data.by}."
    taken = alert.acknowledged
    if taken is None:
        if alert.assignee is not None:
            return f"Assigned to {alert.assignee}, not acknowledged."
        return "Nobody has acknowledged it." if alert.open else "Nobody acknowledged it."
    sentence = f"Acknowledged by {taken.data.by} at {local(parse_time(taken.time), zone)}"
    note = f": {taken.data.note}" if taken.data.note else ""
    passed_on = alert.assignee not in (None, taken.data.by)
    return f"{sentence}{note}{f'; now with {alert.assignee}' if passed_on else ''}."


def _counted(within: Sequence[Alert]) -> str:
    """How many are in a situation, and how many of them somebody still has to see to."""
    left = sum(alert.open for alert in within)
    return f"{len(within)} in it, {left if left else 'none'} still open"


def _lines(alert: Alert, zone: ZoneInfo) -> list[Happened]:
    """What happened, without who was told of it."""
    telling = {entry.id for entry in alert.actions if isinstance(entry, Notified | Parked | Retried)}
    return [
        line
        for entry, line in zip(alert.entries, history(alert, zone), strict=True)
        if entry.id not in telling
    ]


def _told(alert: Alert, zone: ZoneInfo) -> _Told:
    news = _deciding(alert)
    if news is None:
        return _of_situation(alert)
    line = tell(news, zone)
    colour = _COLOURS.get(line.style, _OTHERWISE)
    subject, _, gist = line.what.partition(": ")
    if not isinstance(news, Announcement):
        return _Told(line.mark, line.what, subject, "", gist, colour)
    data = news.data
    place = str(data.attributes.get("borough") or data.attributes.get("ward") or "")
    evidence = data.evidence if data.corrects is not None else ()
    return _Told(line.mark, line.what, data.subject, place, gist, colour, evidence)


def _of_situation(alert: Alert) -> _Told:
    mark = _KINDS.get(alert.kind, "ALERT")
    data = alert.opening.data if alert.opening else None
    words, place = (data.words, data.borough) if data else (alert.id, "")
    ended = next((each for each in reversed(alert.actions) if isinstance(each, SituationClosed)), None)
    if ended is None:
        return _Told(mark, words, "", place, words, _COLOURS["bold red"])
    gist = f"{ended.data.because} (was: {words})"
    return _Told(f"{mark} over", gist, "", place, gist, _COLOURS["green"])


def _deciding(alert: Alert) -> News | None:
    """The news that made the alert's stage: of an open breach the breach, even if a unit left it since."""
    if alert.stage == "breached":
        return next((news for news in reversed(alert.news) if news.type == "clock.breached"), alert.latest)
    return alert.latest
