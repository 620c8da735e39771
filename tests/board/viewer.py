"""A viewer's page, as far as its parts go: what board.js does with what it is sent."""

import json
from typing import Any

from board.live import Regions


class Viewer:
    """Regions as they stand on the page after each frame."""

    def __init__(self) -> None:
        self.regions: Regions = {}
        self.frames: list[tuple[str, dict[str, Any]]] = []

    def hear(self, frame: bytes) -> None:
        """One server-sent event."""
        first, second, *rest = frame.decode().split("\n")
        assert rest == ["", ""]
        event, told = first.removeprefix("event: "), json.loads(second.removeprefix("data: "))
        self.frames.append((event, told))
        for name, change in told.get("regions", {}).items():
            held = self.regions.get(name, {}) | change["parts"]
            self.regions[name] = {key: held[key] for key in change["order"]}
