"""The files of `grafana/_gen/`, as the builders make them."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.dashboards import borough, integrity, itself, wall, week

PLAYLIST = {
    "name": "Control room wall",
    "interval": "1m",
    "items": [{"type": "dashboard_by_uid", "value": wall.UID, "title": "Control room wall"}],
}
"""As `POST /api/playlists` takes it; Grafana provisions no playlist from a file (grafana/grafana#11842, closed)."""

FILES: dict[str, Callable[[], Any]] = {
    "pledgewatch-wall.json": wall.wall,
    "pledgewatch-borough.json": borough.borough,
    "pledgewatch-week.json": week.week,
    "pledgewatch-integrity.json": integrity.integrity,
    "pledgewatch-itself.json": itself.itself,
}
"""What makes each dashboard."""


def written(made: Any) -> str:
    """As JSON that changes only where it is another."""
    return json.dumps(made, cls=JSONEncoder, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def pages() -> dict[str, Callable[[], str]]:
    """What writes each file, by its path in a checkout."""
    # Grafana would take any .json beside the dashboards for one of them, and complain of it every half minute.
    made = {**FILES, "playlist.yaml": lambda: PLAYLIST}
    return {f"grafana/_gen/{name}": partial(_page, build) for name, build in made.items()}


def _page(build: Callable[[], Any]) -> str:
    return written(build())
