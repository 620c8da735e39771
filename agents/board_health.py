"""Whether the board's figures can be believed: is anybody judging, by what the ledger and the group show."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from board.now import Watch
from schemas.times import SECOND, format_duration
from streams.group import GroupState, Place, Reading

LATE = 5 * SECOND
"""How long a due clock may wait to be judged, and a record to be acknowledged, in ms of the wall."""
DEAD = 30 * SECOND
"""How long records may come and none be acknowledged before nobody is thought to be at work."""
QUIET = 60 * SECOND
"""How long, in ms of the wall, a worker is believed to be there after it wrote, where the brokers do not say."""


class Finding(NamedTuple):
    """How the watch stands, and by what."""

    watch: Watch
    evidence: str


class Signs(NamedTuple):
    """What is seen; durations in ms of the wall. `following`: the ledger is read to its end and the brokers answer.

    `overdue`: how many clocks should have been judged, and for how long the first; `stuck`: how long records have
    come to a partition without one being acknowledged; `quiet`: how long since a worker wrote to the ledger, None
    where none did before our eyes.
    """

    following: bool
    overdue: int
    overdue_for: int
    members: int | None
    stuck: int
    quiet: int | None = None


def judge_watch(signs: Signs) -> Finding:
    """How the watch stands; nothing at all is claimed while the ledger cannot be read."""
    if not signs.following:
        return Finding("unknown", "the ledger cannot be read to its end")
    if signs.members == 0:
        return Finding("dead", "; ".join(["no worker is running", *_told(signs)]))
    if signs.stuck >= DEAD:
        return Finding("dead", "; ".join(_told(signs)))
    if signs.overdue_for >= LATE or signs.stuck >= LATE:
        return Finding("late", "; ".join(_told(signs)))
    if signs.members is None and signs.quiet is not None and signs.quiet < QUIET:
        return Finding("alive", "the ledger is being written, nothing is overdue")
    if signs.members is None:
        return Finding(
            "unknown", "nothing is overdue, and the brokers do not say whether a worker is running"
        )
    workers = "1 worker is" if signs.members == 1 else f"{signs.members} workers are"
    return Finding("alive", f"{workers} running, nothing is overdue")


def _told(signs: Signs) -> list[str]:
    told = []
    if signs.overdue_for >= LATE:
        clocks = (
            "1 clock that fell due has"
            if signs.overdue == 1
            else f"{signs.overdue} clocks that fell due have"
        )
        told.append(f"{clocks} not been judged, the first for {_seconds(signs.overdue_for)}")
    if signs.stuck >= LATE:
        told.append(f"records have come and none was acknowledged for {_seconds(signs.stuck)}")
    return told


def _seconds(duration: int) -> str:
    return format_duration(duration // SECOND * SECOND)


@dataclass
class Progress:
    """Since when (ms of the wall) records wait in each partition without one being acknowledged.

    Offsets apart prove nothing: the marker of a transaction is an offset, and never acknowledged. Records that came
    after the last acknowledgement do.
    """

    _reading: Mapping[Place, Reading] = field(default_factory=dict)
    _since: dict[Place, int] = field(default_factory=dict)

    def take(self, state: GroupState, at: int) -> None:
        """What the brokers said at `at` (ms of the wall)."""
        if state.reading is None:
            return
        for place, reading in state.reading.items():
            before = self._reading.get(place)
            if before is None or reading.committed != before.committed or reading.committed >= reading.end:
                self._since.pop(place, None)
            elif reading.end > before.end:
                self._since.setdefault(place, at)
        self._reading = state.reading

    def stuck(self, at: int) -> int:
        """For how long (ms) the partition that has waited longest has waited."""
        return max((at - since for since in self._since.values()), default=0)

    @property
    def unread(self) -> int | None:
        """How many offsets are not acknowledged; None where the brokers did not say."""
        if not self._reading:
            return None
        return sum(max(0, reading.end - reading.committed) for reading in self._reading.values())
