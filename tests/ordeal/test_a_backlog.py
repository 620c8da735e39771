"""A day already lies in Kafka when the first worker starts: it catches up and misses no answer waiting there."""

import json

import pytest

from schemas.times import SECOND, parse_time
from tests.ordeal import evidence
from tests.ordeal.closing import all_is_acknowledged, all_is_well
from tests.ordeal.test_a_day_of_failures import ALL, SESSION, SOON

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.alone]

SETTLE = SECOND
STOPS = {"call.answered", "unit.arrived"}


def test_catching_up_invents_no_breach(installed):
    place = installed(shown=parse_time("2010-03-28T08:00:00Z"), speed=1)
    place.run("simulate", "--flat-out", "--hours", 24, "--rate", 0.3, "--poison", 45, "--seed", 11)
    first = place.worker("first", *SESSION)
    place.wait_for(
        "it is in the middle of it",
        lambda: evidence.count(place.bootstrap, "clock-ledger") > 1_000,
        SOON,
        [first],
    )
    first.kill()
    place.tell("kill -9 in the middle of it")
    second = place.worker("second", *SESSION)
    place.wait_for("the second worker has all", lambda: second.taken_over() == ALL, SOON, [second])
    all_is_acknowledged(place)
    said = evidence.announcements(place.bootstrap)
    assert any(each["data"]["catching_up"] for each in said)
    assert no_answer_was_waiting(place, said) > 200
    all_is_well(place, at_least=200)


def no_answer_was_waiting(place, said):
    """That no clock was called breached whose stop in time lay in Kafka, recorded in time; how many were."""
    inputs = [json.loads(each.value()) for each in evidence.readable(place.bootstrap)]
    withdrawn = {
        (each["source"], each["data"]["event"]) for each in inputs if each["type"] == "event.withdrawn"
    }
    stops = {}
    for event in inputs:
        if event["type"] in STOPS and (event["source"], event["id"]) not in withdrawn:
            stops.setdefault(event["subject"], []).append(event)
    breached = [each for each in said if each["type"] == "clock.breached"]
    false = [
        (each, stop) for each in breached for stop in stops.get(subject(each), ()) if in_time(stop, each)
    ]
    assert not false, f"{len(false)} false breaches, as {false[0]}"
    return len(breached)


def subject(announced):
    return announced["data"]["subject"]


def in_time(stop, announced):
    """Whether this stop, by when it happened and when it was recorded, had to be known."""
    due = parse_time(announced["data"]["due"])
    recorded = parse_time(stop.get("recordedtime", stop["time"]))
    return parse_time(stop["time"]) <= due and recorded <= due + SETTLE
