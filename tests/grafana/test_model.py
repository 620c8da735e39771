"""The dashboards are of the foundation SDK's model (v1, schema version 42), which Grafana 11, 12 and 13 all read."""

import json

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.queries import dashboards
from tests.grafana.typed import problems

register_default_plugins()
DASHBOARDS = dashboards()
MIXED = "-- Mixed --"


@pytest.mark.parametrize("uid", sorted(DASHBOARDS))
def test_what_the_model_reads_is_what_it_writes(uid):
    """What it does not know, a field of a wrong name for one, would be lost on the way."""
    dashboard = json.loads(json.dumps(DASHBOARDS[uid]))
    for panel in dashboard["panels"]:
        if panel.get("datasource", {}).get("uid") == MIXED:
            del panel["targets"]  # the SDK reads them by the type of their panel, which has none
    written = json.loads(json.dumps(Dashboard.from_json(dashboard), cls=JSONEncoder))
    for link in [*dashboard["links"], *written["links"]]:
        del link["placement"]  # the SDK reads what it always is with it
    assert written == dashboard


@pytest.mark.parametrize("uid", sorted(DASHBOARDS))
def test_every_field_is_of_its_type(uid):
    assert problems(Dashboard.from_json(DASHBOARDS[uid]), Dashboard) == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("title",), 7),
        (("panels", 0, "title"), 7),
        (("panels", 0, "fieldConfig", "defaults", "unit"), 7),
        (("panels", 0, "fieldConfig", "defaults", "thresholds", "mode"), "relative"),
        (("panels", 0, "options", "colorMode"), "loud"),
        (("panels", 0, "gridPos", "w"), "wide"),
        (("templating", "list", 0, "hide"), 7),
    ],
)
def test_a_field_of_another_type_is_noticed(path, wrong):
    dashboard = json.loads(json.dumps(DASHBOARDS["pledgewatch-wall"]))
    place = dashboard
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = wrong
    (problem,) = problems(Dashboard.from_json(dashboard), Dashboard)
    assert repr(wrong) in problem
