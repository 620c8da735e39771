"""Tables: rows of the register, with a word on its colour where there is one, and a way to the board."""

from typing import Any

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import common as options

from grafana.dashboards.palette import STAGES, STANDARDS, VERDICTS, names, words
from grafana.dashboards.panels import asking, prop, told
from grafana.dashboards.targets import REGISTER, Sql

_ON_COLOUR = {"type": "color-background", "mode": "basic"}
_CLOCK = [{"title": "Its story on the duty board", "url": "${board_url}/clocks/${__value.raw:percentencode}"}]


def rows(title: str, about: str, sql: str, empty: str, **columns: list[Any]) -> table.Panel:
    """A table of what `sql` finds; `empty` is what it says where there is nothing."""
    panel = asking(told(table.Panel(), title, about, "none", empty), REGISTER, Sql(sql))
    panel.show_header(True).cell_height(options.TableCellHeight.SM)
    for column, properties in (_KNOWN | columns).items():
        panel.override_by_name(column.replace("_", " "), properties)
    return panel


def in_time(decimals: int = 1) -> list[Any]:
    """A column of seconds, shown as `07m:31s`."""
    return [prop("unit", "clocks"), prop("decimals", decimals)]


def on_colour(of: dict[str, tuple[str, str]]) -> list[Any]:
    """A column of words, each on its colour."""
    return [prop("mappings", words(of)), prop("custom.cellOptions", _ON_COLOUR)]


_KNOWN: dict[str, list[Any]] = {
    "standard": [prop("mappings", names(STANDARDS))],
    "stage": on_colour(STAGES),
    "verdict": on_colour(VERDICTS),
    "was": on_colour(VERDICTS),
    "is": on_colour(VERDICTS),
    "clock": [prop("links", _CLOCK)],
}
"""Columns that are shown alike everywhere."""
