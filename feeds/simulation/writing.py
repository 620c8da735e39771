"""Lines of CloudEvents JSON."""

from typing import Any, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from schemas.times import format_time


class Line(NamedTuple):
    """One record ready to be written or sent; `everywhere`: to every partition of the topic (heartbeats).

    `recorded` is in ms; `number` keeps the order of lines recorded at one instant.
    """

    recorded: int
    number: int
    topic: str
    key: str
    value: bytes
    everywhere: bool = False


class _Envelope(msgspec.Struct):
    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str | UnsetType
    data: dict[str, Any]


_encode = msgspec.json.Encoder().encode


def written(
    id_: str, source: str, type_: str, subject: str, at: int, recorded: int, data: dict[str, Any]
) -> bytes:
    """One event as compact JSON, without a line end; `recordedtime` only where it differs from `time`."""
    seen = UNSET if recorded == at else format_time(recorded)
    return _encode(_Envelope("1.0", id_, source, type_, subject, format_time(at), seen, data))
