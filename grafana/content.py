"""What a Grafana is given: data sources, folder, dashboards, playlist; from the files it could mount instead."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from grafana import queries
from grafana.server import GrafanaError

HERE = Path(__file__).parent
BOARD_URL = "board_url"
"""The dashboards' variable that says where the board is."""
_OF_FILES = ("editable", "isDefault", "orgId", "version")
"""What only a file says of a data source: which is the default of a Grafana with others is not ours to say."""
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
Json = dict[str, Any]


def data_sources(environment: Mapping[str, str]) -> list[Json]:
    """The data sources as the HTTP API takes them; GrafanaError where the environment lacks what they name."""
    text = (HERE / "provisioning" / "datasources" / "pledgewatch.yaml").read_text(encoding="utf-8")
    found = yaml.safe_load(text)["datasources"]
    missing = sorted(
        {a or b for each in found for a, b in _VARIABLE.findall(json.dumps(each))} - set(environment)
    )
    if missing:
        raise GrafanaError(
            f"the data sources need {', '.join(missing)} in the environment (docs/grafana-push.md);"
            " with --no-sources they are left alone"
        )
    taken = [{name: each[name] for name in each if name not in _OF_FILES} for each in found]
    return [_filled_in(each, environment) for each in taken]


def folder() -> tuple[str, str]:
    """The uid and the title of the folder that the dashboards are in."""
    text = (HERE / "provisioning" / "dashboards" / "pledgewatch.yaml").read_text(encoding="utf-8")
    provider = yaml.safe_load(text)["providers"][0]
    return provider["folderUid"], provider["folder"]


def dashboards(board_url: str | None) -> list[Json]:
    """The generated dashboards; their links lead to `board_url` where it is given."""
    found = list(queries.dashboards().values())
    return found if board_url is None else [_led_to(each, board_url.rstrip("/")) for each in found]


def playlist() -> Json:
    """The playlist for the wall: `name`, `interval`, `items`."""
    found: Json = yaml.safe_load((HERE / "_gen" / "playlist.yaml").read_text(encoding="utf-8"))
    return found


def _filled_in(value: Any, environment: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled_in(each, environment) for name, each in value.items()}
    if isinstance(value, str):
        return _VARIABLE.sub(lambda found: environment[found[1] or found[2]], value)
    return value


def _led_to(dashboard: Json, board_url: str) -> Json:
    for variable in dashboard["templating"]["list"]:
        if variable["name"] == BOARD_URL:
            variable |= {"query": board_url, "current": {"text": board_url, "value": board_url}}
    return dashboard
