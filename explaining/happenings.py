"""Events in the field's words, as what happened and as the name of a thing. Never who called."""

from collections.abc import Callable
from typing import Any

from schemas.facts import Fact

Data = dict[str, Any]


def in_words(fact: Fact) -> str:
    """What happened: `unit GD21 diverted to CAD-74`."""
    sentence = _SENTENCES.get(fact.type)
    return fact.type if sentence is None else sentence(fact.data)


def named(fact: Fact) -> str:
    """The event as a thing: `the arrival of GD22`."""
    name = _NAMES.get(fact.type)
    return f"the event “{in_words(fact)}”" if name is None else name(fact.data)


def about(attributes: Data) -> str:
    """What a subject is known by beside its clocks: `grade I, at first S, in Hackney, 2 chasing calls`."""
    first, grade = attributes.get("first_grade"), attributes.get("grade")
    known = [
        f"grade {grade}" + (f", at first {first}" if first != grade else "") if grade else "",
        str(attributes.get("category", "")),
        _place(attributes).strip(),
        f"with {attributes['team']}" if attributes.get("team") else "",
        f"{', '.join(attributes['flags']).replace('_', ' ')}" if attributes.get("flags") else "",
        f"chased {attributes['chased']} times" if attributes.get("chased", 0) > 1 else "",
    ]
    return ", ".join(filter(None, known))


def _place(data: Data) -> str:
    ward, borough = str(data.get("ward", "")), str(data.get("borough", ""))
    place = [ward] if borough and borough in ward else [part for part in (ward, borough) if part]
    return f" in {', '.join(place)}" if place else ""


def _exercise(data: Data) -> str:
    return " (an exercise)" if data.get("exercise") else ""


def _aside(data: Data, *names: str) -> str:
    """What was noted beside: `, by sergeant: caller safe`."""
    found = [str(data[name]) for name in names if data.get(name)]
    return f": {', '.join(found)}" if found else ""


def _by(data: Data) -> str:
    return f" by {data['by']}" if data.get("by") else ""


def _presented(data: Data) -> str:
    line = "999 call" if data["line"] == "999" else f"call on line {data['line']}"
    return f"{line} presented{_place(data)}{_exercise(data)}"


def _created(data: Data) -> str:
    notes = [f"grade {data['grade']}", str(data.get("category", ""))]
    notes += [words for name, words in _CIRCUMSTANCES.items() if data.get(name)]
    area = f", {data['area']}" if data.get("area") else ""
    return f"incident created: {', '.join(filter(None, notes))}{_place(data)}{area}{_exercise(data)}"


_CIRCUMSTANCES = {
    "vulnerable": "somebody vulnerable",
    "ward_priority": "a ward priority",
    "on_view": "found by officers on the spot",
}


def _flagged(data: Data) -> str:
    words = {"vulnerable": "vulnerable", "ward_priority": "ward priority"}
    set_ = [word for name, word in words.items() if data.get(name)]
    taken = [f"no longer {word}" for name, word in words.items() if name in data and not data[name]]
    return f"flagged: {', '.join([*set_, *taken]) or 'nothing'}"


def _absorbed(data: Data) -> str:
    grade = f", grade {data['grade']}" if data.get("grade") else ""
    return f"took over the incident {data['child']}{grade}"


def _received(data: Data) -> str:
    team = f" for {data['team']}" if data.get("team") else ""
    probe = " (a mystery shopper)" if data.get("probe") else ""
    return f"message received{team}{_place(data)}{probe}{_exercise(data)}"


def _responded(data: Data) -> str:
    return f"reply sent{_by(data)}" if data["kind"] == "reply" else f"automatic answer sent{_by(data)}"


def _made(data: Data) -> str:
    whose = {"caller": ", the caller's choice", "police": ", the police's choice"}
    return f"appointment made{whose.get(data.get('chosen_by', ''), '')}"


