"""A feed at an even pace: calls and incidents that keep coming, as fast as told, recorded as they happen.

Run as a process of its own (`python -m benchmarks.live BOOTSTRAP RATE WARM_UP SECONDS`), so that it slows nobody
down. Of its 999 calls 12 % are answered late, of the others 25 %; a tenth of its incidents is never attended.
Incidents are keyed in eleven minutes after they began, so that their twelve fall due while somebody measures.
"""

import heapq
import json
import sys
import time
from collections.abc import Iterator
from random import Random
from typing import Any

from confluent_kafka import Producer

from feeds.replay.producing import OPTIONS
from feeds.simulation.chance import around, one_of, spread_for
from feeds.simulation.writing import written
from schemas.events import TYPES
from schemas.times import MINUTE, SECOND

TICK = 0.005
EVENTS_A_SUBJECT = 2.85
"""What is sent of each while it is measured: some answers and arrivals come later, some never."""
SHARE_999, SHARE_101 = 0.35, 0.45
BOROUGHS = tuple(f"Borough {number:02}" for number in range(32))
_IN_10_S, _IN_30_S = spread_for(4.0, 10.0, 0.88), spread_for(14.0, 30.0, 0.75)
Told = tuple[float, int, str, str, float, dict[str, Any]]
"""When to send it (s), a number, type, subject, when it happened (s), data."""


class Feed:
    """Subjects that begin at an even pace, and what happens to each."""

    def __init__(self, rate: float, begins: float, seed: int = 1) -> None:
        self._random, self._label = Random(seed), f"{int(begins):x}"
        self._gap, self._next, self._numbers = EVENTS_A_SUBJECT / rate, begins, 0
        self._pending: list[Told] = []

    def until(self, now: float) -> Iterator[Told]:
        """What is to be sent by `now`, in order."""
        while self._next <= now:
            self._begin(self._next)
            self._next += self._gap
        while self._pending and self._pending[0][0] <= now:
            yield heapq.heappop(self._pending)

    def _begin(self, at: float) -> None:
        draw = self._random.random()
        if draw < SHARE_999:
            self._call(at, "999", around(self._random, 4.0, _IN_10_S))
        elif draw < SHARE_999 + SHARE_101:
            self._call(at, "101", around(self._random, 14.0, _IN_30_S))
        else:
            self._incident(at)

    def _call(self, at: float, line: str, waited: float) -> None:
        subject = self._subject("CALL")
        self._tell(at, "call.presented", subject, at, line=line, borough=one_of(self._random, BOROUGHS))
        answered = at + waited
        self._tell(answered, "call.answered", subject, answered, handler="h1")
        self._tell(answered + 5, "call.concluded", subject, answered + 5, told_next_step=True)

    def _incident(self, at: float) -> None:
        subject, random = self._subject("CAD"), self._random
        began = at - 11 * MINUTE / SECOND - 50 * random.random()
        borough = one_of(random, BOROUGHS)
        self._tell(at, "incident.created", subject, began, grade="I", borough=borough, category="violence")
        self._tell(at + 1, "unit.dispatched", subject, at + 1, unit="GD21")
        arrived = at + 1 + 40 * random.random()
        if random.random() < 0.9:
            self._tell(arrived, "unit.arrived", subject, arrived, unit="GD21")

    def _tell(self, send: float, type_: str, subject: str, at: float, /, **data: Any) -> None:
        self._numbers += 1
        heapq.heappush(self._pending, (send, self._numbers, type_, subject, at, data))

    def _subject(self, kind: str) -> str:
        self._numbers += 1
        return f"{kind}-{self._label}-{self._numbers}"


def run(bootstrap: str, rate: float, warm_up: float, seconds: float) -> dict[str, float]:
    """Feeds for so long; the rate after the warm-up, and how late the latest event was sent (ms)."""
    producer = Producer({**OPTIONS, "bootstrap.servers": bootstrap, "linger.ms": 2})
    began = time.time()
    feed, sent, latest = Feed(rate, began), 0, 0.0
    while (now := time.time()) < began + warm_up + seconds:
        for due, number, type_, subject, at, data in feed.until(now):
            recorded, latest = int(time.time() * 1000), max(latest, now - due)
            value = written(f"e{number}", "bench", type_, subject, int(at * 1000), recorded, data)
            producer.produce(TYPES[type_].topics[0], value, subject)
            sent += now >= began + warm_up
        producer.poll(0)
        time.sleep(TICK)
    assert producer.flush(30) == 0, "Kafka did not take every event"
    return {"rate": sent / seconds, "latest_ms": latest * 1000}


def main() -> None:
    """Prints what was sent as JSON."""
    bootstrap, *numbers = sys.argv[1:]
    print(json.dumps(run(bootstrap, *map(float, numbers))))


if __name__ == "__main__":
    main()
