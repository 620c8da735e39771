"""A subject's history: the set of its events. Adding one twice, or in another order, gives the same set."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import rfc8785

from schemas.events import WITHDRAWN
from schemas.facts import Fact
from schemas.times import format_time

MAX_FACTS = 500
MAX_BYTES = 256 * 1024
FEW = 32
"""So few facts cannot reach MAX_BYTES (the border bounds every text), so their bytes are not counted."""
UNREAD = frozenset({"call.concluded"})
"""Types that no rule reads: counted, not kept."""

_STOPS = (
    *("call.answered", "unit.arrived", "unit.staged", "message.responded", "appointment.kept"),
    *("comment.acknowledged", "collision.contacted", "victim.updated", "meeting.held"),
)
STARTS = (
    *("call.presented", "incident.created", "message.received", "appointment.requested"),
    *("comment.received", "collision.reported", "crime.recorded", "ward.month_opened"),
)
"""The types that begin a subject, one for each kind."""
_ORDER = (
    _STOPS,
    STARTS,
    ("incident.regraded",),
    ("incident.flagged", "appointment.made"),
    ("incident.cancelled",),
    ("incident.closed", "case.closed"),
    ("call.abandoned", "appointment.missed"),
    ("incident.reopened",),
    ("incident.merged", "incident.absorbed"),
    ("incident.unmerged", "incident.released"),
    ("unit.dispatched",),
    ("unit.stood_down", "unit.diverted"),
)
_RANK = {name: rank for rank, names in enumerate(_ORDER) for name in names}
_LAST = len(_ORDER)
_URGENCY = {"R": 1, "E": 2, "S": 3, "I": 4}
_encode = msgspec.json.Encoder().encode

OrderKey = tuple[int, int, int, str, str]


def order_key(fact: Fact) -> OrderKey:
    """Where a fact stands inside its subject (S2); among regrades of one ms the most urgent comes last."""
    urgency = _URGENCY[fact.data["grade"]] if fact.type == "incident.regraded" else 0
    return (fact.time, _RANK.get(fact.type, _LAST), urgency, fact.source, fact.id)


class History:
    """The facts of one subject, one for each (source, id); `full` once one had to be left out."""

    __slots__ = ("_bytes", "_facts", "_standing", "full")

    def __init__(self, facts: Iterable[Fact] = (), full: bool = False) -> None:
        self._facts = {(fact.source, fact.id): fact for fact in facts}
        self._standing: list[Fact] | None = None
        self._bytes = -1
        self.full = full

    def __iter__(self) -> Iterator[Fact]:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, fact: Fact) -> bool:
        """Put a fact into the set; whether that changed it (S1)."""
        key = (fact.source, fact.id)
        held = self._facts.get(key)
        if held is not None:
            return self._settle(key, held, fact)
        if len(self._facts) >= FEW and self._would_overflow(fact):
            changed, self.full = not self.full, True
            return changed
        self._facts[key] = fact
        self._append(fact)
        return True

    def standing(self) -> list[Fact]:
        """The facts that count, in order: none withdrawn, none told twice under two ids (S1, S2)."""
        if self._standing is None:
            facts = self._facts.values()
            gone = {(fact.source, fact.data["event"]) for fact in facts if fact.type == WITHDRAWN}
            standing = self._not_withdrawn(gone) if gone else facts
            self._standing = _told_once(sorted(standing, key=order_key))
        return self._standing

    def last_recorded(self) -> int:
        """When the last of its facts was recorded, in ms; 0 where it has none."""
        return max((fact.recorded for fact in self), default=0)

    def _append(self, fact: Fact) -> None:
        """Keep the order where the newest fact simply comes last, as it mostly does."""
        standing = self._standing
        in_order = standing is not None and (not standing or fact.time > standing[-1].time)
        all_stand = standing is not None and len(standing) + 1 == len(self._facts)
        if standing is not None and in_order and all_stand and fact.type != WITHDRAWN:
            standing.append(fact)
        else:
            self._standing = None

    def _settle(self, key: tuple[str, str], held: Fact, fact: Fact) -> bool:
        """Of two contents under one id the later recorded counts, then the greater canonical JSON (S1)."""
        if fact == held or _weight(fact) <= _weight(held):
            return False
        self._facts[key] = fact
        self._standing = None
        self._bytes = -1
        return True

    def _would_overflow(self, fact: Fact) -> bool:
        if self._bytes < 0:
            self._bytes = sum(len(_encode(held)) for held in self)
        size = len(_encode(fact))
        if len(self._facts) >= MAX_FACTS or self._bytes + size > MAX_BYTES:
            return True
        self._bytes += size
        return False

    def _not_withdrawn(self, gone: set[tuple[str, str]]) -> list[Fact]:
        return [fact for key, fact in self._facts.items() if fact.type != WITHDRAWN and key not in gone]


def _weight(fact: Fact) -> tuple[int, bytes]:
    content: Any = {"type": fact.type, "time": format_time(fact.time), "data": fact.data}
    return fact.recorded, rfc8785.dumps(content)


def _told_once(ordered: list[Fact]) -> list[Fact]:
    """Leave out what equals an earlier fact in type, time and data; the order puts the lowest id first."""
    kept: list[Fact] = []
    for fact in ordered:
        if not (kept and kept[-1].time == fact.time and _stands_already(fact, kept)):
            kept.append(fact)
    return kept


def _stands_already(fact: Fact, kept: list[Fact]) -> bool:
    for earlier in reversed(kept):
        if earlier.time != fact.time:
            return False
        if earlier.type == fact.type and earlier.data == fact.data:
            return True
    return False
