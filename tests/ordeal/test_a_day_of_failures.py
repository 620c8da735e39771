"""A day of late, doubled, disordered and unreadable records, through a kill, a join, a leave and a long pause."""

import signal

import pytest

from schemas.times import DAY, HOUR, MINUTE, parse_time
from tests.ordeal import evidence
from tests.ordeal.closing import all_is_told, all_is_well
from tests.ordeal.installation import PARTITIONS

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.alone]

ALL = set(range(PARTITIONS))
BEGINS = parse_time("2009-10-24T12:00:00Z")
SPEED = 1_200
"""A day in 72 s, the end of summer time within it."""
SESSION = ("--session", "4s")
SOON = 60
"""Seconds for what should take ten: others load this machine."""


def test_nothing_is_lost_and_nothing_said_twice(installed):
    place = installed(shown=BEGINS - HOUR, speed=SPEED)
    day = ("--hours", 72, "--rate", 0.4, "--poison", 270, "--heartbeats", "15m", "--seed", 3)
    feed = place.start("simulate", "simulate", "--start", "2009-10-24T12:00:00Z", *day)
    survivor = kill_the_only_worker(place)
    survivor = one_joins_and_one_leaves(place, survivor)
    one_is_paused_until_it_is_missed(place, survivor)
    place.wait_until(BEGINS + DAY, within=150)
    assert feed.poll() is None, (place.folder / "simulate.log").read_text()
    feed.send_signal(signal.SIGINT)
    feed.wait(30)
    place.tell("the feeds have ended")
    all_is_told(place)
    all_is_well(place, at_least=200)


def kill_the_only_worker(place):
    """kill -9 while it writes; another takes its place."""
    first = place.worker("first", *SESSION)
    place.wait_for("the first worker has all", lambda: first.taken_over() == ALL, SOON, [first])
    said = evidence.count(place.bootstrap, "breach-alerts")
    place.wait_for(
        "it announces", lambda: evidence.count(place.bootstrap, "breach-alerts") > said + 200, SOON, [first]
    )
    first.kill()
    place.tell("kill -9 of the only worker")
    second = place.worker("second", *SESSION)
    place.wait_for("the second worker has all", lambda: second.taken_over() == ALL, SOON, [second])
    return second


def one_joins_and_one_leaves(place, second):
    """The group shares the partitions, then the older member goes by SIGTERM."""
    third = place.worker("third", *SESSION)
    both = [second, third]
    place.wait_for("second and third share", lambda: shared(both), SOON, both)
    place.clock_passes(10 * MINUTE)
    assert second.terminate() == 0
    place.tell("the second worker left by SIGTERM")
    place.wait_for("the third worker has all", lambda: third.taken_over() == ALL, SOON, [third])
    return third


def one_is_paused_until_it_is_missed(place, third):
    """SIGSTOP for longer than the session: when it wakes, its partitions have another owner."""
    zombie = place.worker("zombie", *SESSION)
    both = [third, zombie]
    place.wait_for("third and zombie share", lambda: shared(both), SOON, both)
    place.clock_passes(10 * MINUTE)
    zombie.send(signal.SIGSTOP)
    place.tell("SIGSTOP")
    place.wait_for("the third worker has its partitions", lambda: third.taken_over() == ALL, SOON, [third])
    place.clock_passes(HOUR)
    zombie.send(signal.SIGCONT)
    place.tell("SIGCONT")
    place.wait_for("the zombie died or came back", lambda: not zombie.runs() or shared(both), SOON, [third])
    assert zombie.process.poll() in (None, 70)
    if not zombie.runs():
        both[1] = place.worker("revenant", *SESSION)
        place.wait_for("the two share again", lambda: shared(both), SOON, both)


def shared(workers):
    """Whether the workers have all partitions, each some, none two of them."""
    taken = [worker.taken_over() or set() for worker in workers]
    return all(taken) and set.union(*taken) == ALL and sum(map(len, taken)) == len(ALL)
