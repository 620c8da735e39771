"""What a real Prometheus and a real PostgreSQL answer to every panel of a dashboard, to be drawn from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, text

from grafana.queries import Dashboard, Query, Shown, queries
from schemas.times import DAY, HOUR, MINUTE, SECOND, milliseconds
from tests.rules.server import Prometheus

LONDON = "Europe/London"
POINTS = 300
"""About so many moments are asked for over the time that is shown."""
KINDS = {datetime: "time", date: "time", bool: "boolean", int: "number", float: "number", Decimal: "number"}
UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}
Recorded = dict[str, Any]


@dataclass
class Sources:
    """Whom to ask, what was chosen, and since when (ms) Prometheus has watched."""

    prometheus: Prometheus
    register: Engine
    chosen: dict[str, str]
    watched_since: int
    now: int


def recorded(dashboard: Dashboard, sources: Sources) -> Recorded:
    """The answers by panel and letter, and what else is shown with them, for window.draw of grafana/pictures.

    What is asked of the register is asked over the dashboard's own time. What Prometheus alone is asked is
    asked over the time for which it has watched.
    """
    own = _shown(sources, _since(dashboard, sources.now))
    watched = _shown(sources, sources.watched_since)
    by_register = {query.panel for query in _of(dashboard, own) if query.source == "register"}
    panels: dict[str, Recorded] = {}
    for shown, asked in ((own, True), (watched, False)):
        for query in _of(dashboard, shown):
            if (query.panel in by_register) == asked:
                span = {"from": shown.since, "to": shown.until}
                panel = panels.setdefault(query.panel, {"answers": {}, "range": span})
                panel["answers"][query.letter] = _answer(query, shown, sources)
    return {"panels": panels, "timeZone": LONDON, "variables": _variables(dashboard, sources.chosen)}


def _shown(sources: Sources, since: int) -> Shown:
    return Shown(since, sources.now, sources.chosen)


def _since(dashboard: Dashboard, now: int) -> int:
    back = dashboard["time"]["from"].removeprefix("now-")
    return int(now - int(back[:-1]) * UNITS[back[-1]])


def _of(dashboard: Dashboard, shown: Shown) -> Iterable[Query]:
    return (query for query in queries(shown) if query.dashboard == dashboard["uid"])


def _variables(dashboard: Dashboard, chosen: dict[str, str]) -> dict[str, dict[str, str]]:
    """The value of each, and how it is said."""
    listed = {each["name"]: each.get("current") or {} for each in dashboard["templating"]["list"]}
    told = {
        name: {"value": now.get("value", ""), "text": now.get("text", "")} for name, now in listed.items()
    }
    return told | {name: {"value": value, "text": value} for name, value in chosen.items()}


def _answer(query: Query, shown: Shown, sources: Sources) -> Recorded:
    if query.source == "register":
        return _rows(query.text, sources.register)
    since, until = shown.since / SECOND, shown.until / SECOND
    if query.instant:
        return dict(sources.prometheus.get("query", query=query.text, time=until))
    step = max(1, round((until - since) / POINTS))
    return {"result": sources.prometheus.query_range(query.text, since, until, step), "step": step}


def _rows(sql: str, register: Engine) -> Recorded:
    with register.connect() as connection:
        found = connection.execute(text(sql.replace(":", r"\:")))
        names, rows = list(found.keys()), [list(row) for row in found]
    columns = [{"name": name, "type": _kind(row[at] for row in rows)} for at, name in enumerate(names)]
    return {"columns": columns, "rows": [[_plain(value) for value in row] for row in rows]}


def _kind(values: Iterable[Any]) -> str:
    return next((KINDS.get(type(value), "string") for value in values if value is not None), "string")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return milliseconds(value)
    return float(value) if isinstance(value, Decimal) else value
