"""Which promise an incident falls under: its class, by grade, flags and absorbed children (I1, I9)."""

from typing import Any, NamedTuple

from clocks.standard import Pack, Standard
from schemas.facts import Fact

IMMEDIATE = "attend-immediate"
PRIORITY = "attend-priority"
_URGENCY = {None: 0, PRIORITY: 1, IMMEDIATE: 2}


class Promise(NamedTuple):
    """What a child passes on: its class, its deadline, since when that has been running (ms), and by what fact."""

    standard: str
    due: int
    since: int
    absorbed: Fact


def class_of(grade: str, vulnerable: bool, ward_priority: bool) -> str | None:
    """The class of a grade with its flags (I1)."""
    if grade == "I":
        return IMMEDIATE
    return PRIORITY if grade == "S" or vulnerable or ward_priority else None


def more_urgent(one: str | None, other: str | None) -> str | None:
    """The more urgent of two classes."""
    return one if _URGENCY[one] >= _URGENCY[other] else other


class Classes:
    """An incident's class as its events go by."""

    def __init__(self, start: Fact, pack: Pack) -> None:
        data = start.data
        self.pack = pack
        self.area = data.get("area")
        self.grade: str = data["grade"]
        self.promises: list[Promise] = []
        self._vulnerable = bool(data.get("vulnerable"))
        self._ward_priority = bool(data.get("ward_priority"))

    @property
    def own(self) -> str | None:
        """The class of its own grade and flags."""
        return class_of(self.grade, self._vulnerable, self._ward_priority)

    @property
    def now(self) -> str | None:
        """The class it is in: its own, or a more urgent child's (I9)."""
        found = self.own
        for promise in self.promises:
            found = more_urgent(found, promise.standard)
        return found

    def standard(self, name: str | None) -> Standard | None:
        """The pack's standard for a class; none where the pack does not promise it."""
        return self.pack.standards.get(name) if name else None

    def regrade(self, data: dict[str, Any]) -> None:
        """Take a new grade."""
        self.grade = data["grade"]

    def flag(self, data: dict[str, Any]) -> None:
        """Set a flag, or take it away."""
        self._vulnerable = bool(data.get("vulnerable", self._vulnerable))
        self._ward_priority = bool(data.get("ward_priority", self._ward_priority))

    def absorb(self, fact: Fact) -> None:
        """Take over a child's promise, unless it has none or had been broken by then (I9)."""
        name = self._class_of_child(fact.data)
        standard = self.standard(name)
        if name is None or standard is None:
            return
        since = fact.data["since"]
        due = fact.data.get("child_due", since + standard.limit_in(self.area))
        if standard.in_time(fact.time, due):
            self.promises.append(Promise(name, due, since, fact))

    def _class_of_child(self, data: dict[str, Any]) -> str | None:
        """By its grade; a child with a deadline had a class, so grade E or R with one had a flag."""
        grade = data.get("grade")
        return class_of(grade, vulnerable="child_due" in data, ward_priority=False) if grade else self.own
