"""An alert: all that was announced of one clock, feed or situation, and all that was done about it, as one thing.

An alert is a function of its entries, as a verdict is one of its history: an entry twice, or in another order, gives
the same alert. So what two people do at once, a replay or a rebuilt store need no code of their own.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Literal

from schemas.actions import (
    Acknowledged,
    Action,
    Assigned,
    Closed,
    Escalated,
    HandedOver,
    SituationClosed,
    SituationJoined,
    SituationOpened,
    Snoozed,
)
from schemas.announcements import Announcement, FeedAnnouncement, News
from schemas.times import parse_time

Entry = News | Action
Kind = Literal["clock", "feed", "storm", "rate", "digest", "test"]
State = Literal["raised", "acknowledged", "escalated", "resolved", "taken-back"]
Stage = Literal[
    "at-risk",
    "un-resourced",
    "breached",
    "stopped-late",
    "met",
    "taken-back",
    "excluded",
    "unverifiable",
    "silent",
    "back",
    "going-on",
    "over",
]
OPEN_STATES: tuple[State, ...] = ("raised", "acknowledged", "escalated")
ALARMING: tuple[Stage, ...] = ("at-risk", "un-resourced", "breached", "unverifiable", "silent", "going-on")
"""The stages in which something is to be done; the others close the alert."""
WITHDRAWN: tuple[Stage, ...] = ("taken-back", "excluded")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """How an alert stands after its entries; times in ms UTC."""

    id: str
    kind: Kind
    stage: Stage
    state: State
    raised_at: int
    changed_at: int = field(metadata={"is": "when the stage last changed"})
    late: bool = field(default=False, metadata={"is": "too old when it was said to page anybody (T6)"})
    breached: bool = field(default=False, metadata={"is": "a breach was announced, if only once"})
    unresourced: bool = False
    acknowledged: Acknowledged | None = None
    escalated: Escalated | None = None
    assignee: str | None = None
    snoozed_until: int | None = None
    closed: Closed | None = None
    situation: str | None = field(default=None, metadata={"is": "the situation it is told as part of"})
    opening: SituationOpened | None = field(default=None, metadata={"is": "of a situation: what opened it"})
    news: tuple[News, ...] = ()
    actions: tuple[Action, ...] = ()

    @property
    def open(self) -> bool:
        """Whether something is still to be done about it."""
        return self.state in OPEN_STATES

    @property
    def latest(self) -> News | None:
        """The last that was announced of it; None of a situation."""
        return self.news[-1] if self.news else None

    @property
    def entries(self) -> list[Entry]:
        """Everything, in the order in which it became known."""
        return in_order([*self.news, *self.actions])


def moment_of(entry: Entry) -> int:
    """When an entry became known, in ms."""
    said = entry.recordedtime if isinstance(entry, Announcement | FeedAnnouncement) else entry.time
    return parse_time(said)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Each entry once, as it became known; of one instant the announcements first, by revision."""
    return sorted({entry.id: entry for entry in entries}.values(), key=_place)


def fold(entries: Iterable[Entry]) -> Alert | None:
    """The alert that these entries make; None while nothing raised it, whatever was done already."""
    last = deque(states(entries), maxlen=1)
    return last[0][1] if last else None


def states(entries: Iterable[Entry]) -> Iterator[tuple[int, Alert]]:
    """The alert after each entry from the one that raised it, and when that became known (ms)."""
    alert: Alert | None = None
    waiting: list[Action] = []
    for entry in in_order(entries):
        if isinstance(entry, Announcement | FeedAnnouncement):
            alert = _announced(alert, entry)
        elif isinstance(entry, SituationOpened) and alert is None:
            alert = _opened(entry)
        elif alert is None:
            waiting.append(entry)
            continue
        else:
            alert = _done(alert, entry)
        if waiting:
            # A clock of another process may be a little ahead: what was done before it was raised was done then.
            alert, waiting = reduce(_done, waiting, alert), []
        yield moment_of(entry), alert


def _place(entry: Entry) -> tuple[int, int, int, str]:
    if isinstance(entry, Announcement | FeedAnnouncement):
        return moment_of(entry), 0, entry.data.revision, entry.id
    return moment_of(entry), 1, 0, entry.id


def _announced(alert: Alert | None, news: News) -> Alert:
    before = alert.breached if alert else False
    stage = _stage(news, alert)
    moment = moment_of(news)
    if alert is None:
        kind: Kind = "feed" if isinstance(news, FeedAnnouncement) else "clock"
        alert = Alert(
            id=news.subject, kind=kind, stage=stage, state="raised", raised_at=moment, changed_at=moment
        )
    if stage != alert.stage:
        alert = replace(alert, stage=stage, changed_at=moment, snoozed_until=None)
    return replace(
        alert,
        state=_state_in(stage, alert),
        late=news.data.late,
        breached=before or news.type == "clock.breached",
        unresourced=news.type == "incident.unresourced" or (alert.unresourced and stage in ALARMING),
        closed=None,
        news=(*alert.news, news),
    )


def _stage(news: News, alert: Alert | None) -> Stage:
    if news.type == "clock.breached":
        return "breached" if news.data.stop is None else "stopped-late"
    if news.type == "clock.met":
        return "taken-back" if alert is not None and alert.breached else "met"
    if news.type == "incident.unresourced" and alert is not None and alert.stage == "breached":
        return "breached"
    return _STAGES[news.type]


_STAGES: dict[str, Stage] = {
    "clock.at_risk": "at-risk",
    "incident.unresourced": "un-resourced",
    "clock.stopped": "stopped-late",
    "clock.unverifiable": "unverifiable",
    "clock.excluded": "excluded",
    "feed.silent": "silent",
    "feed.back": "back",
}


def _state_in(stage: Stage, alert: Alert) -> State:
    """An acknowledgement outlives later news of the same clock (P2), and so does an escalation."""
    if stage not in ALARMING:
        return "taken-back" if stage in WITHDRAWN and alert.breached else "resolved"
    if alert.open:
        return alert.state
    return "acknowledged" if alert.acknowledged is not None else "raised"


def _opened(opening: SituationOpened) -> Alert:
    moment = moment_of(opening)
    return Alert(
        id=opening.subject,
        kind=opening.data.kind,
        stage="going-on",
        state="raised",
        raised_at=moment,
        changed_at=moment,
        opening=opening,
        actions=(opening,),
    )


def _done(alert: Alert, action: Action) -> Alert:
    alert = replace(alert, actions=(*alert.actions, action))
    match action:
        case Acknowledged():
            return _acknowledged(alert, action)
        case Assigned() | HandedOver():
            return replace(alert, assignee=action.data.to)
        case Snoozed():
            return replace(alert, snoozed_until=parse_time(action.data.until))
        case Escalated():
            return replace(alert, escalated=action, state="escalated" if alert.open else alert.state)
        case Closed():
            return replace(alert, closed=action, state="resolved" if alert.open else alert.state)
        case SituationJoined():
            return replace(alert, situation=alert.situation or action.data.situation)
        case SituationClosed():
            return replace(alert, stage="over", state="resolved", changed_at=moment_of(action))
        case _:
            return alert


def _acknowledged(alert: Alert, action: Acknowledged) -> Alert:
    """The first of two who acknowledge at once has it; the second is in the story all the same."""
    if alert.state == "acknowledged":
        return alert
    state: State = "acknowledged" if alert.open else alert.state
    return replace(alert, acknowledged=action, assignee=alert.assignee or action.data.by, state=state)
