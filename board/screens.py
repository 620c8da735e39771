"""What each screen shows: its facts, gathered once for all who ask the same, and its regions, part by part."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from alerting.alert import Alert
from board import asking
from board.asking import Asked
from board.doing import holder
from board.foretold import foretold
from board.showing import AlertShown, lines, place, shown
from board.sources import Sources
from board.trust import Trust, trust
from board.view import StandardNow


class Part(NamedTuple):
    """A part of a region: its key among them, the template that shows it, and what that is given."""

    key: str
    template: str
    item: Any


@dataclass
class Facts:
    """What a screen's template is given, and its regions; `summary` is for those who listen to the page."""

    trust: Trust
    summary: str = ""
    regions: dict[str, list[Part]] = field(default_factory=dict)
    given: dict[str, Any] = field(default_factory=dict)


Gather = Callable[[Sources, Asked], Awaitable[Facts]]


def parts(template: str, items: Iterable[Any], key: Callable[[Any], str]) -> list[Part]:
    """One part an item."""
    return [Part(key(item), template, item) for item in items]


async def alert_list(sources: Sources, asked: Asked) -> Facts:
    """The alerts that match, the most urgent first."""
    found, total = await asking.alerts(sources, asked)
    facts = Facts(await trust(sources))
    rows = [shown(alert, sources.zone) for alert in found]
    facts.regions = {
        "alerts": parts("alert", rows, lambda row: row.id),
        "count": [_count("alert", total, asked)],
    }
    facts.summary = f"{total} alerts." if total != 1 else "1 alert."
    facts.given = {"total": total, **await _choices(sources)}
    return facts


async def clock_list(sources: Sources, asked: Asked) -> Facts:
    """The open clocks that match, the earliest due first."""
    found, total = await asking.clocks(sources, asked)
    facts = Facts(await trust(sources))
    facts.regions = {
        "clocks": parts("clock", found, lambda row: row.clock),
        "count": [_count("open clock", total, asked)],
    }
    facts.given = {"total": total, **await _choices(sources)}
    return facts


async def one_alert(sources: Sources, asked: Asked) -> Facts:
    """One alert: how it stands and what was done. Its story is told when the page is asked for."""
    facts = Facts(await trust(sources))
    alert = await sources.alerts.alert(asked.get("id", ""))
    if alert is None:
        return facts
    row = shown(alert, sources.zone)
    members = await _members(sources, alert)
    situation = await sources.alerts.alert(alert.situation) if alert.situation else None
    facts.regions = {
        "outcome": _outcome(alert, asked.get("done")),
        "next": _next(sources, alert, situation),
        "alert": [Part("alert", "standing", _standing(alert, situation, row))],
        "history": parts("line", lines(alert, sources.zone), lambda line: line.id),
        "members": parts("alert", (shown(each, sources.zone) for each in members), lambda row: row.id),
    }
    facts.summary = f"{row.mark.word}. {row.state_words}. {row.words}"
    facts.given = {
        "alert": row,
        "place": place(alert),
        "kind": alert.kind,
        "has_policy": sources.policy is not None,
    }
    return facts


async def feed_list(sources: Sources, asked: Asked) -> Facts:
    """Whether the feeds are heard, and the watch is at work."""
    facts = Facts(await trust(sources))
    facts.regions = {
        "feeds": parts("feed", await sources.view.feeds(), lambda row: row.feed),
        "watch": [Part("watch", "watch", facts.trust.health)],
    }
    return facts


def _outcome(alert: Alert, done: str | None) -> list[Part]:
    """What came of the action just done, for its author; who was first may turn out a moment later."""
    action = next((each for each in alert.actions if each.id == done), None)
    if action is None:
        return []
    return [Part(action.id, "outcome", {"action": action, "holder": holder(alert, action)})]


def _standing(alert: Alert, situation: Alert | None, row: AlertShown) -> dict[str, Any]:
    words = situation.opening.data.words if situation and situation.opening else None
    return {"alert": row, "place": place(alert), "situation": words}


def _next(sources: Sources, alert: Alert, situation: Alert | None) -> list[Part]:
    """Who is told next, where the board knows the policy."""
    if sources.policy is None:
        return []
    tellings = foretold(alert, situation, sources.policy, sources.now())
    return parts("telling", tellings, lambda each: f"{each.who}/{each.at}/{each.why}")


async def _members(sources: Sources, alert: Alert) -> list[Alert]:
    if alert.opening is None:
        return []
    return list(await sources.alerts.alerts(open_only=False, situation=alert.id, limit=asking.PAGE))


async def _choices(sources: Sources) -> dict[str, Any]:
    """What the filters offer."""
    standards: list[StandardNow] = await sources.view.standards()
    boroughs = [(name, name) for name in await sources.view.boroughs()]
    promises = [(row.standard, row.title) for row in standards]
    return {"boroughs": boroughs, "promises": promises, "grades": asking.GRADES}


class Count(NamedTuple):
    """How many rows there are, and which of them are shown."""

    words: str
    page: int
    pages: int


def _count(name: str, total: int, asked: Asked) -> Part:
    pages = max(1, -(-total // asking.PAGE))
    words = f"{total:,} {name}{'' if total == 1 else 's'}"
    return Part("count", "count", Count(words, asking.page_of(asked), pages))
