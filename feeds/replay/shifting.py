"""Moving a recorded event in time: its own times and those inside its data."""

from typing import Any

import msgspec
from msgspec import Raw

from schemas.facts import Event
from schemas.times import format_time

DATA_TIMES = ("for", "since", "child_due", "through", "from", "until")

_fields = msgspec.json.Decoder(dict[str, Raw]).decode
_data = msgspec.json.Decoder(dict[str, Any]).decode
_write = msgspec.json.Encoder().encode


def shifted(value: bytes, event: Event, by: int) -> bytes:
    """The record `value`, decoded as `event`, with all its times `by` ms later (in UTC, whole ms).

    Fields that no model knows stay as they are; by 0 the whole record does.
    """
    if by == 0:
        return value
    fields, fact = _fields(value), event.fact
    fields["time"] = _time(fact.time + by)
    if fields.get("recordedtime", _NULL) != _NULL:
        fields["recordedtime"] = _time(fact.recorded + by)
    times = {name: format_time(fact.data[name] + by) for name in DATA_TIMES if name in fact.data}
    if times:
        fields["data"] = Raw(_write(_data(fields["data"]) | times))
    return _write(fields)


_NULL = Raw(b"null")


def _time(ms: int) -> Raw:
    return Raw(f'"{format_time(ms)}"'.encode())
