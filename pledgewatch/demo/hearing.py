"""What went through Kafka, read back as it comes: told on, and written down where a recording is wanted."""

import threading
import time
from collections import deque
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from pydantic import ValidationError

from pledgewatch.verifying.folder import EVENTS, SAID
from pledgewatch.verifying.topics import UNDER_WAY
from schemas.announcements import News, read_news
from schemas.decoding import decode
from schemas.errors import PledgeWatchError, Refused
from schemas.events import INPUT_TOPICS
from streams.clock import Clock
from streams.connection import Connection
from streams.topic_reading import Record, TopicReader
from streams.topics import ALERTS, DEAD_LETTERS

QUIET_SECONDS = 1.0
"""How long nothing must come before all has been read, once nobody writes any more."""


class Hearing:
    """Reads inputs, announcements and dead letters from now on, in a thread of its own."""

    def __init__(self, connection: Connection, clock: Clock, folder: Path | None) -> None:
        self.announcements: deque[News] = deque()
        self.events = 0
        self.dead_letters = 0
        self.arrived_late: dict[tuple[str, str], int] = {}
        self.failure: PledgeWatchError | None = None
        self._connection = connection
        self._clock = clock
        self._files = ExitStack()
        self._events = self._file(folder, EVENTS)
        self._said = self._file(folder, SAID)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._hear, name="hearing", daemon=True)

    def start(self) -> None:
        """Begins to read."""
        self._thread.start()

    def stop(self) -> None:
        """Reads what is left and closes the files; nobody may write any more."""
        self._ending.set()
        if self._thread.is_alive():
            self._thread.join(30)
        self._files.close()

    def _file(self, folder: Path | None, name: str) -> IO[bytes] | None:
        return self._files.enter_context((folder / name).open("wb")) if folder is not None else None

    def _hear(self) -> None:
        try:
            with TopicReader(self._connection, [*INPUT_TOPICS, ALERTS, DEAD_LETTERS]) as reader:
                self._until_quiet(reader)
        except PledgeWatchError as failure:
            self.failure = failure

    def _until_quiet(self, reader: TopicReader) -> None:
        last = time.monotonic()
        while not self._ending.is_set() or time.monotonic() - last < QUIET_SECONDS:
            records = reader.some()
            if records:
                last = time.monotonic()
            for record in records:
                self._take(record)

    def _take(self, record: Record) -> None:
        if record.topic == DEAD_LETTERS:
            self.dead_letters += 1
        elif record.topic == ALERTS:
            self._take_announcement(record.value or b"")
        else:
            self._take_event(record)

    def _take_announcement(self, value: bytes) -> None:
        _write(self._said, value)
        try:
            self.announcements.append(read_news(value))
        except ValidationError as invalid:
            self.failure = PledgeWatchError(f"an announcement cannot be read: {invalid.errors()[0]['msg']}")

    def _take_event(self, record: Record) -> None:
        self.events += 1
        if self._events is None:
            return
        _write(self._events, record.value or b"")
        try:
            fact = decode(record.value or b"", record.topic).fact
        except Refused:
            return
        arrived = self._clock.now() - self._clock.of_wall(time.time_ns() // 1_000_000 - record.timestamp)
        if arrived > fact.recorded + self._clock.of_wall(UNDER_WAY):
            self.arrived_late[fact.source, fact.id] = arrived


def _write(file: IO[bytes] | None, value: bytes) -> None:
    if file is not None:
        file.write(value.replace(b"\n", b" ") + b"\n")
