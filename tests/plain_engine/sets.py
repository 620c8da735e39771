"""S1 and S2: which of a subject's events stand, and their order. An event is a dict; its times are whole ms."""

import json

RANKS = {
    "call.answered": 0,
    "unit.arrived": 0,
    "message.responded": 0,
    "appointment.kept": 0,
    "comment.acknowledged": 0,
    "collision.contacted": 0,
    "victim.updated": 0,
    "meeting.held": 0,
    "call.presented": 1,
    "incident.created": 1,
    "message.received": 1,
    "appointment.requested": 1,
    "comment.received": 1,
    "collision.reported": 1,
    "crime.recorded": 1,
    "ward.month_opened": 1,
    "incident.regraded": 2,
    "incident.flagged": 3,
    "appointment.made": 3,
    "incident.cancelled": 4,
    "incident.closed": 5,
    "case.closed": 5,
    "call.abandoned": 6,
    "appointment.missed": 6,
    "incident.reopened": 7,
    "incident.merged": 8,
    "incident.absorbed": 8,
    "incident.unmerged": 9,
    "incident.released": 9,
    "unit.dispatched": 10,
    "unit.diverted": 11,
    "unit.stood_down": 11,
}
GRADES = "RESI"
"""The least urgent first."""


def standing(events):
    """The events that stand, each content once, in the order of S2."""
    by_name = each_once(events)
    withdrawn = {
        (event["source"], event["data"]["event"]) for event in by_name.values() if _is_withdrawal(event)
    }
    left = {
        name: each for name, each in by_name.items() if name not in withdrawn and not _is_withdrawal(each)
    }
    once = {}
    for name in sorted(left):
        once.setdefault(_content(left[name]), left[name])
    return sorted(once.values(), key=order)


def each_once(events):
    """S1: of one source and id the content that counts, by (source, id)."""
    by_name = {}
    for event in events:
        name = (event["source"], event["id"])
        if name not in by_name or _weight(event) > _weight(by_name[name]):
            by_name[name] = event
    return by_name


def order(event):
    """Where an event stands in its subject's history."""
    urgency = GRADES.index(event["data"]["grade"]) if event["type"] == "incident.regraded" else 0
    return event["time"], RANKS.get(event["type"], 12), urgency, event["source"], event["id"]


def _weight(event):
    return event["recorded"], _content(event)


def _content(event):
    """What an event says, as canonical JSON: not who says it, nor when it was recorded."""
    said = {key: event[key] for key in ("type", "time", "data")}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _is_withdrawal(event):
    return event["type"] == "event.withdrawn"
