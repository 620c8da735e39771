"""Events from a file or standard input: plain or gzip, one JSON object a line; what it refuses is told."""

import gzip
import io
import sys
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from feeds.replay.sorting import Recording
from schemas.decoding import check_future, decode
from schemas.errors import PledgeWatchError, Refused
from schemas.events import OF_SOURCES
from schemas.facts import Event

SHOWN = 20
"""How many refusals are told one by one before only their number is."""

STDIN = "-"
_GZIP = b"\x1f\x8b"
_BUFFER = 1 << 20


class UnreadableError(PledgeWatchError):
    """A file of events that cannot be read as one.

    Operator action: check that the path is right and the file whole.
    """


@dataclass
class Intake:
    """What was read of one file of events: how many, fields dropped, what was refused and why."""

    name: str
    with_signs: bool = False
    """Whether heartbeats and outages are given back too: they are no events of a subject."""
    events: int = 0
    heartbeats: int = 0
    dropped_fields: int = 0
    too_late: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    @property
    def refusals(self) -> int:
        """How many lines could not be read."""
        return sum(self.refused.values())

    def take(self, number: int, line: bytes) -> Event | None:
        """The event of a line; None where it has none, or none that can be read."""
        try:
            event = decode(line)
            # Without a stream there is no wall clock to be ahead of: only the event's own times are held.
            check_future(event, event.fact.recorded)
        except Refused as error:
            self.refuse(number, error)
            return None
        if event.fact.type in OF_SOURCES:
            self.heartbeats += 1
            return event if self.with_signs else None
        self.events += 1
        self.dropped_fields += event.dropped
        return event

    def refuse(self, number: int, error: Refused) -> None:
        """Counts a line that cannot be read; the first of them are told on standard error."""
        self.refused[error.reason] = self.refused.get(error.reason, 0) + 1
        if self.refusals <= SHOWN:
            self.show(number, str(error))

    def late(self, number: int) -> None:
        """Counts events that came too late to be judged (S8)."""
        self.too_late += number

    def show(self, number: int, error: str) -> None:
        """Tells of one refusal."""
        tell(f"{self.name}:{number}: {error}")

    def take_over(self, parts: "Iterable[SilentIntake]") -> None:
        """Counts what others took in of the same lines, and tells the first of what they refused."""
        shown = []
        for part in parts:
            self.events += part.events
            self.heartbeats += part.heartbeats
            self.dropped_fields += part.dropped_fields
            self.too_late += part.too_late
            for reason, number in part.refused.items():
                self.refused[reason] = self.refused.get(reason, 0) + number
            shown += part.shown
        for refusal in sorted(shown)[:SHOWN]:
            self.show(*refusal)

    def tell_rest(self) -> None:
        """Tells on standard error what was left out, if anything: lines by reason, and data fields."""
        if self.dropped_fields:
            tell(f"{self.name}: {self.dropped_fields} data fields that nobody knows were left out")
        if self.too_late:
            tell(
                f"{self.name}: {self.too_late} events too late for a subject forgotten by then (S8) were left out"
            )
        if self.refusals:
            reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(self.refused.items()))
            tell(f"{self.name}: {self.refusals} of {self.refusals + self.events} lines not read: {reasons}")


@dataclass
class SilentIntake(Intake):
    """Keeps what it would show: for a part of the lines, whose refusals are told with those of the others."""

    shown: list[tuple[int, str]] = field(default_factory=list)

    def show(self, number: int, error: str) -> None:
        """Keeps one refusal."""
        self.shown.append((number, error))


def tell(message: str) -> None:
    """A word to the user, beside the output."""
    print(f"pledgewatch: {message}", file=sys.stderr)


def read_events(path: str, intake: Intake) -> Iterator[Event]:
    """The events of a file (`-` is standard input) as they stand in it; refusals go to `intake`.

    Empty lines and heartbeats are no events. UnreadableError where the file itself is at fault.
    """
    with open_lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            event = None if line.isspace() else intake.take(number, line)
            if event is not None:
                yield event


def read_by_recording(path: str, intake: Intake) -> Iterator[Event]:
    """The same in order of recording, through temporary files: a million events need not fit in memory."""
    with open_lines(path) as lines, Recording.of(lines, intake.refuse) as recording:
        for _, number, line in recording:
            event = intake.take(number, line)
            if event is not None:
                yield event


@contextmanager
def open_lines(path: str) -> Iterator[Iterator[bytes]]:
    """The lines of a file or of standard input, unpacked where they are gzip, whatever the name says.

    UnreadableError, while they are read, where the gzip file is damaged.
    """
    if path == STDIN:
        yield _whole(_unpacked(sys.stdin.buffer), path)
        return
    with Path(path).open("rb", buffering=_BUFFER) as file:
        yield _whole(_unpacked(file), path)


def _unpacked(file: BinaryIO) -> BinaryIO:
    buffered = cast(io.BufferedReader, file)
    if buffered.peek(2)[:2] == _GZIP:
        return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(fileobj=file), _BUFFER))
    return file


def _whole(lines: BinaryIO, path: str) -> Iterator[bytes]:
    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error) as broken:
        raise UnreadableError(f"{path}: the gzip file is damaged or cut short: {broken}") from None
