"""A recording: the events, what was said of them and the settings of the run, in one folder."""

from pathlib import Path
from typing import Any

import msgspec
from pydantic import ValidationError

from pledgewatch.reading import Intake, read_events
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import Told, of_announcement
from schemas.announcements import Announcement, read_news
from schemas.errors import PledgeWatchError
from schemas.times import format_time, parse_time
from standards.loader import load_pack

EVENTS, SAID, SETTINGS = "events.jsonl", "said.jsonl", "settings.json"


class RecordingError(PledgeWatchError):
    """A folder that holds no whole recording.

    Operator action: give the folder that `pledgewatch demo --record` wrote.
    """


class Run(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The settings of a recorded run, as they stand in its settings.json; durations in ms, times in RFC 3339.

    All that was due by `surely` had been said, nothing said was due after `at_most`. `arrived_late`: the time
    at which an event reached Kafka, where that was noticeably after its recording, by source and id.
    """

    version: int = 1
    standards: str
    clock: str
    settle_ms: int
    grace_ms: int
    surely: str
    at_most: str
    options: dict[str, Any] = {}
    arrived_late: dict[str, dict[str, str]] = {}


def write_run(folder: Path, run: Run) -> None:
    """Writes the settings of a run into its recording."""
    text = msgspec.json.format(msgspec.json.encode(run), indent=2)
    (folder / SETTINGS).write_bytes(text + b"\n")


def read_folder(folder: Path) -> Recorded:
    """A recording; RecordingError where a part is missing or cannot be read."""
    run = _run(folder)
    recorded = Recorded(
        pack=load_pack(run.standards),
        settle=run.settle_ms,
        surely=parse_time(run.surely),
        at_most=parse_time(run.at_most),
        grace=run.grace_ms,
    )
    intake = Intake(str(_part(folder, EVENTS)))
    recorded.events = list(read_events(intake.name, intake))
    recorded.unreadable = intake.refusals
    recorded.say(_said(_part(folder, SAID)))
    for source, ids in run.arrived_late.items():
        recorded.arrivals |= {(source, id_): parse_time(at) for id_, at in ids.items()}
    return recorded


def late_arrivals(arrivals: dict[tuple[str, str], int]) -> dict[str, dict[str, str]]:
    """Late arrivals (ms) as they are written."""
    written: dict[str, dict[str, str]] = {}
    for (source, id_), at in arrivals.items():
        written.setdefault(source, {})[id_] = format_time(at)
    return written


def _part(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise RecordingError(f"{folder} is no recording: it has no {name}")
    return path


def _run(folder: Path) -> Run:
    path = _part(folder, SETTINGS)
    try:
        return msgspec.json.decode(path.read_bytes(), type=Run)
    except msgspec.DecodeError as wrong:
        raise RecordingError(f"{path}: {wrong}") from None


def _said(path: Path) -> list[Told]:
    said = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            news = read_news(line)
            said += [of_announcement(news)] if isinstance(news, Announcement) else []
        except ValidationError as invalid:
            raise RecordingError(f"{path}:{number}: no announcement: {invalid.errors()[0]['msg']}") from None
    return said
