"""What the JSON API answers: times are RFC 3339 in UTC, durations in ms; nothing tells who called."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from alerting import alert as core
from board import now as view
from board.showing import cohort, lines, place, shown
from board.sources import Sources
from board.trust import Trust
from schemas.actions import Parked
from schemas.cloudevent import Instant
from schemas.times import format_time


class Answer(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Warned(Answer):
    """Why what is told may not be believed."""

    title: str
    words: str
    since: Instant | None = None


class Told(Answer):
    """What every answer about figures tells beside them."""

    now: Instant
    written: Instant | None = Field(
        description="when the figures were last written; null: never, or they were lost"
    )
    warnings: tuple[Warned, ...] = Field(description="empty where the figures can be believed")


class Rate(Answer):
    """Clocks that fell due in a window, by verdict."""

    met: int
    breached: int
    excluded: int
    unverifiable: int
    low: float | None = Field(description="Wilson's 95 % interval")
    high: float | None
    words: str = Field(description="`70.1 %`, or of few clocks `7 of 12`")
    against: str | None = Field(description="how it stands to the target, where there is one")
    share: float | None = Field(description="met of met and breached, 0 to 1; null where none fell due")


class Standard(Answer):
    """One standard as it stands; the numbers are of the cohort `live`."""

    standard: str
    title: str
    borough: str = Field(description="empty: everywhere")
    target_percent: int | None
    waiting: int = Field(description="every open clock, breached or not")
    oldest_start: Instant | None
    next_due: Instant | None
    at_risk: int
    breached_open: int
    unresourced: int
    apart: int = Field(description="open clocks of exercises and probes")
    rates: dict[str, Rate] = Field(description="by window: 15m, today, 7d")


class Standards(Told):
    """Every standard."""

    standards: tuple[Standard, ...]


class Clock(Answer):
    """A clock that still waits for its stop."""

    clock: str
    subject: str
    standard: str
    borough: str
    ward: str
    grade: str
    line: str
    team: str
    cohort: Literal["live", "probe", "exercise"]
    stage: Literal["running", "at-risk", "breached"]
    start: Instant
    due: Instant
    at_risk: Instant | None
    unresourced: bool
    units: int
    flags: tuple[str, ...]
    chased: int = Field(description="how often somebody called again; raises its place in lists (I11)")


class Clocks(Told):
    """A page of open clocks, the earliest due first."""

    total: int
    clocks: tuple[Clock, ...]


class Feed(Answer):
    """A feed whose silence matters."""

    feed: str
    source: str
    topic: str
    boroughs: tuple[str, ...]
    silence_ms: int
    last_heard: Instant | None
    silent: bool
    outage: bool
    words: str


class Feeds(Told):
    """Every feed that is named."""

    feeds: tuple[Feed, ...]


class Health(Told):
    """Whether the figures can be believed."""

    ledger: str
    ledger_read_at: Instant | None
    watch: Literal["alive", "late", "dead", "unknown"]
    evidence: str
    since: Instant | None
    overdue: int = Field(description="clocks that fell due and were not judged in time")
    workers: int | None
    unread: int | None = Field(description="input records the workers have not acknowledged")
    unreadable: int = Field(description="ledger records that cannot be read, and are not counted")
    alerts_built: bool = Field(description="false while the alerts are being read again")


class Happening(Answer):
    """One line of an alert's history."""

    id: str
    at: Instant
    sort: Literal["news", "person", "desk"]
    words: str


class Alert(Answer):
    """One alert as it stands."""

    id: str
    kind: core.Kind
    stage: core.Stage
    state: core.State
    open: bool
    title: str
    words: str
    owner: str = Field(description="whose it is, in a sentence")
    raised_at: Instant
    changed_at: Instant
    due: Instant | None
    assignee: str | None
    acknowledged_by: str | None
    acknowledged_at: Instant | None
    rung: int | None = Field(description="how far it went up the ladder, 0 the first; null: not at all")
    snoozed_until: Instant | None
    situation: str | None
    late: bool
    cohort: Literal["live", "probe", "exercise"]
    about: dict[str, Any] = Field(description="standard, borough, ward, grade, line, team, units, flags")
    page: str = Field(description="its page on this board")


