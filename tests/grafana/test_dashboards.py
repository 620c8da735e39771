"""Every dashboard as Grafana would find it: what is wrong with one is otherwise seen by nobody but its readers."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from grafana.queries import dashboards, panels

ROOT = Path(__file__).parents[2]
DASHBOARDS = dashboards()
BOARD_AND_CHARTS = {"stat", "bargauge", "table", "timeseries", "barchart", "state-timeline"}
MET, AT_RISK, BREACHED, UNKNOWN = "#0072B2", "#ECB740", "#D55E00", "#707070"
OKABE_AND_ITO = {MET, AT_RISK, BREACHED, UNKNOWN, "#56B4E9", "#009E73", "#CC79A7", "#F0E442", "#E6E6E6"}
MADE_BY_GRAFANA = {
    "__value",
    "__range",
    "__rate_interval",
    "__interval",
    "__timeFilter",
    "__timeFrom",
    "__timeTo",
}


@pytest.fixture(params=sorted(DASHBOARDS))
def dashboard(request):
    return DASHBOARDS[request.param]


def every(found, key):
    """The values of a key, however deep."""
    if isinstance(found, dict):
        if key in found:
            yield found[key]
        for each in found.values():
            yield from every(each, key)
    elif isinstance(found, list):
        for each in found:
            yield from every(each, key)


def luminance(colour: str) -> float:
    """The relative luminance of #RRGGBB, as WCAG 2 defines it."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ink_on(colour: str) -> str:
    """What Grafana writes with on a colour (getTextColorForBackground in @grafana/ui): nobody else may choose."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#202226" if (299 * red + 587 * green + 114 * blue) / 1000 > 180 else "#F7F8FA"


@pytest.mark.parametrize("colour", [MET, AT_RISK, BREACHED, UNKNOWN])
def test_a_number_can_be_read_on_its_colour(colour):
    darker, lighter = sorted((luminance(colour), luminance(ink_on(colour))))
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_there_is_one_for_each_of_its_readers():
    assert set(DASHBOARDS) == {
        f"pledgewatch-{of}" for of in ("wall", "borough", "week", "integrity", "itself")
    }


def test_panels_have_ids_of_their_own(dashboard):
    ids = Counter(panel["id"] for panel in dashboard["panels"])
    assert set(ids.values()) == {1}


def test_a_panel_says_what_it_is_what_it_means_its_unit_and_what_it_says_when_it_is_empty(dashboard):
    for panel in panels(dashboard):
        assert panel["type"] in BOARD_AND_CHARTS
        assert panel["title"]
        assert panel["description"].endswith((".", "?"))
        assert panel["fieldConfig"]["defaults"]["unit"]
        empty = panel["fieldConfig"]["defaults"]["noValue"]
        assert re.search("[a-z]", empty) and "%" not in empty, f"{panel['title']}: {empty}"


def test_panels_fill_their_rows_and_do_not_lie_on_one_another(dashboard):
    taken = Counter()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = ((x, y) for x in range(place["w"]) for y in range(place["h"]))
        taken.update((place["x"] + x, place["y"] + y) for x, y in cells)
    assert set(taken.values()) == {1}
    assert len(taken) == 24 * (1 + max(y for _, y in taken)), "there are holes between the panels"


def test_every_variable_that_is_used_is_declared_and_every_declared_one_is_used(dashboard):
    text = str([dashboard[part] for part in ("panels", "annotations", "links", "templating")])
    used = {a or b for a, b in re.findall(r"\$\{(\w+)|\$([A-Za-z_]\w*)", text)} - MADE_BY_GRAFANA
    assert used == {variable["name"] for variable in dashboard["templating"]["list"]}


def test_every_data_source_is_provisioned(dashboard):
    provisioned = yaml.safe_load((ROOT / "grafana/provisioning/datasources/pledgewatch.yaml").read_text())
    by_uid = {each["uid"]: each["type"] for each in provisioned["datasources"]}
    asked = [target["datasource"] for panel in panels(dashboard) for target in panel["targets"]]
    asked += [v["datasource"] for v in dashboard["templating"]["list"] if v["type"] == "query"]
    assert {source["uid"] for source in asked} <= set(by_uid)
    assert all(by_uid[source["uid"]] == source["type"] for source in asked)


def test_letters_of_questions_are_their_own_and_those_of_overrides_are_there(dashboard):
    for panel in panels(dashboard):
        letters = [target["refId"] for target in panel["targets"]]
        assert len(set(letters)) == len(letters)
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["id"] == "byFrameRefID":
                assert override["matcher"]["options"] in letters


def test_a_column_that_is_shown_in_a_way_of_its_own_is_asked_for(dashboard):
    for panel in panels(dashboard):
        asked = " ".join(t.get("rawSql", "") + t.get("legendFormat", "") for t in panel["targets"])
        for override in panel["fieldConfig"]["overrides"]:
            if override["matcher"]["id"] == "byName":
                assert override["matcher"]["options"] in asked, f"{panel['title']}: {override['matcher']}"


def test_an_empty_cell_does_not_read_as_an_empty_table_does(dashboard):
    for panel in panels(dashboard):
        if panel["type"] == "table":
            cells, *_ = panel["fieldConfig"]["overrides"]
            assert cells["matcher"] == {"id": "byRegexp", "options": ".*"}
            assert cells["properties"] == [{"id": "noValue", "value": "–"}]


def test_panels_of_a_dashboard_have_titles_of_their_own(dashboard):
    titles = Counter(panel["title"] for panel in panels(dashboard))
    assert set(titles.values()) == {1}


def test_only_colours_that_eyes_of_all_kinds_tell_apart(dashboard):
    found = [each for key in ("color", "fixedColor", "iconColor") for each in every(dashboard, key)]
    assert {each for each in found if isinstance(each, str)} <= OKABE_AND_ITO


def test_a_word_stands_with_every_colour_that_means_good_or_bad(dashboard):
    """Whatever a value is mapped to, on whatever colour, is a word."""
    for panel in panels(dashboard):
        for mapping in every(panel, "mappings"):
            results = [each for kind in mapping for each in _results(kind)]
            assert all(re.search("[a-z]", result["text"]) for result in results), panel["title"]


def _results(mapping):
    options = mapping["options"]
    return [options["result"]] if mapping["type"] == "range" else list(options.values())


def test_met_is_blue_at_risk_orange_and_breached_vermilion(dashboard):
    told = {"met": MET, "at risk": AT_RISK, "breached": BREACHED, "too few to say": UNKNOWN, "none": MET}
    for mapping in (each for found in every(dashboard["panels"], "mappings") for each in found):
        for result in _results(mapping):
            if result["text"] in told:
                assert result["color"] == told[result["text"]]


def test_the_wall_has_six_things_and_is_full_on_one_screen():
    wall = list(panels(DASHBOARDS["pledgewatch-wall"]))
    assert len(wall) <= 6
    assert (
        max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in wall) <= 26
    )  # of 1080 lines, in kiosk mode


def test_the_wall_shows_no_caller():
    asked = " ".join(
        t.get("rawSql", "") for p in panels(DASHBOARDS["pledgewatch-wall"]) for t in p["targets"]
    )
    assert not re.search("caller|phone|evidence", asked)


def test_a_share_in_sql_stands_beside_its_counts(dashboard):
    for panel in panels(dashboard):
        for target in panel["targets"]:
            sql = target.get("rawSql", "")
            if "AS share" in sql and panel["type"] == "table":
                assert "95 % interval" in sql
                assert re.search(r"AS (counted|of|incidents)\b|, downgraded,", sql)


def test_every_dashboard_leads_to_the_others_and_to_the_board(dashboard):
    assert dashboard["tags"] == ["pledgewatch"]
    assert {(link["type"], link["placement"]) for link in dashboard["links"]} == {
        ("dashboards", ""),
        ("link", ""),
    }
    assert dashboard["schemaVersion"] == 42
    assert not dashboard["editable"]


def test_dashboards_are_provisioned_into_their_folder_and_cannot_be_changed_there():
    provisioned = yaml.safe_load((ROOT / "grafana/provisioning/dashboards/pledgewatch.yaml").read_text())
    (provider,) = provisioned["providers"]
    assert (provider["folder"], provider["type"], provider["allowUiUpdates"]) == (
        "PledgeWatch",
        "file",
        False,
    )
