"""What a reader may choose at the top of a dashboard."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

from grafana.dashboards.palette import STANDARDS
from grafana.dashboards.targets import PROMETHEUS, REGISTER


def from_prometheus(name: str, label: str, series: str) -> builders.QueryVariable:
    """The values that the label of this name has in these series."""
    query = f"label_values({series}, {name})"
    asked: dict[str, object] = {
        "qryType": 1,
        "query": query,
        "refId": "PrometheusVariableQueryEditor-VariableQuery",
    }
    chosen = builders.QueryVariable(name).label(label).datasource(PROMETHEUS).query(asked).definition(query)
    return chosen.refresh(models.VariableRefresh.ON_DASHBOARD_LOAD).sort(models.VariableSort.ALPHABETICAL_ASC)


def from_register(name: str, label: str, sql: str) -> builders.QueryVariable:
    """The rows that `sql` finds, in its order."""
    chosen = builders.QueryVariable(name).label(label).datasource(REGISTER).query(sql).definition(sql)
    return chosen.refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(models.VariableSort.DISABLED)


def standards_of(where: str) -> str:
    """The standards of some verdicts, each shown by its short name."""
    named = " ".join(f"WHEN '{standard}' THEN '{name}'" for standard, name in STANDARDS.items())
    return f"""SELECT DISTINCT CASE standard {named} ELSE standard END AS __text, standard AS __value
FROM verdicts WHERE {where} ORDER BY standard"""


def choice(name: str, label: str, of: Mapping[str, str], chosen: str) -> builders.CustomVariable:
    """One of these values, each shown by its words."""
    options = [
        models.VariableOption(selected=value == chosen, text=words, value=value)
        for value, words in of.items()
    ]
    listed = ", ".join(f"{words} : {value}" for value, words in of.items())
    variable = builders.CustomVariable(name).label(label).values(listed).options(options)
    return variable.current(models.VariableOption(selected=True, text=of[chosen], value=chosen))


def constant(name: str, label: str, value: str) -> builders.TextBoxVariable:
    """What is the same for an installation; an address may say otherwise: `?var-NAME=…`."""
    option = models.VariableOption(text=value, value=value)
    hidden = builders.TextBoxVariable(name).label(label).default_value(value).current(option)
    return hidden.hide(models.VariableHide.HIDE_VARIABLE)
