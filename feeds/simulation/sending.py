"""A simulated day into Kafka."""

from collections.abc import Iterable
from itertools import islice

from feeds.replay.addressing import Record
from feeds.replay.pacing import paced
from feeds.replay.producing import produce
from feeds.replay.replaying import Pace, Target
from feeds.replay.resuming import Note, Progress
from feeds.simulation.writing import Line


def send(
    lines: Iterable[Line],
    target: Target,
    pace: Pace,
    note: Note | None = None,
    progress: Progress | None = None,
) -> int:
    """Send a day's lines, poison and all, at their times or flat out; how many were sent.

    Those that `progress` counts as done are left out; `note` keeps how far it has come.
    """
    so_far = progress or Progress(events="", bootstrap=target.bootstrap, shift=0)

    def noted(done: int) -> None:
        so_far.done = done
        if note is not None:
            note.write(so_far)

    noted(so_far.done)  # when the day began must be known before anything of it is sent
    rest = islice(enumerate(lines, 1), so_far.done, None)
    timed = ((line.recorded, record(line, place)) for place, line in rest)
    records: Iterable[Record | None] = (
        (each for _, each in timed) if pace.flat_out else paced(timed, pace.clock, pace.sleep)
    )
    return produce(
        records,
        target.bootstrap,
        security=target.security,
        sent=lambda last: noted(last.place),
        topics_appear=target.topics_appear,
    )


def record(line: Line, place: int = 0) -> Record:
    """A line as it is sent; `place` counts it among the day's lines."""
    return Record(line.topic, line.key, line.value, line.everywhere, place)
