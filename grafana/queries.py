"""Every question that the committed dashboards ask, as Grafana would send it: for tests that really ask.

Of Grafana's own words only those are replaced that the dashboards use: `$__range`, `$__rate_interval`, `$__interval`
in PromQL, `$__timeFilter(column)`, `$__timeFrom()`, `$__timeTo()` in SQL, and the dashboard's variables, as `$name`,
`${name}` or, quoted for SQL, `${name:sqlstring}`.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from typing import Any, NamedTuple

from schemas.times import SECOND, as_datetime

Dashboard = dict[str, Any]
_MACRO = re.compile(r"\$__(\w+)\(([^)]*)\)")
_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}|\$([A-Za-z_]\w*)")
_RATE_INTERVAL = "1m"


class Query(NamedTuple):
    """One question: whose it is, by which source (`prometheus` or `register`), and its text, ready to be sent."""

    dashboard: str
    panel: str
    letter: str
    source: str
    text: str
    instant: bool


class Shown(NamedTuple):
    """What a reader looks at: a span of time (ms) and the values of variables; those not given are as generated."""

    since: int
    until: int
    variables: Mapping[str, str]


def dashboards() -> dict[str, Dashboard]:
    """The committed dashboards by uid."""
    found = [json.loads(each.read_text(encoding="utf-8")) for each in _files()]
    return {each["uid"]: each for each in found if "uid" in each}


def _files() -> list[Any]:
    folder = files("grafana").joinpath("_gen").iterdir()
    return sorted((each for each in folder if each.name.endswith(".json")), key=lambda each: each.name)


def panels(dashboard: Dashboard) -> Iterator[dict[str, Any]]:
    """Every panel that is no row."""
    for panel in dashboard["panels"]:
        if panel["type"] == "row":
            yield from panel.get("panels", [])
        else:
            yield panel


def queries(shown: Shown) -> Iterator[Query]:
    """Every panel's questions and every variable's, of all dashboards."""
    for uid, dashboard in dashboards().items():
        values = {**_as_generated(dashboard), **shown.variables}
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                text = _filled(_of_variable(variable["query"]), shown, values)
                yield Query(
                    uid, f"variable {variable['name']}", "", variable["datasource"]["uid"], text, True
                )
        for panel in panels(dashboard):
            for target in panel.get("targets", []):
                text = _filled(target.get("expr") or target["rawSql"], shown, values)
                source, instant = target["datasource"]["uid"], target.get("instant", True)
                yield Query(uid, panel["title"], target["refId"], source, text, instant)


def _of_variable(query: str | dict[str, Any]) -> str:
    """SQL as it is; of `label_values(series, label)`, which is no PromQL, the series by that label."""
    if isinstance(query, str):
        return query
    return re.sub(r"^label_values\((.*), (\w+)\)$", r"count by (\2) (\1)", query["query"])


def _as_generated(dashboard: Dashboard) -> dict[str, str]:
    listed = dashboard["templating"]["list"]
    return {each["name"]: str(each.get("current", {}).get("value", "")) for each in listed}


def _filled(text: str, shown: Shown, values: Mapping[str, str]) -> str:
    text = _MACRO.sub(lambda found: _macro(found[1], found[2], shown), text)
    spans = {
        "__range": f"{(shown.until - shown.since) // SECOND}s",
        "__rate_interval": _RATE_INTERVAL,
        "__interval": _RATE_INTERVAL,
    }
    return _VARIABLE.sub(lambda found: _value(found, {**values, **spans}), text)


def _macro(name: str, column: str, shown: Shown) -> str:
    since, until = (f"'{as_datetime(ms).isoformat()}'" for ms in (shown.since, shown.until))
    macros: dict[str, Callable[[], str]] = {
        "timeFilter": lambda: f"{column} BETWEEN {since} AND {until}",
        "timeFrom": lambda: since,
        "timeTo": lambda: until,
    }
    return macros[name]()


def _value(found: re.Match[str], values: Mapping[str, str]) -> str:
    value = values[found[1] or found[3]]
    if found[2] == "sqlstring":
        return "'" + value.replace("'", "''") + "'"
    return value
