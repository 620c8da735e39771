"""What happens while the installation runs: deadlines that pass before its eyes, and records it cannot read."""

import time

from confluent_kafka import Producer

from schemas.times import MINUTE, SECOND
from tests.numbers.stories import CALL, HERE, UNIT, events

ANSWERED = [("call.presented", 0, CALL), ("call.answered", 2 * SECOND, {})]
UNANSWERED = [("call.presented", 0, CALL)]
LIVE = {
    "CALL-answered-1": (0, ANSWERED),
    "CALL-of-another-feed": (0, [("call.presented", 0, {**CALL, "weather": "rain"}), ANSWERED[1]]),
    "CALL-unanswered-1": (0, UNANSWERED),
    "CALL-unanswered-2": (SECOND, UNANSWERED),
    # Keyed a moment before it falls due; the arrival in time is keyed only when it is called late.
    "CAD-taken-back": (
        2 * SECOND - 12 * MINUTE,
        [
            ("incident.created", 0, {"grade": "I", **HERE}, 12 * MINUTE - 2 * SECOND),
            ("unit.arrived", 11 * MINUTE, UNIT, MINUTE + 6 * SECOND),
        ],
    ),
    "CAD-at-risk-in-a-moment": (
        2 * SECOND - 45 * MINUTE,
        [
            ("incident.created", 0, {"grade": "S", **HERE}, 45 * MINUTE - 2 * SECOND),
            ("unit.arrived", 45 * MINUTE + 4 * SECOND, UNIT),
        ],
    ),
    "CAD-unresourced-in-a-moment": (
        2 * SECOND - 40 * MINUTE,
        [("incident.created", 0, {"grade": "S", **HERE}, 40 * MINUTE - 2 * SECOND)],
    ),
}
"""Of each: when it begins, in ms from now, and its story."""
UNREADABLE = b"{not json"


def happen(bootstrap, now):
    """Sends each event when it is recorded; their JSON, in that order."""
    told = [each for subject, (after, story) in LIVE.items() for each in events(subject, story, now + after)]
    told.sort(key=lambda each: each.recorded)
    producer = Producer({"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 2})
    producer.produce("call-answer", UNREADABLE, b"CALL-1")
    for each in told:
        time.sleep(max(0, each.recorded / 1000 - time.time()))
        producer.produce(each.topic, each.value, each.subject.encode())
        producer.poll(0)
    assert producer.flush(30) == 0
    return [each.value for each in told]
