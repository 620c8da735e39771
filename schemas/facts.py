"""An event as the engine keeps it."""

from typing import Any, NamedTuple

import msgspec


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One event of a history, normalised: unknown and null data are gone, times are whole ms UTC."""

    source: str
    id: str
    type: str
    time: int
    recorded: int
    data: dict[str, Any]


class Event(NamedTuple):
    """A decoded record: whose history it belongs to, its topic, and how many fields were dropped."""

    subject: str
    topic: str
    fact: Fact
    dropped: int = 0
