"""Cases that a simulated city seldom or never shows, each told at several ages: they reach every way of counting."""

import json

from schemas.times import DAY, HOUR, MINUTE, SECOND, format_time

AWKWARD = 'St. "Awk\\ward" & Söns'
"""A borough whose name is trouble in labels, in SQL and in JSON."""
AGES = (40 * MINUTE, 5 * HOUR, 3 * DAY, 20 * DAY, 40 * DAY)
"""How long ago each begins: in each window, and in weeks whose subjects are forgotten by now (S8)."""
TOPICS = {"call": "call-answer", "incident": "dispatch", "unit": "arrival", "message": "snt-message"}
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


def told(now):
    """(topic, recorded in ms, JSON) of each event of every story."""
    for name, story in STORIES.items():
        for number, age in enumerate(AGES):
            yield from _events(f"{name}-{number}", story, now - age)
    for name, story in OF_THEIR_OWN.items():
        yield from _events(name, story, now - AGES[-1])


def _events(subject, story, begins):
    for number, (kind, after, data, *late) in enumerate(story):
        at = begins + after
        recorded = at + (late[0] if late else 0)
        data = {key: f"{subject}:0" if value == "{first}" else value for key, value in data.items()}
        event = {"specversion": "1.0", "id": f"{subject}:{number}", "source": "stories", "type": kind}
        event |= {"subject": subject, "time": format_time(at), "recordedtime": format_time(recorded)}
        yield _topic(subject, kind), recorded, json.dumps({**event, "data": data}).encode()


def _topic(subject, kind):
    of_subject = {"CALL": "call", "CAD": "incident", "MSG": "message"}[subject.partition("-")[0]]
    return TOPICS.get(kind.partition(".")[0]) or TOPICS[of_subject]
