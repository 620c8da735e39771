"""Moving a recorded event in time: its own times and those inside its data."""

from typing import Any

import msgspec

from schemas.times import format_time, parse_time

OWN_TIMES = ("time", "recordedtime")
DATA_TIMES = ("for", "since", "child_due", "through")

_read = msgspec.json.Decoder().decode
_write = msgspec.json.Encoder().encode


def shifted(value: bytes, by: int) -> bytes:
    """A readable event as JSON, all its times `by` ms later (in UTC, whole ms); by 0 it stays as it is."""
    if by == 0:
        return value
    event = _read(value)
    _shift(event, OWN_TIMES, by)
    _shift(event.get("data") or {}, DATA_TIMES, by)
    return _write(event)


def _shift(fields: dict[str, Any], names: tuple[str, ...], by: int) -> None:
    for name in names:
        if fields.get(name) is not None:
            fields[name] = format_time(parse_time(fields[name]) + by)
