"""Cases that a simulated city seldom or never shows, each told at several ages: they reach every way of counting."""

import json
from typing import NamedTuple

from schemas.times import DAY, HOUR, MINUTE, SECOND, format_time

AWKWARD = 'St. "Awk\\ward" & Söns'
"""A borough whose name is trouble in labels, in SQL and in JSON."""
AGES = (40 * MINUTE, 5 * HOUR, 3 * DAY, 20 * DAY, 40 * DAY)
"""How long ago each begins: in each window, and in weeks whose subjects are forgotten by now (S8)."""
TOPICS = {"CALL": "call-answer", "CAD": "dispatch", "MSG": "snt-message"}
HERE = {"borough": "Camden"}
CALL = {"line": "999", **HERE}
UNIT = {"unit": "GD21"}

STORIES = {
    "CALL-gone-at-once": [("call.presented", 0, CALL), ("call.abandoned", 4 * SECOND, {})],
    "CALL-gone-in-time": [("call.presented", 0, CALL), ("call.abandoned", 8 * SECOND, {})],
    "CALL-gone-late": [("call.presented", 0, CALL), ("call.abandoned", 15 * SECOND, {})],
    "CALL-gone-and-answered": [
        ("call.presented", 0, CALL),
        ("call.abandoned", 15 * SECOND, {}),
        ("call.answered", 20 * SECOND, {}),
    ],
    "CALL-gone-from-101": [("call.presented", 0, {"line": "101"}), ("call.abandoned", 20 * SECOND, {})],
    "CALL-gone-from-101-at-once": [("call.presented", 0, {"line": "101"}), ("call.abandoned", SECOND, {})],
    "CALL-gone-from-101-late": [("call.presented", 0, {"line": "101"}), ("call.abandoned", MINUTE, {})],
    "CALL-nobody-answers": [("call.presented", 0, {"line": "101"})],
    "CALL-at-once": [("call.presented", 0, {"line": "101"}), ("call.answered", 0, {})],
    "CALL-answered-before": [("call.presented", 0, CALL), ("call.answered", -9 * SECOND, {})],
    "CALL-awkward": [
        ("call.presented", 0, {"line": "999", "borough": AWKWARD}),
        ("call.answered", 9 * SECOND, {}),
    ],
    "CALL-of-an-exercise": [("call.presented", 0, {**CALL, "exercise": True})],
    "CAD-downgraded-close": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("incident.regraded", 12 * MINUTE - 5 * SECOND, {"grade": "S", "by": "ctrl-7"}),
        ("unit.arrived", 25 * MINUTE, UNIT),
    ],
    "CAD-downgraded-late": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("incident.regraded", 12 * MINUTE + SECOND, {"grade": "E"}),
        ("unit.arrived", 14 * MINUTE, UNIT),
    ],
    "CAD-upgraded": [
        ("incident.created", 0, {"grade": "S", "borough": AWKWARD}),
        ("incident.regraded", 3 * MINUTE, {"grade": "I"}),
        ("unit.arrived", 9 * MINUTE, UNIT),
    ],
    "CAD-just-in-time": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("unit.arrived", 12 * MINUTE, UNIT),
    ],
    "CAD-keyed-late": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("unit.arrived", 11 * MINUTE, UNIT, 18 * MINUTE),
    ],
    "CAD-never-was": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("event.withdrawn", 20 * MINUTE, {"event": "{first}"}),
    ],
    "CAD-nowhere": [("incident.created", 0, {"grade": "S"}), ("incident.cancelled", MINUTE, {})],
    "MSG-of-a-shopper": [
        ("message.received", -DAY, {"probe": True, **HERE}),
        ("message.responded", -2 * HOUR, {"kind": "reply"}),
    ],
    "MSG-unanswered": [("message.received", -DAY, {"borough": AWKWARD})],
}
"""Of each: what happens, how long after the beginning (ms), its data, and how long until it was recorded."""
OF_THEIR_OWN = {
    "MSG-keyed-too-late": [
        ("message.received", 0, HERE),
        ("message.responded", HOUR, {"kind": "reply"}, 12 * DAY),
    ],
    "CAD-again": [
        ("incident.created", 0, {"grade": "I", **HERE}),
        ("unit.arrived", 15 * MINUTE, UNIT),
        ("incident.created", 20 * DAY, {"grade": "I", **HERE}),
        ("unit.arrived", 20 * DAY + 5 * MINUTE, UNIT),
    ],
    "MSG-answered-early": [
        ("message.received", 38 * DAY, HERE),
        ("message.responded", 40 * DAY - 2 * HOUR, {"kind": "reply"}),
    ],
}
"""Told once, from the oldest age on: a reply nobody remembers the question of, and a number given twice (S8)."""


