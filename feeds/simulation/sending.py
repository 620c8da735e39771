"""A simulated day into Kafka."""

from collections.abc import Iterable

from feeds.replay.addressing import Record
from feeds.replay.pacing import paced
from feeds.replay.producing import produce
from feeds.replay.replaying import Pace, Target
from feeds.simulation.writing import Line


def send(lines: Iterable[Line], target: Target, pace: Pace) -> int:
    """Send a day's lines, poison and all, at their times or flat out; how many are in Kafka at the end."""
    timed = ((line.recorded, record(line)) for line in lines)
    records: Iterable[Record | None] = (
        (each for _, each in timed) if pace.flat_out else paced(timed, pace.clock, pace.sleep)
    )
    return produce(records, target.bootstrap, security=target.security, topics_appear=target.topics_appear)


def record(line: Line) -> Record:
    """A line as it is sent."""
    return Record(line.topic, line.key, line.value, line.everywhere)
