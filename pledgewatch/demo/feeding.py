"""The simulated day as it is sent to Kafka, in a thread of its own, until told to stop."""

import threading
from collections.abc import Iterator
from random import Random

from feeds.replay.replaying import Pace, Target
from feeds.simulation.day import day
from feeds.simulation.sending import send
from feeds.simulation.writing import Line
from schemas.errors import PledgeWatchError
from streams.clock import Clock


class _Enough(Exception):  # noqa: N818 - no error: the feeder was told to stop
    """Stops the sending from within its sleep."""


class Feeder:
    """Sends a day that begins when it is started, each event at its time by `clock`."""

    def __init__(self, bootstrap: str, clock: Clock, seed: int, rate: float) -> None:
        self.sent = 0
        self.failure: PledgeWatchError | None = None
        self.finished = False
        self._target = Target(bootstrap, topics_appear=True)
        self._clock = clock
        self._seed = seed
        self._rate = rate
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._feed, name="feeder", daemon=True)

    def start(self) -> None:
        """Begins the day, now."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the day; returns once all that was sent is in Kafka."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(15)

    def _feed(self) -> None:
        try:
            send(self._lines(), self._target, Pace(self._clock, self._sleep, flat_out=False, anchor="none"))
            self.finished = True
        except _Enough:
            pass
        except PledgeWatchError as failure:
            self.failure = failure

    def _lines(self) -> Iterator[Line]:
        random = Random(self._seed)  # noqa: S311 - seeded on purpose
        for line in day(random, self._clock.now(), rate=self._rate, seed=self._seed):
            if self._stop.is_set():
                return
            yield line
            self.sent += 1  # whoever asks for the next has handed this one over

    def _sleep(self, seconds: float) -> None:
        if self._stop.wait(seconds):
            raise _Enough