OF_NOW = {
    "CAD-at-risk": [("incident.created", 0, {"grade": "S", **HERE}), ("unit.dispatched", MINUTE, UNIT)],
    "CAD-without-a-unit": [("incident.created", 0, {"grade": "S", **HERE})],
}
"""Begun 48 minutes ago: twelve are left."""
BUSY = {
    "CALL-in-time": (40, ("call.presented", CALL), "call.answered", 10 * SECOND, 5 * SECOND),
    "CALL-not-in-time": (60, ("call.presented", CALL), "call.answered", 10 * SECOND, 30 * SECOND),
    "CAD-in-time": (
        200,
        ("incident.created", {"grade": "I", **HERE}),
        "unit.arrived",
        12 * MINUTE,
        5 * MINUTE,
    ),
    "CAD-not-so-urgent": (
        45,
        ("incident.created", {"grade": "S", **HERE}),
        "unit.arrived",
        HOUR,
        55 * MINUTE,
    ),
    "CAD-too-late": (5, ("incident.created", {"grade": "S", **HERE}), "unit.arrived", HOUR, HOUR + SECOND),
}
"""A busy hour in one borough: how many, how they begin, what stops them, the limit, and after how long they stop.

Calls are answered far too seldom in time, immediate attendances are surely above their target, the others too close
to call: each state that a share can be in is seen.
"""
SOURCE = "stories"
OF_THE_FEED = {"MSG-in-the-dark": [("message.received", -DAY, HERE)]}
FEED = "snt/north"
FEEDS = f"feeds:\n  - {{source: {FEED}, topic: snt-message, silence: 6h}}\n"
"""A feed that is named, and what it tells: it lives, but for three days about the oldest age (S6)."""
BEATS, QUIET = 3 * HOUR, range(AGES[-1] - 2 * DAY, AGES[-1] + DAY)


class Told(NamedTuple):
    """An event as it is sent; `recorded` in ms."""

    topic: str
    subject: str
    recorded: int
    value: bytes


def told(now):
    """Each event of every story up to `now` (ms)."""
    for subject, story, begins, source in _begun(now):
        yield from events(subject, story, begins, source)
    for age in range(2 * MINUTE, AGES[-1] + 5 * DAY, BEATS):
        if age not in QUIET:
            yield _told("snt-message", FEED, FEED, f"beat:{age}", "source.heartbeat", now - age, 0, {})


def _begun(now):
    """(subject, story, when it begins in ms, source) of every story."""
    for number, age in enumerate(AGES):
        yield from ((f"{name}-{number}", story, now - age, SOURCE) for name, story in STORIES.items())
    yield from ((name, story, now - AGES[-1], SOURCE) for name, story in OF_THEIR_OWN.items())
    yield from ((name, story, now - 48 * MINUTE, SOURCE) for name, story in OF_NOW.items())
    yield from ((name, story, now - AGES[-1], FEED) for name, story in OF_THE_FEED.items())
    for name, (many, (begins, data), stops, limit, after) in BUSY.items():
        story = [(begins, 0, data), (stops, after, UNIT if stops == "unit.arrived" else {})]
        dues = (now - 10 * MINUTE - each * 40 * MINUTE // many for each in range(many))
        yield from ((f"{name}-{each}", story, due - limit, SOURCE) for each, due in enumerate(dues))


def events(subject, story, begins, source=SOURCE):
    """The events of one story that begins at a time (ms)."""
    for number, (kind, after, data, *late) in enumerate(story):
        data = {key: f"{subject}:0" if value == "{first}" else value for key, value in data.items()}
        name, topic = f"{subject}:{number}", _topic(subject, kind)
        yield _told(topic, source, subject, name, kind, begins + after, sum(late), data)


def _told(topic, source, subject, name, kind, at, late, data):
    event = {"specversion": "1.0", "id": name, "source": source, "type": kind, "subject": subject}
    event |= {"time": format_time(at), "recordedtime": format_time(at + late), "data": data}
    return Told(topic, subject, at + late, json.dumps(event).encode())


def _topic(subject, kind):
    return "arrival" if kind == "unit.arrived" else TOPICS[subject.partition("-")[0]]
