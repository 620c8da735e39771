"""A subject's history: the set of its events. Adding one twice, or in another order, gives the same set."""

from collections.abc import Iterable
from typing import Any

import msgspec
import rfc8785

from schemas.events import WITHDRAWN
from schemas.facts import Fact
from schemas.times import format_time

MAX_FACTS = 500
MAX_BYTES = 256 * 1024
UNREAD = frozenset({"call.concluded"})
"""Types that no rule reads: counted, not kept."""

_ORDER = (
    ("call.answered", "unit.arrived", "unit.staged", "message.responded", "appointment.kept"),
    ("comment.acknowledged", "collision.contacted", "victim.updated", "meeting.held"),
    ("call.presented", "incident.created", "message.received", "appointment.requested"),
    ("comment.received", "collision.reported", "crime.recorded", "ward.month_opened"),
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
_SAME_RANK = {1: 0, 3: 2}  # two lines of one rank each: stops, starts
_RANK = {name: _SAME_RANK.get(rank, rank) for rank, names in enumerate(_ORDER) for name in names}
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

    __slots__ = ("_bytes", "_facts", "full")

    def __init__(self, facts: Iterable[Fact] = (), full: bool = False) -> None:
        self._facts = {(fact.source, fact.id): fact for fact in facts}
        self._bytes = -1  # counted when needed: a restored history may never grow again
        self.full = full

    def __iter__(self) -> Any:
        return iter(self._facts.values())

    def __len__(self) -> int:
        return len(self._facts)

    def add(self, fact: Fact) -> bool:
        """Put a fact into the set; whether that changed it (S1)."""
        key = (fact.source, fact.id)
        held = self._facts.get(key)
        if held is not None:
            return self._settle(key, held, fact)
        if self._would_overflow(fact):
            changed, self.full = not self.full, True
            return changed
        self._facts[key] = fact
        return True

    def standing(self) -> list[Fact]:
        """The facts that count, in order: none withdrawn, none told twice under two ids (S1, S2)."""
        facts = self._facts.values()
        if any(fact.type == WITHDRAWN for fact in facts):
            facts = self._not_withdrawn()  # type: ignore[assignment]
        return _told_once(sorted(facts, key=order_key))

    def _settle(self, key: tuple[str, str], held: Fact, fact: Fact) -> bool:
        """Of two contents under one id the later recorded counts, then the greater canonical JSON (S1)."""
        if fact == held or _weight(fact) <= _weight(held):
            return False
        self._facts[key] = fact
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

    def _not_withdrawn(self) -> list[Fact]:
        gone = {(fact.source, fact.data["event"]) for fact in self if fact.type == WITHDRAWN}
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
