"""Any number of recorded events in order of recording, in bounded memory (an external merge sort)."""

import heapq
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from types import TracebackType
from typing import IO, Self

import msgspec

from schemas.decoding import decode
from schemas.errors import Refused
from schemas.times import milliseconds

RUN_BYTES = 48 * 1024 * 1024
"""How many bytes of lines are sorted in memory at once; the process takes about twice that."""
_FRAME = struct.Struct("<qqI")


Recorded = tuple[int, int, bytes]
"""A line without its end: when it was recorded (ms), its number from 1, its bytes (plain, for speed)."""

Unreadable = Callable[[int, Refused], None]
"""Told the number of a line whose place in time cannot be read, and why."""


class _When(msgspec.Struct):
    time: str
    recordedtime: str | None = None


_when = msgspec.json.Decoder(_When).decode


def recorded_at(value: bytes) -> int:
    """When an event was recorded, in ms; Refused where that cannot be read. The rest is not looked at."""
    try:
        when = _when(value)
        return milliseconds(datetime.fromisoformat(when.recordedtime or when.time))
    except (msgspec.DecodeError, ValueError, TypeError) as invalid:
        decode(value)  # knows the exact reason
        raise Refused("bad-time", "recordedtime", str(invalid)) from None


class Recording:
    """Lines read through once and ready to be given back in order of recording; `first`, `last` in ms."""

    def __init__(self) -> None:
        self.count = 0
        self.unreadable = 0
        self.first: int | None = None
        self.last: int | None = None
        self._in_memory: list[Recorded] = []
        self._runs: list[IO[bytes]] = []

    @classmethod
    def of(cls, lines: Iterable[bytes], unreadable: Unreadable, run_bytes: int = RUN_BYTES) -> Self:
        """Read lines into sorted runs; equal instants keep their order, empty lines are nothing.

        Lines whose time cannot be read are handed to `unreadable` and left out. What memory should not
        hold is in temporary files, which close() removes.
        """
        recording = cls()
        try:
            recording._take(lines, unreadable, run_bytes)
        except BaseException:
            recording.close()
            raise
        return recording

    def _take(self, lines: Iterable[bytes], unreadable: Unreadable, run_bytes: int) -> None:
        size = 0
        for number, line in enumerate(lines, 1):
            value = line.strip()
            if not value:
                continue
            try:
                recorded = recorded_at(value)
            except Refused as refused:
                self.unreadable += 1
                unreadable(number, refused)
                continue
            self._in_memory.append((recorded, number, value))
            if (size := size + len(value)) > run_bytes:
                self._spill()
                size = 0
        self._sort()

    def _sort(self) -> None:
        """Put the run at hand in order, and take note of what it adds."""
        self._in_memory.sort()
        if self._in_memory:
            first, last = self._in_memory[0][0], self._in_memory[-1][0]
            self.first = first if self.first is None else min(self.first, first)
            self.last = last if self.last is None else max(self.last, last)
            self.count += len(self._in_memory)

    def _spill(self) -> None:
        self._sort()
        run = tempfile.TemporaryFile(prefix="pledgewatch-sort-")  # noqa: SIM115 - closed by close()
        self._runs.append(run)
        for recorded, number, value in self._in_memory:
            run.write(_FRAME.pack(recorded, number, len(value)) + value)
        run.flush()
        self._in_memory = []

    def __iter__(self) -> Iterator[Recorded]:
        return heapq.merge(self._in_memory, *(_back(run) for run in self._runs))

    def close(self) -> None:
        """Remove the temporary files."""
        for run in self._runs:
            run.close()
        self._runs = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _back(run: IO[bytes]) -> Iterator[Recorded]:
    """A run, read back from its file."""
    run.seek(0)
    while frame := run.read(_FRAME.size):
        recorded, number, length = _FRAME.unpack(frame)
        yield recorded, number, run.read(length)