_SENTENCES: dict[str, Callable[[Data], str]] = {
    "call.presented": _presented,
    "call.answered": lambda data: "call answered" + (f" by {data['handler']}" if data.get("handler") else ""),
    "call.abandoned": lambda _: "caller hung up before an answer",
    "call.concluded": lambda _: "call concluded",
    "incident.created": _created,
    "incident.regraded": lambda data: f"regraded to {data['grade']}{_by(data)}{_aside(data, 'reason')}",
    "incident.flagged": _flagged,
    "incident.chased": lambda _: "chasing call: police not yet arrived",
    "incident.cancelled": lambda data: f"cancelled{_aside(data, 'reason')}",
    "incident.closed": lambda data: f"closed{_aside(data, 'resolution')}",
    "incident.reopened": lambda _: "reopened",
    "incident.merged": lambda data: f"merged into {data['into']}",
    "incident.unmerged": lambda _: "merge undone",
    "incident.absorbed": _absorbed,
    "incident.released": lambda data: f"released the incident {data['child']}",
    "unit.dispatched": lambda data: f"unit {data['unit']} dispatched",
    "unit.stood_down": lambda data: f"unit {data['unit']} stood down",
    "unit.diverted": lambda data: (
        f"unit {data['unit']} diverted" + (f" to {data['to']}" if data.get("to") else "")
    ),
    "unit.arrived": lambda data: f"unit {data['unit']} arrived",
    "unit.staged": lambda data: f"unit {data['unit']} waits nearby",
    "message.received": _received,
    "message.redirected": lambda data: f"message redirected to {data['to']}",
    "message.responded": _responded,
    "appointment.requested": lambda data: f"appointment requested{_place(data)}{_exercise(data)}",
    "appointment.made": _made,
    "appointment.kept": lambda _: "appointment kept",
    "appointment.missed": lambda data: (
        "appointment missed" + (f" by the {data['by']}" if data.get("by") else "")
    ),
    "comment.received": lambda data: f"comment received{_place(data)}{_exercise(data)}",
    "comment.acknowledged": lambda _: "comment acknowledged",
    "collision.reported": lambda data: f"collision reported{_exercise(data)}",
    "collision.contacted": lambda _: "the reporter contacted",
    "crime.recorded": lambda data: f"crime recorded{_place(data)}{_exercise(data)}",
    "victim.updated": lambda _: "victim updated",
    "case.closed": lambda _: "case closed",
    "ward.month_opened": lambda data: f"month {data['month']} opened{_place(data)}{_exercise(data)}",
    "meeting.held": lambda _: "ward meeting held",
    "event.withdrawn": lambda data: f"withdrawal of the event {data['event']}",
}

_NAMES: dict[str, Callable[[Data], str]] = {
    "call.presented": lambda _: "this presentation of the call",
    "call.answered": lambda _: "the answer",
    "call.abandoned": lambda _: "the hanging up",
    "incident.created": lambda _: "this creation of the incident",
    "incident.regraded": lambda data: f"the regrade to {data['grade']}",
    "incident.flagged": lambda _: "the flag",
    "incident.cancelled": lambda _: "the cancellation",
    "incident.closed": lambda _: "the close",
    "incident.reopened": lambda _: "the reopening",
    "incident.merged": lambda data: f"the merge into {data['into']}",
    "incident.unmerged": lambda _: "the undoing of the merge",
    "incident.absorbed": lambda data: f"the taking over of {data['child']}",
    "incident.released": lambda data: f"the release of {data['child']}",
    "unit.arrived": lambda data: f"the arrival of {data['unit']}",
    "unit.staged": lambda data: f"the waiting nearby of {data['unit']}",
    "message.received": lambda _: "this receipt of the message",
    "message.responded": lambda data: "the reply" if data["kind"] == "reply" else "the automatic answer",
    "appointment.requested": lambda _: "this request for an appointment",
    "appointment.made": lambda _: "the making of the appointment",
    "appointment.kept": lambda _: "the keeping of the appointment",
    "appointment.missed": lambda _: "the missing of the appointment",
    "comment.received": lambda _: "this receipt of the comment",
    "comment.acknowledged": lambda _: "the acknowledgement",
    "collision.reported": lambda _: "this report of the collision",
    "collision.contacted": lambda _: "the contact",
    "crime.recorded": lambda _: "this recording of the crime",
    "victim.updated": lambda _: "the update",
    "case.closed": lambda _: "the closing of the case",
    "ward.month_opened": lambda _: "this opening of the month",
    "meeting.held": lambda _: "the meeting",
    "event.withdrawn": lambda data: f"the withdrawal of {data['event']}",
}

KEPT_BY: dict[str, tuple[str, str, dict[str, str | bool]]] = {
    "CALL": ("call.answered", "an answer", {}),
    "CAD": ("unit.arrived", "the arrival of a unit", {"unit": "any"}),
    "MSG": ("message.responded", "a reply", {"kind": "reply"}),
    "APPT": ("appointment.kept", "keeping the appointment", {}),
    "COMMENT": ("comment.acknowledged", "an acknowledgement", {}),
    "RTC": ("collision.contacted", "a contact", {}),
    "CASE": ("victim.updated", "an update", {}),
    "WARD": ("meeting.held", "a meeting", {}),
}
"""What keeps the promise of each kind of subject: the type of event, its name, and the data it needs."""

STOPS = frozenset({kept_by[0] for kept_by in KEPT_BY.values()} | {"unit.staged"})
"""The types that may come a little before their start, as clocks differ (T7)."""
