"""`make pictures`: a run, its answers to every panel, and the panels drawn from them into docs/img."""

import json
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from grafana.queries import dashboards
from schemas.times import SECOND
from tests.pictures.drawing import draw, drawing_page
from tests.pictures.inputs import ANSWERED, DRAWN_OF, digest, picture_of
from tests.pictures.recording import LONDON, Recorded, Sources, recorded
from tests.pictures.run import Watched, watched

WATCHED_FOR = 240
"""Seconds: so much is on the panels that show how something went."""
LOOK = {"width": 1600, "mode": "dark"}


def main(kept: Path | None) -> int:
    """Draw every dashboard: from a run of its own, or from the answers `kept` by an earlier one."""
    answers = json.loads(kept.read_text()) if kept else _from_a_run()
    with drawing_page() as page:
        for uid, dashboard in dashboards().items():
            draw(page, dashboard, answers[uid], picture_of(uid), **LOOK)
            print(f"{picture_of(uid)}: {len(dashboard['panels'])} panels")
    DRAWN_OF.write_text(
        json.dumps({uid: digest(each) for uid, each in dashboards().items()}, indent=2) + "\n"
    )
    return 0


def _from_a_run() -> dict[str, Recorded]:
    with tempfile.TemporaryDirectory(prefix="pictures-") as folder, watched(Path(folder)) as run:
        time.sleep(WATCHED_FOR)
        sources = _sources(run)
        answers = {uid: recorded(dashboard, sources) for uid, dashboard in dashboards().items()}
        ANSWERED.write_text(json.dumps(answers))
    print(f"what was answered is kept in {ANSWERED}")
    return answers


def _sources(run: Watched) -> Sources:
    now = run.place.clock.now()
    week = datetime.fromtimestamp(now / SECOND, UTC).astimezone(ZoneInfo(LONDON)).strftime("%G-W%V")
    chosen = {"borough": "Lambeth", "standard": "attend-immediate", "week": week}
    return Sources(run.prometheus, run.register, chosen, run.began, now)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