class WholeAlert(Alert):
    """One alert with all that was announced and done."""

    history: tuple[Happening, ...]


class Alerts(Told):
    """A page of alerts, the most urgent first."""

    total: int
    alerts: tuple[Alert, ...]


class Done(Answer):
    """An action that was recorded, and the alert as it stands then."""

    action: str = Field(description="the action's id")
    alert: WholeAlert


class HandedOver(Answer):
    """A hand-over."""

    handover: str
    to: str
    alerts: tuple[str, ...]


class ParkedOne(Answer):
    """A notification that could not be delivered and waits for a person."""

    alert: str
    step: str
    channel: str
    to: str
    problem: str
    attempts: int
    at: Instant


class ParkedList(Told):
    """All of them."""

    parked: tuple[ParkedOne, ...]


class Problem(BaseModel):
    """What went wrong (RFC 9457); `detail` says what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


def told(trust: Trust, now: int) -> dict[str, Any]:
    """The fields of `Told`."""
    warnings = [
        Warned(title=each.title, words=each.words, since=_time(each.since)) for each in trust.warnings
    ]
    return {"now": format_time(now), "written": _time(trust.written), "warnings": warnings}


def standard(row: view.StandardNow) -> Standard:
    """A standard with its times as text."""
    rates = {name: Rate(**rate.model_dump(), share=rate.share) for name, rate in row.rates.items()}
    times = {"oldest_start": _time(row.oldest_start), "next_due": _time(row.next_due)}
    return Standard(**{**row.model_dump(), **times, "rates": rates})


def clock(row: view.OpenClock) -> Clock:
    """A clock with its times as text."""
    held = row.model_dump(exclude={"breach_at"})
    times = {name: _time(held[name]) for name in ("start", "due", "at_risk")}
    return Clock(**{**held, **times})


def feed(row: view.FeedNow) -> Feed:
    """A feed with its times as text."""
    held = row.model_dump(exclude={"silence"})
    return Feed(**{**held, "silence_ms": row.silence, "last_heard": _time(row.last_heard)})


def health(trust: Trust, built: bool, now: int) -> Health:
    """The health with its times as text."""
    held = trust.health.model_dump(exclude={"read_at", "since"})
    times = {"ledger_read_at": _time(trust.health.read_at), "since": _time(trust.health.since)}
    return Health(**told(trust, now), **held, **times, alerts_built=built)


def alert(found: core.Alert, sources: Sources) -> Alert:
    """An alert as it stands."""
    return Alert(**_alert(found, sources))


def whole(found: core.Alert, sources: Sources) -> WholeAlert:
    """An alert with its history."""
    happened = [
        Happening(id=line.id, at=format_time(line.at), sort=line.sort, words=line.words)
        for line in lines(found, sources.zone)
    ]
    return WholeAlert(**_alert(found, sources), history=happened)


def _alert(alert: core.Alert, sources: Sources) -> dict[str, Any]:
    row = shown(alert, sources.zone)
    same = (
        "id",
        "state",
        "open",
        "title",
        "words",
        "owner",
        "assignee",
        "acknowledged_by",
        "rung",
        "situation",
        "late",
    )
    times = ("raised_at", "changed_at", "due", "acknowledged_at", "snoozed_until")
    return {
        **{name: getattr(row, name) for name in same},
        **{name: _time(getattr(row, name)) for name in times},
        "kind": alert.kind,
        "stage": alert.stage,
        "cohort": cohort(alert),
        "about": place(alert),
        "page": row.href,
    }


def parked(found: core.Alert, action: Parked) -> ParkedOne:
    """A notification that waits."""
    told = action.data.model_dump(include={"step", "channel", "to", "problem", "attempts"})
    return ParkedOne(alert=found.id, at=action.time, **told)


def _time(moment: int | None) -> str | None:
    return None if moment is None else format_time(moment)
