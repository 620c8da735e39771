"""What a panel asks, of Prometheus or of the register."""

from dataclasses import dataclass
from typing import Any, Self

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef
from grafana_foundation_sdk.models.prometheus import PromQueryFormat, QueryEditorMode

PROMETHEUS = DataSourceRef(type_val="prometheus", uid="prometheus")
REGISTER = DataSourceRef(type_val="grafana-postgresql-datasource", uid="register")
BOTH = DataSourceRef(type_val="datasource", uid="-- Mixed --")
ANNOTATIONS = DataSourceRef(type_val="grafana", uid="-- Grafana --")


def now(expression: str, legend: str = "") -> prometheus.Dataquery:
    """PromQL as it stands now, a value a series."""
    return _promql(expression, legend).instant()


def over_time(expression: str, legend: str = "") -> prometheus.Dataquery:
    """PromQL over the time that the dashboard shows."""
    return _promql(expression, legend).range()


def _promql(expression: str, legend: str) -> prometheus.Dataquery:
    query = prometheus.Dataquery().datasource(PROMETHEUS).editor_mode(QueryEditorMode.CODE)
    return query.expr(expression).format(PromQueryFormat.TIME_SERIES).legend_format(legend or "__auto")


@dataclass
class Asked(Dataquery):
    """A query as Grafana writes it down; the SDK has no model of PostgreSQL's, nor of annotations by tags."""

    fields: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return self.fields


class Sql(Builder[Dataquery]):
    """A question to the register: rows, or `time` and its numbers where `over_time`."""

    def __init__(self, sql: str, *, over_time: bool = False) -> None:
        self._fields: dict[str, Any] = {
            "datasource": REGISTER,
            "editorMode": "code",
            "format": "time_series" if over_time else "table",
            "rawQuery": True,
            "rawSql": sql.strip(),
        }

    def ref_id(self, letter: str) -> Self:
        """By what overrides name it."""
        self._fields["refId"] = letter
        return self

    def build(self) -> Dataquery:
        """The query."""
        return Asked(self._fields)


class Tagged(Builder[Dataquery]):
    """Grafana's own annotations that carry every one of these tags."""

    def __init__(self, *tags: str) -> None:
        self._fields = {"type": "tags", "tags": list(tags), "matchAny": False, "limit": 100}

    def build(self) -> Dataquery:
        """The query."""
        return Asked(self._fields)
