"""What the import tests share: a small mapping to vary, and an import of a few lines of CSV."""

import json
from pathlib import Path

from feeds.importing.finding import read_mapping
from feeds.importing.importing import Importer
from feeds.importing.reading import open_export
from schemas.decoding import decode

SMALL = """\
mapping: small
about: a made-up export
source: made-up
time:
  zone: Europe/London
  formats: ["%Y-%m-%d %H:%M:%S"]
  ambiguous: refuse
  nonexistent: refuse
recorded: {at: event}
subject: "CAD-{number}"
events:
  - type: incident.created
    time: {column: received}
    required: true
    data: {grade: {column: grade}, borough: {column: place}}
  - type: unit.arrived
    time: {column: arrived}
    data: {unit: {constant: U1}}
"""
HEADER = "number,received,arrived,grade,place"
GOOD = "1,2025-06-01 10:00:00,2025-06-01 10:08:00,I,Marsh"


class Imported:
    """An import's events (as dicts and decoded), refusals and tally."""

    def __init__(self, tmp_path: Path, mapping: str, export: str | bytes) -> None:
        path = written(tmp_path, "mapping.yaml", mapping)
        csv = written(tmp_path, "export.csv", export)
        self.refusals = []
        document, read = read_mapping(path)
        importer = Importer(document, read, self.refusals.append)
        with open_export(str(csv), read.file) as opened:
            self.lines = list(importer.events(opened))
        self.decoded = [decode(line) for line in self.lines]
        self.events = [json.loads(line) for line in self.lines]
        self.tally = importer.tally

    @property
    def told(self) -> list[str]:
        return [str(refusal) for refusal in self.refusals]

    def times(self) -> dict[str, str]:
        return {event["id"]: event["time"] for event in self.events}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def lines(*rows: str) -> str:
    return "".join(row + "\n" for row in rows)


def varied(old: str, new: str, mapping: str = SMALL) -> str:
    assert old in mapping
    return mapping.replace(old, new)
