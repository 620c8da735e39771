"""How far a replay has come, in a small file, so that a killed one goes on where it was."""

import hashlib
from pathlib import Path

import msgspec

from schemas.errors import PledgeWatchError

SAMPLE_BYTES = 64 * 1024


class ResumeError(PledgeWatchError):
    """The note of an earlier replay does not fit this one.

    Operator action: delete the file the message names to start over, or replay what it tells of.
    """


class Progress(msgspec.Struct, forbid_unknown_fields=True):
    """Which events, to which Kafka, shifted by how many ms, and how many of them in order are done."""

    events: str
    bootstrap: str
    shift: int
    done: int = 0


def fingerprint(path: Path) -> str:
    """What tells one recording from another: its size, and how it begins and ends."""
    size = path.stat().st_size
    digest = hashlib.sha256(str(size).encode())
    with path.open("rb") as file:
        digest.update(file.read(SAMPLE_BYTES))
        file.seek(max(0, size - SAMPLE_BYTES))
        digest.update(file.read())
    return digest.hexdigest()[:32]


class Note:
    """The file that holds a replay's progress; it is gone once the replay has ended."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, events: str, bootstrap: str) -> Progress | None:
        """What an earlier replay left, None if nothing; ResumeError where it tells of something else."""
        try:
            progress = msgspec.json.decode(self._path.read_bytes(), type=Progress)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError as invalid:
            raise ResumeError(
                f"{self._path}: not a replay's note ({invalid}): delete it to start over"
            ) from None
        for what, noted, now in (
            ("recording", progress.events, events),
            ("Kafka", progress.bootstrap, bootstrap),
        ):
            if noted != now:
                raise ResumeError(
                    f"{self._path}: tells of a replay of another {what}, {progress.done:,} events in:"
                    " delete it to start over"
                )
        return progress

    def write(self, progress: Progress) -> None:
        """Put the note in place at once, so that a kill leaves the old one or the new one."""
        part = self._path.with_name(f"{self._path.name}.part")
        part.write_bytes(msgspec.json.encode(progress) + b"\n")
        part.replace(self._path)

    def remove(self) -> None:
        """The replay has ended."""
        self._path.unlink(missing_ok=True)
