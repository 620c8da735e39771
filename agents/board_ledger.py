"""The ledger as the board knows it, counted by the very code the workers count with (clocks/roll.py, tallies.py)."""

import logging
from dataclasses import dataclass, field

from msgspec import DecodeError

from agents.open_clocks import seen
from board.now import OpenClock
from clocks.attributes import describe
from clocks.feeds import FEED
from clocks.roll import Roll
from clocks.saying import ClockState
from clocks.settled import TALLY, TIMES, read_week
from clocks.standard import Pack
from clocks.subject import Subject, decode_record
from schemas.events import KIND_TOPICS, kind_of
from streams.topic_reading import Record

log = logging.getLogger(__name__)


@dataclass
class Difference:
    """What differs since it was last asked for: None where it is gone."""

    clocks: dict[str, OpenClock | None] = field(default_factory=dict)
    stories: dict[str, bytes | None] = field(default_factory=dict)
    heard: dict[str, bytes | None] = field(default_factory=dict)


class BoardLedger:
    """Every partition of the ledger; of what is neither open nor told of no history is kept."""

    def __init__(self, pack: Pack, now: int) -> None:
        """`now`: the time in ms; what fell due too long ago is not counted."""
        self.open: dict[str, OpenClock] = {}
        self.stories: dict[str, bytes] = {}
        """By subject: its partition, a space, and its record; where a clock is open or somebody was told of one."""
        self.heard: dict[tuple[int, str], bytes] = {}
        """By partition and key: the records of feeds."""
        self._unreadable: set[tuple[int, str]] = set()
        self._pack = pack
        self._now = now
        self._rolls: dict[int, Roll] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._lacking: dict[str, int] = {}
        self._difference = Difference()

    @property
    def rolls(self) -> list[Roll]:
        """One a partition, as the workers have them."""
        return list(self._rolls.values())

    @property
    def unreadable(self) -> int:
        """Of how many keys the latest record cannot be read."""
        return len(self._unreadable)

    def take(self, record: Record) -> None:
        """Take in a record; one that cannot be read leaves what was known, and is counted."""
        name = (record.key or b"").decode(errors="replace")
        try:
            self._take(record.partition, name, record.value)
            self._unreadable.discard((record.partition, name))
        except DecodeError as wrong:
            self._unreadable.add((record.partition, name))
            log.error("%s, at %s of partition %s: %s", name, record.offset, record.partition, wrong)

    def advance(self, now: int) -> None:
        """Time has come to `now` (ms): what is no longer counted goes, what lacks a unit too long is so."""
        self._now = now
        for roll in self._rolls.values():
            roll.tallies.forget_before(now)
        for clock in [clock for clock, moment in self._lacking.items() if moment <= now]:
            del self._lacking[clock]
            self._see(clock, self.open[clock].model_copy(update={"unresourced": True}))

    def take_difference(self) -> Difference:
        """What differs since the last call."""
        difference, self._difference = self._difference, Difference()
        return difference

    def everything(self) -> Difference:
        """All there is, as if nothing had been known."""
        self._difference = Difference()
        heard = {f"{partition} {key}": value for (partition, key), value in self.heard.items()}
        return Difference(dict(self.open), dict(self.stories), dict(heard))

    def _take(self, partition: int, name: str, value: bytes | None) -> None:
        if name.startswith(TALLY):
            if value is not None and name != TIMES:
                record = read_week(value)
                self._roll(partition).tallies.restore_week(record.week, dict(record.counts))
        elif name.startswith(FEED):
            self._hear(partition, name, value)
        elif "/" not in name:
            if kind_of(name) not in KIND_TOPICS:
                raise DecodeError(f"{name} is of no known kind")
            subject = None if value is None else Subject.of(decode_record(value), self._pack)
            self._note(partition, name, subject)
            self._keep(name, b"%d %b" % (partition, value or b""), subject)

    def _roll(self, partition: int) -> Roll:
        roll = self._rolls.get(partition)
        if roll is None:
            roll = self._rolls[partition] = Roll(self._pack.zone)
            roll.tallies.forget_before(self._now)
        return roll

    def _note(self, partition: int, name: str, subject: Subject | None) -> None:
        """Count its clocks out as they were, and in as they are."""
        roll = self._roll(partition)
        for key in self._keys.pop(name, ()):
            roll.strike(f"{name}/{key}")
            self._see(f"{name}/{key}", None)
        if subject is None:
            return
        self._keys[name] = tuple(subject.clocks)
        for key, state in subject.clocks.items():
            roll.note(f"{name}/{key}", subject, state)
            if state.finding is not None and state.finding.open:
                self._see(f"{name}/{key}", self._seen(name, key, subject, state))

    def _seen(self, name: str, key: str, subject: Subject, state: ClockState) -> OpenClock:
        about = describe(subject.kind, subject.history.standing(), state.finding)
        told = seen(f"{name}/{key}", subject, state, about)
        lacking = told["unresourced"]
        if lacking is not None and lacking > self._now:
            self._lacking[f"{name}/{key}"] = lacking
        return OpenClock(**told | {"unresourced": lacking is not None and lacking <= self._now})

    def _see(self, clock: str, seen: OpenClock | None) -> None:
        if seen is None:
            self._lacking.pop(clock, None)
            if self.open.pop(clock, None) is None:
                return
        else:
            self.open[clock] = seen
        self._difference.clocks[clock] = seen

    def _keep(self, name: str, value: bytes, subject: Subject | None) -> None:
        if subject is not None and any(map(_watched, subject.clocks.values())):
            self.stories[name] = self._difference.stories[name] = value
        elif self.stories.pop(name, None) is not None:
            self._difference.stories[name] = None

    def _hear(self, partition: int, name: str, value: bytes | None) -> None:
        if value is None:
            self.heard.pop((partition, name), None)
        else:
            self.heard[partition, name] = value
        self._difference.heard[f"{partition} {name}"] = value


def _watched(state: ClockState) -> bool:
    """Whether it is on the board, or an alert was raised of it."""
    return (state.finding is not None and state.finding.open) or state.alarmed()
