"""Lines parted by subject into files: what one subject needs lies in one of them, in the order it was read."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import msgspec

BITS = 6
BUCKETS = 1 << BITS
LEVELS = 5
"""How often a bucket can be parted again: then the bits of a subject's checksum are used up."""
BUCKET_BYTES = 64 * 1024 * 1024
"""A bucket larger than this is parted again; judging one takes some eight times its bytes of memory."""
_BUFFER = 128 * 1024

Numbered = tuple[int, bytes]
"""A line's number in what was read, from 1, and its bytes."""


class _Subject(msgspec.Struct):
    subject: str


_subject = msgspec.json.Decoder(_Subject).decode


@dataclass(frozen=True)
class Bucket:
    """A file of numbered lines; `level` tells how often they were parted."""

    path: Path
    level: int

    def __iter__(self) -> Iterator[Numbered]:
        with self.path.open("rb", buffering=_BUFFER) as stored:
            for line in stored:
                number, _, value = line.partition(b" ")
                yield int(number), value

    def too_large(self) -> bool:
        """Whether it is to be parted before it is judged."""
        return self.level < LEVELS and self.path.stat().st_size > BUCKET_BYTES


def part(lines: Iterable[Numbered], folder: Path, level: int = 0) -> list[Bucket]:
    """Write the lines to buckets in a new folder; those that have no subject go anywhere, to be refused there."""
    folder.mkdir()
    paths = [folder / str(number) for number in range(BUCKETS)]
    shift = BITS * level
    with ExitStack() as opened:
        writes = [opened.enter_context(path.open("wb", buffering=_BUFFER)).write for path in paths]
        for number, line in lines:
            try:
                place = crc32(_subject(line).subject.encode()) >> shift
            except (msgspec.DecodeError, UnicodeError):
                place = number
            ending = b"" if line.endswith(b"\n") else b"\n"
            writes[place % BUCKETS](b"%d %b%b" % (number, line, ending))
    return [Bucket(path, level + 1) for path in paths if path.stat().st_size]
