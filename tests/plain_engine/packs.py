"""A pack's numbers as plain dicts, read from its YAML."""

from datetime import datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from schemas.times import parse_duration
from tests.plain_engine.calendar import moment

PACKS = Path(__file__).resolve().parents[2] / "standards" / "packs"


def read_packs(names):
    """N5: packs that follow one another, "A,B@DAY": each with the moment (ms) from which it judges what starts."""
    first, *later = names.split(",")
    packs = [(0, read_pack(first))]
    for each in later:
        name, _, day = each.partition("@")
        pack = read_pack(name)
        packs.append((moment(datetime.fromisoformat(day), pack["zone"]), pack))
    return packs


def read_pack(name):
    """The numbers of a pack, by its id or path; durations in ms."""
    path = Path(name) if str(name).endswith(".yaml") else PACKS / f"{name}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {
        "id": document["id"],
        "zone": ZoneInfo(document["time_zone"]),
        "skew": parse_duration(document["skew"]["value"]),
        "shifts": sorted(time.fromisoformat(each) for each in document["shifts"]["at"]),
        "standards": {each["id"]: _standard(each) for each in document["standards"]},
    }


def _standard(document):
    limit = document["limit"]
    written = limit.get("under") or limit.get("within")
    return {
        "limit": parse_duration(written) if written else None,
        "areas": {area: parse_duration(each) for area, each in limit.get("areas", {}).items()},
        "working_days": limit.get("working_days"),
        "under": "under" in limit,
        "at_risk": document.get("at_risk", {}).get("percent"),
        "unresourced": parse_duration(document["unresourced"]["after"])
        if "unresourced" in document
        else None,
        "counts_staged": document.get("counts_staged", False),
    }
