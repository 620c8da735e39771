"""Tables: rows of the register, with a word on its colour where there is one, and a way to the board."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue

from grafana.dashboards.palette import STAGES, STANDARDS, VERDICTS, names, words
from grafana.dashboards.panels import asking, prop, told
from grafana.dashboards.targets import REGISTER, Sql

Column = list[DynamicConfigValue]
"""What is set for the column of a name."""


def rows(title: str, about: str, sql: str, empty: str, columns: Mapping[str, Column]) -> table.Panel:
    """A table of what `sql` finds; `empty` is what it says where there is nothing."""
    panel = asking(told(table.Panel(), title, about, "none", empty), REGISTER, Sql(sql))
    panel.show_header(True).cell_height(options.TableCellHeight.SM).min_width(70)
    panel.override_by_regexp(".*", [prop("noValue", "–")])  # else an empty cell reads as an empty table does
    for name, properties in columns.items():
        panel.override_by_name(name, properties)
    return panel


def in_time(decimals: int = 1) -> Column:
    """Seconds, shown as `07m:31s`."""
    return [prop("unit", "clocks"), prop("decimals", decimals)]


LEFT = [prop("unit", "dthms")]
"""Seconds until a deadline, as `00:07:31`; what is over reads `00:02:13 ago`."""


def on_colour(of: Mapping[str, tuple[str, str]]) -> Column:
    """Words, each on its colour."""
    cell = {"type": "color-background", "mode": "basic"}
    return [prop("mappings", words(of)), prop("custom.cellOptions", cell)]


NAMED = {"standard": [prop("mappings", names(STANDARDS))]}
STAGED = {"stage": on_colour(STAGES)}
VERDICT = on_colour(VERDICTS)
_STORY = {"title": "Its story on the duty board", "url": "${board_url}/clocks/${__value.raw:percentencode}"}
CLOCK = {"clock": [prop("links", [_STORY]), prop("custom.width", 230)]}
"""Each clock, with the way to its story."""
WIDE = [prop("custom.width", 185)]
"""Wide enough for a moment or the name of any borough."""
