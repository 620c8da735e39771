"""The backlog both jobs read: a simulated London day that ends now, at several times London's rate."""

import time
from collections import Counter
from random import Random
from typing import NamedTuple

from feeds.replay.producing import produce
from feeds.simulation.day import day, until
from feeds.simulation.sending import record
from feeds.simulation.writing import Line

HOURS = 25.0
"""Long enough for the messages' 24 hours to fall due in it."""
A_DAY = 75_000
"""What the simulated London records in those hours at its usual rate, about."""


class Backlog(NamedTuple):
    """The events, in order of recording."""

    lines: list[Line]
    size: int
    subjects: int
    by_topic: Counter[str]

    def __str__(self) -> str:
        topics = ", ".join(f"{topic} {count / self.size:.0%}" for topic, count in self.by_topic.most_common())
        mean = sum(len(line.value) for line in self.lines) / self.size
        return f"{self.size:,} events of {self.subjects:,} subjects, {mean:.0f} bytes on average ({topics})"


def simulated(events: int, seed: int = 1) -> Backlog:
    """A day of about so many events; the same seed and hour of the day give the same mix."""
    now = int(time.time() * 1000)
    begins = now - int(HOURS * 3_600_000)
    drawn = day(Random(seed), begins, hours=HOURS, rate=events / A_DAY, seed=seed)
    # The bare loop knows no slow promises: both jobs read what both can judge.
    lines = [line for line in until(drawn, now) if line.topic != "pledge-contact"]
    return Backlog(
        lines, len(lines), len({line.key for line in lines}), Counter(line.topic for line in lines)
    )


def fill(bootstrap: str, backlog: Backlog) -> float:
    """Puts the backlog into Kafka, stamped today; how many seconds that took."""
    began = time.monotonic()
    sent = produce(map(record, backlog.lines), bootstrap)
    assert sent == backlog.size, f"{sent} of {backlog.size} events are in Kafka"
    return time.monotonic() - began
