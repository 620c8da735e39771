"""Panels as they are here: each with a title, what it does and does not say, a unit, and words where it is empty."""

from string import ascii_uppercase
from typing import Any, Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import bargauge, common, stat
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.dashboard import (
    DashboardLink,
    DataTransformerConfig,
    DynamicConfigValue,
    Panel,
)

from grafana.dashboards.palette import STANDARDS, UNKNOWN, always, by_steps, steps
from grafana.dashboards.shares import Standing


class Question(Protocol):
    """A query that can be given the letter by which overrides name it."""

    def ref_id(self, ref_id: str, /) -> Self: ...

    def build(self) -> Dataquery: ...


class AnyPanel(Protocol):
    """What the SDK's panels have in common."""

    def build(self) -> Panel: ...

    def title(self, title: str, /) -> Self: ...

    def description(self, description: str, /) -> Self: ...

    def datasource(self, datasource: DataSourceRef, /) -> Self: ...

    def with_target(self, target: Builder[Dataquery], /) -> Self: ...

    def with_transformation(self, transformation: DataTransformerConfig, /) -> Self: ...

    def unit(self, unit: str, /) -> Self: ...

    def no_value(self, no_value: str, /) -> Self: ...

    def data_links(self, links: list[Builder[Any]], /) -> Self: ...

    def override_by_query(self, letter: str, properties: list[DynamicConfigValue], /) -> Self: ...


P = TypeVar("P", bound=AnyPanel)


def told(panel: P, title: str, about: str, unit: str, empty: str) -> P:
    """What every panel says of itself; `empty` is shown where there is nothing, which is never 0 %."""
    return panel.title(title).description(about).unit(unit).no_value(empty)


def asking(panel: P, source: DataSourceRef, *questions: Question) -> P:
    """The panel with its questions, lettered from A."""
    panel.datasource(source)
    for letter, question in zip(ascii_uppercase, questions, strict=False):
        panel.with_target(question.ref_id(letter))  # type: ignore[arg-type]
    return panel


def standing(panel: P, source: DataSourceRef, found: list[Standing]) -> P:
    """Shares by how they stand to their targets, each in its colour, its word in its name or in its place."""
    asking(panel, source, *(each.query for each in found))
    for letter, each in zip(ascii_uppercase, found, strict=False):
        properties = [prop("color", {"mode": "fixed", "fixedColor": each.colour})]
        if not each.shown:
            properties.append(prop("mappings", always(each.word, each.colour)))
        panel.override_by_query(letter, properties)
    return in_words(panel)


def in_words(panel: P) -> P:
    """The series' names with the standards' short names in them."""
    for standard, name in STANDARDS.items():
        options = {"regex": f"^{standard}\\b(.*)", "renamePattern": f"{name}$1"}
        panel.with_transformation(DataTransformerConfig(id_val="renameByRegex", options=options))
    return panel


def prop(name: str, value: object) -> DynamicConfigValue:
    """One thing that an override sets."""
    return DynamicConfigValue(id_val=name, value=value)


class ToBoard(Builder[DashboardLink]):
    """A link from whatever is clicked to a page of the duty board."""

    def __init__(self, path: str, title: str = "Open on the duty board") -> None:
        self._link = DashboardLink(title=title, url="${board_url}" + path, target_blank=True)

    def build(self) -> DashboardLink:
        """The link."""
        return self._link


def tiles() -> stat.Panel:
    """Numbers as large as there is room for, on the colour that they have earned."""
    return (
        stat.Panel()
        .reduce_options(_last())
        .color_mode(options.BigValueColorMode.BACKGROUND_SOLID)
        .graph_mode(options.BigValueGraphMode.NONE)
        .color_scheme(by_steps())
        .thresholds(steps(UNKNOWN))
    )


def bars() -> bargauge.Panel:
    """Lying bars, each with its name before it and its number behind."""
    return (
        bargauge.Panel()
        .orientation(options.VizOrientation.HORIZONTAL)
        .display_mode(options.BarGaugeDisplayMode.BASIC)
        .value_mode(options.BarGaugeValueMode.TEXT)
        .name_placement(options.BarGaugeNamePlacement.LEFT)
        .show_unfilled(True)
        .reduce_options(_last())
        .color_scheme(by_steps())
        .thresholds(steps(UNKNOWN))
    )


def in_size(title: int, value: int) -> common.VizTextDisplayOptions:
    """Sizes of text in pixels: left alone, Grafana makes all names as small as the longest must be.

    Not for names left of bars: they get the room of the size that Grafana would choose.
    """
    return common.VizTextDisplayOptions().title_size(title).value_size(value)


def rows_of(limit: int) -> common.ReduceDataOptions:
    """Each row of an answer by itself, named by its words."""
    return common.ReduceDataOptions().values(True).limit(limit).calcs([])


def _last() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().values(False).calcs(["lastNotNull"])
