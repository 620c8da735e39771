"""Events in order of recording, through temporary files: a million of them need not fit in memory."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from heapq import merge
from itertools import islice
from typing import IO

import msgspec

from schemas.facts import Event

RUN = 200_000
"""Events sorted in memory at a time: some 200 MB."""

_LENGTH = 4
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Event).decode


def by_recording(events: Iterable[Event], run: int = RUN) -> Iterator[Event]:
    """The same events by the instant they were recorded; those of one instant stay in the order given."""
    left = iter(events)
    with ExitStack() as files:
        runs: list[Iterator[Event]] = []
        while chunk := sorted(islice(left, run), key=_recorded):
            if len(chunk) < run and not runs:
                yield from chunk
                return
            runs.append(_stored(chunk, files.enter_context(tempfile.TemporaryFile())))
        yield from merge(*runs, key=_recorded)


def _recorded(event: Event) -> int:
    return event.fact.recorded


def _stored(chunk: list[Event], file: IO[bytes]) -> Iterator[Event]:
    for event in chunk:
        packed = _encode(event)
        file.write(len(packed).to_bytes(_LENGTH, "big") + packed)
    file.seek(0)
    return _read_back(file)


def _read_back(file: IO[bytes]) -> Iterator[Event]:
    while size := file.read(_LENGTH):
        yield _decode(file.read(int.from_bytes(size, "big")))
