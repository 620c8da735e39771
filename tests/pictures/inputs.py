"""Which dashboards the pictures in docs/img were drawn of."""

import hashlib
import json
from pathlib import Path

from grafana.queries import Dashboard

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "img"
DRAWN_OF = IMAGES / "grafana-drawn-of.json"
BUILT = ROOT / "build" / "pictures"
ANSWERED = ROOT / "build" / "pictures-answers.json"


def picture_of(uid: str) -> Path:
    """Where a dashboard's picture is: docs/img/grafana-wall.png of pledgewatch-wall."""
    return IMAGES / f"grafana-{uid.removeprefix('pledgewatch-')}.png"


def digest(dashboard: Dashboard) -> str:
    """Of all that is drawn of a dashboard: another one wants another picture."""
    return hashlib.sha256(json.dumps(dashboard["panels"], sort_keys=True).encode()).hexdigest()[:16]
