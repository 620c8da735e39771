"""Charts over time, with targets and bars dashed."""

from collections.abc import Iterable

from grafana_foundation_sdk.builders import barchart, common, timeseries
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import DynamicConfigValue, FieldColorModeId

from grafana.dashboards.palette import OTHERS
from grafana.dashboards.panels import prop, told


def lines(title: str, about: str, unit: str, empty: str) -> timeseries.Panel:
    """An empty chart; a gap in what is known is a gap in the line."""
    panel = told(timeseries.Panel(), title, about, unit, empty)
    legend = common.VizLegendOptions().show_legend(True).placement(options.LegendPlacement.BOTTOM)
    tooltip = common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI)
    panel.legend(legend.display_mode(options.LegendDisplayMode.LIST))
    panel.tooltip(tooltip.sort(options.SortOrder.DESCENDING))
    panel.color_scheme(builders.FieldColor().mode(FieldColorModeId.PALETTE_CLASSIC))
    return panel.line_width(2).fill_opacity(0).show_points(options.VisibilityMode.NEVER).span_nulls(False)


def tinted(panel: timeseries.Panel, names: Iterable[str]) -> timeseries.Panel:
    """Series that begin with these names, each in a colour that is neither good nor bad."""
    for name, colour in zip(names, OTHERS, strict=False):
        panel.override_by_regexp(f"{name}.*", coloured(colour))  # Grafana has it match the whole name
    return panel


def target_line(panel: timeseries.Panel, names: str) -> timeseries.Panel:
    """The series so named (a regular expression) are promises: dashed and thin."""
    dashed = [
        prop("custom.lineStyle", {"fill": "dash", "dash": [8, 6]}),
        prop("custom.lineWidth", 1),
        prop("custom.fillOpacity", 0),
    ]
    return panel.override_by_regexp(names, dashed)


def columns(title: str, about: str, by: str, empty: str) -> barchart.Panel:
    """Counts as columns, one on the other, by what the column `by` says."""
    panel = told(barchart.Panel(), title, about, "none", empty).decimals(0)
    legend = common.VizLegendOptions().show_legend(True).placement(options.LegendPlacement.BOTTOM)
    panel.legend(legend.display_mode(options.LegendDisplayMode.LIST))
    panel.tooltip(common.VizTooltipOptions().mode(options.TooltipDisplayMode.MULTI))
    panel.x_field(by).stacking(options.StackingMode.NORMAL).group_width(0.8).bar_width(0.9)
    return panel.show_value(options.VisibilityMode.AUTO).fill_opacity(90).line_width(0)


def coloured(colour: str) -> list[DynamicConfigValue]:
    """One colour for a series whatever its value."""
    return [prop("color", {"mode": "fixed", "fixedColor": colour})]
