"""One replay into Kafka: sorted by recording, going on where it was, shifted, paced, sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal

import msgspec

from feeds.replay.addressing import Addressing, Record
from feeds.replay.pacing import Clock, paced
from feeds.replay.producing import produce
from feeds.replay.resuming import Note, Progress
from feeds.replay.shifting import shifted
from feeds.replay.sorting import Recording
from schemas.decoding import decode
from schemas.errors import Refused
from schemas.events import OF_SOURCES

Anchor = Literal["first", "last", "none"]
"""Which event is moved to now: the first, the last (so that all have happened), or none."""


@dataclass(frozen=True)
class Target:
    """Where to: brokers as host:port separated by commas, and further librdkafka options."""

    bootstrap: str
    security: Mapping[str, Any] = field(default_factory=dict)
    topics_appear: bool = False


@dataclass(frozen=True)
class Pace:
    """When: each event at its time by `clock`, waiting by `sleep` (seconds), or all of them at once."""

    clock: Clock
    sleep: Callable[[float], object]
    flat_out: bool
    anchor: Anchor


class Listener:
    """Whoever wants to know how a replay goes; this one does not."""

    def unreadable(self, number: int, refused: Refused) -> None:
        """Line `number` of the file cannot be read; it is left out."""

    def starts(self, done: int, total: int) -> None:
        """The recording is sorted: `total` events, of which an earlier replay has sent `done`."""

    def sent(self, done: int) -> None:
        """So many of the events are safely in Kafka, an earlier replay's included."""


class Outcome(msgspec.Struct):
    """How a replay ended: events an earlier one had done and this one sent, and lines not readable."""

    resumed: int
    sent: int
    unreadable: int


def replay(
    lines: Iterable[bytes], events: str, target: Target, pace: Pace, listener: Listener, note: Note | None
) -> Outcome:
    """Send events to Kafka in order of recording; `events` is their fingerprint.

    `note` keeps how far it has come; None keeps nothing. SendingError, ResumeError and OSError stop it;
    a line that cannot be read does not.
    """
    with Recording.of(lines, listener.unreadable) as recording:
        run = _Run(recording, _progress(recording, events, target, pace, note), listener, note)
        outcome = run.go(target, pace)
    if note is not None:
        note.remove()
    return outcome


def _progress(recording: Recording, events: str, target: Target, pace: Pace, note: Note | None) -> Progress:
    """Where an earlier replay stopped, or the beginning."""
    earlier = note.read(events, target.bootstrap) if note is not None else None
    return earlier or Progress(events, target.bootstrap, shift_for(recording, pace))


def shift_for(recording: Recording, pace: Pace) -> int:
    """By how many ms the recording is to be moved."""
    anchor = {"first": recording.first, "last": recording.last, "none": None}[pace.anchor]
    return 0 if anchor is None else pace.clock.now() - anchor


class _Run:
    """The sending itself, from the place in the sorted recording at which an earlier run stopped."""

    def __init__(
        self, recording: Recording, progress: Progress, listener: Listener, note: Note | None
    ) -> None:
        self._recording = recording
        self._progress = progress
        self._listener = listener
        self._note = note
        self._unreadable = recording.unreadable

    def go(self, target: Target, pace: Pace) -> Outcome:
        """Send what is left."""
        resumed = self._progress.done
        self._listener.starts(resumed, self._recording.count)
        timed = self._records(resumed)
        records: Iterable[Record | None] = (
            (record for _, record in timed) if pace.flat_out else paced(timed, pace.clock, pace.sleep)
        )
        sent = produce(
            records,
            target.bootstrap,
            security=target.security,
            sent=self._sent,
            topics_appear=target.topics_appear,
        )
        return Outcome(resumed, sent, self._unreadable)

    def _records(self, skip: int) -> Iterator[tuple[int, Record]]:
        """What is left of the recording, moved, each record with its instant (ms) and its place."""
        addressing, by = Addressing(), self._progress.shift
        for place, (recorded, number, value) in enumerate(islice(self._recording, skip, None), skip + 1):
            try:
                event = decode(value)
            except Refused as refused:
                self._unreadable += 1
                self._listener.unreadable(number, refused)
                continue
            moved, everywhere = shifted(value, event, by), event.fact.type in OF_SOURCES
            *first, last = addressing.topics(event)
            for topic in first:
                yield recorded + by, Record(topic, event.subject, moved, everywhere, place - 1)
            yield recorded + by, Record(last, event.subject, moved, everywhere, place)

    def _sent(self, last: Record) -> None:
        self._progress.done = last.place
        if self._note is not None:
            self._note.write(self._progress)
        self._listener.sent(last.place)
