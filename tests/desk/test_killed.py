"""`kill -9` of a desk between any two steps of a telling: another tells, and only what had been sent goes twice."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from alerting.alert import fold
from alerting.entries import read_entry
from schemas.actions import Notified
from schemas.times import format_time
from streams.connection import Connection
from tests.alerting import policies
from tests.alerting.entries import news
from tests.cli.events import at
from tests.desk.mortal import work
from tests.redis.broker import announce, connection

__all__ = ["connection"]
pytestmark = [pytest.mark.redis, pytest.mark.slow]
POINTS = {
    "before claim": 1,
    "after claim": 1,  # step 2
    "after read_to": 1,  # step 3
    "after set_attempt": 1,
    "after renew": 1,
    "after send": 2,  # step 4: nobody knows that it went out
    "after record": 1,  # step 5
    "after add": 1,  # step 6
    "after release": 1,  # step 7
}
"""Where one dies, and how often that is told then."""
WITHIN = 20.0


class Office:
    """Two desks that are started again when they die."""

    def __init__(self, connection: Connection, redis_url: str, where: Path) -> None:
        self.where = where
        (where / "next").write_text("")
        (where / "sent").touch()
        self._forks = multiprocessing.get_context("forkserver")
        self._forks.set_forkserver_preload(["tests.desk.mortal"])
        clock = f"scaled:{format_time(at('+13m'))}={format_time(time.time_ns() // 1_000_000)}@1"
        policy = policies.policy(ladders={"full": [{"tell": "inspector", "by": ["sms"]}]})
        self._given = (connection.bootstrap, redis_url, clock, policy, where)
        self._connection, self._redis = connection, Redis.from_url(redis_url)
        self._desks: list[Any] = []

    def keep_two(self) -> None:
        self._desks = [desk for desk in self._desks if desk.is_alive()]
        while len(self._desks) < 2:
            desk = self._forks.Process(
                target=work, args=(*self._given, f"desk-{time.monotonic()}"), daemon=True
            )
            desk.start()
            self._desks.append(desk)

    def stop(self) -> None:
        for desk in self._desks:
            desk.kill()
            desk.join()

    def until(self, asked: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + WITHIN
        while not asked():
            assert time.monotonic() < deadline, f"{what}: not within {WITHIN:.0f} s"
            self.keep_two()
            time.sleep(0.02)

    def recorded(self, clock: str) -> int:
        held = self._redis.hgetall(f"pledgewatch:alerts:alert/{clock}")
        alert = fold(map(read_entry, held.values()))
        return sum(isinstance(action, Notified) for action in alert.actions) if alert else 0

    def claimed(self) -> bool:
        return bool(self._redis.keys("*claim:*"))

    def sent(self) -> Counter[str]:
        return Counter(line.split()[0] for line in (self.where / "sent").read_text().splitlines())

    def tell(self, clock: str, killed: str) -> None:
        """An alert, during whose telling one of the desks is killed."""
        (self.where / "next").write_text(killed)
        announce(self._connection, news("clock.breached", "+12m", 1, clock))
        died = self.where / f"died-{killed.replace(' ', '-')}"
        self.until(died.exists, f"nobody died {killed}")
        self.until(lambda: self.recorded(clock) == 1, f"nobody told after one died {killed}")
        self.until(lambda: not self.claimed(), "the dead one's claim runs out")


@pytest.fixture
def office(connection: Connection, redis_url: str, tmp_path: Path) -> Iterator[Office]:
    made = Office(connection, redis_url, tmp_path)
    made.keep_two()
    yield made
    made.stop()


def test_a_desk_killed_at_any_step(office: Office) -> None:
    clocks = {f"CAD-{number}/attend-immediate": point for number, point in enumerate(POINTS)}
    for clock, point in clocks.items():
        office.tell(clock, point)
    time.sleep(1)  # whoever would tell again has had the time to

    assert office.sent() == {clock: POINTS[point] for clock, point in clocks.items()}
