"""The broker stops answering in the middle of a busy day: no breach is invented meanwhile, and nothing is lost."""

import signal

import pytest

from schemas.times import HOUR, parse_time
from tests.ordeal import evidence
from tests.ordeal.closing import all_is_told, all_is_well
from tests.ordeal.test_a_day_of_failures import ALL, SESSION, SOON

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.alone]

BEGINS = parse_time("2010-03-01T08:00:00Z")
SPEED = 480
SILENT = 15_000
"""ms of wall time: longer than the session, and than the broker waits for an open transaction."""
HELD = 3_000
"""ms of wall time after which a worker must hold a silent broker for dead: T5's two seconds, and a little."""


def test_a_silent_broker_stops_the_announcements(installed, broker):
    place = installed(shown=BEGINS - HOUR // 4, speed=SPEED)
    day = ("--hours", 72, "--rate", 0.5, "--poison", 300, "--seed", 5)
    feed = place.start("simulate", "simulate", "--start", "2010-03-01T08:00:00Z", *day)
    only = place.worker("only", *SESSION)
    place.wait_for("the worker has all", lambda: only.taken_over() == ALL, SOON, [only])
    place.wait_for(
        "it announces", lambda: evidence.count(place.bootstrap, "breach-alerts") > 100, SOON, [only]
    )
    stopped, went_on = silence(place, broker)
    back_at_work(place, only)
    place.clock_passes(HOUR)
    place.wait_until(BEGINS + 5 * HOUR, within=90)
    assert feed.poll() is None, (place.folder / "simulate.log").read_text()
    feed.send_signal(signal.SIGINT)
    feed.wait(30)
    place.tell("the feeds have ended")
    all_is_told(place)
    nothing_said_meanwhile(place, stopped, went_on)
    all_is_well(place, at_least=200)


def silence(place, broker):
    """SIGSTOP and SIGCONT of the broker; when, by the clock."""
    stopped = place.clock.now()
    broker.stop()
    place.tell("SIGSTOP of the broker")
    place.clock_passes(place.clock.of_wall(SILENT))
    went_on = place.clock.now()
    broker.go_on()
    place.tell("SIGCONT of the broker")
    return stopped, went_on


def back_at_work(place, worker):
    """The worker goes on, or ends with a fault and is started again, as its supervisor would."""
    place.wait_for("it is back or gone", lambda: worker.taken_over() == ALL or not worker.runs(), SOON)
    place.clock_passes(place.clock.of_wall(HELD))
    assert worker.process.poll() in (None, 70)
    if not worker.runs():
        again = place.worker("again", *SESSION)
        place.wait_for("the worker has all again", lambda: again.taken_over() == ALL, SOON, [again])


def nothing_said_meanwhile(place, stopped, went_on):
    """No announcement was made between the broker's silence and its return."""
    begin = stopped + place.clock.of_wall(HELD)
    said = evidence.announcements(place.bootstrap)
    meanwhile = [each for each in said if begin < parse_time(each["recordedtime"]) < went_on]
    assert not meanwhile, f"{len(meanwhile)} announcements without a broker, as {meanwhile[0]}"
    place.tell(f"{len(said)} announcements, none while the broker was silent")
