"""Events for tests, written as a control room would: offsets in, lines out."""

import json
from pathlib import Path
from typing import Any

from schemas.times import format_time, parse_duration, parse_time

START = parse_time("2009-10-24T20:00:00+01:00")


def at(offset: str) -> int:
    """The instant (ms) `+12m` after the tests' zero."""
    return START + parse_duration(offset.removeprefix("+"))


def event(offset: str, type_: str, subject: str, *, seen: str | None = None, **more: Any) -> bytes:
    """One event as a line of JSON; `seen` is when it was recorded; what is no envelope field is data."""
    envelope: dict[str, Any] = {
        "specversion": "1.0",
        "id": more.pop("id", f"{subject}-{type_}-{offset}"),
        "source": more.pop("source", "cad/test"),
        "type": type_,
        "subject": subject,
        "time": format_time(at(offset)),
    }
    if seen is not None:
        envelope["recordedtime"] = format_time(at(seen))
    return json.dumps(envelope | {"data": more}).encode() + b"\n"


def written(path: Path, *lines: bytes) -> Path:
    """A file of these lines."""
    path.write_bytes(b"".join(lines))
    return path
