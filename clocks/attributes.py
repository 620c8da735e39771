"""What people want to know of a subject beside its clocks: place, grade, team, units. Never who called."""

from collections.abc import Callable
from typing import Any

from clocks.finding import Finding
from clocks.resources import assigned_units
from schemas.facts import Fact
from schemas.times import format_time

_INCIDENT = ("borough", "ward", "category", "area")
_MESSAGE = ("borough", "ward", "team", "channel")
_APPOINTMENT = ("borough", "ward")

Describer = Callable[[list[Fact], Finding | None], dict[str, Any]]


def describe(kind: str, facts: list[Fact], finding: Finding | None) -> dict[str, Any]:
    """The attributes of a subject by the ordered facts that count; `finding` dates its regrades."""
    found = _DESCRIBERS[kind](facts, finding) if facts else {}
    return {name: value for name, value in found.items() if value is not None and value != []}


def _by_the_start(begins: str, *names: str) -> Describer:
    """Of most kinds their start tells all there is to know."""

    def describe_start(facts: list[Fact], _finding: Finding | None) -> dict[str, Any]:
        start = _first(facts, begins)
        return {name: start.get(name) for name in names}

    return describe_start


def _message(facts: list[Fact], _finding: Finding | None) -> dict[str, Any]:
    """Redirection moves ownership (M2)."""
    start = _first(facts, "message.received")
    owners = [fact.data["to"] for fact in facts if fact.type == "message.redirected"]
    found = {name: start.get(name) for name in _MESSAGE}
    return found | ({"team": owners[-1], "redirected": len(owners)} if owners else {})


def _appointment(facts: list[Fact], _finding: Finding | None) -> dict[str, Any]:
    """The place, and when they last agreed to meet (M4)."""
    start = _first(facts, "appointment.requested")
    made = [fact.data for fact in facts if fact.type == "appointment.made"]
    found = {name: start.get(name) for name in _APPOINTMENT}
    return found | (made[-1] | {"for": format_time(made[-1]["for"])} if made else {})


def _incident(facts: list[Fact], finding: Finding | None) -> dict[str, Any]:
    start = _first(facts, "incident.created")
    regrades = [fact for fact in facts if fact.type == "incident.regraded"]
    grades = [start.get("grade"), *(fact.data["grade"] for fact in regrades)]
    merged = [fact.data["into"] for fact in facts if fact.type == "incident.merged"]
    chased = sum(fact.type == "incident.chased" for fact in facts)
    return {
        **{name: start.get(name) for name in _INCIDENT},
        "grade": grades[-1],
        "first_grade": grades[0],
        "regrades": [_regrade(fact, finding) for fact in regrades],
        "flags": _flags(start, facts),
        "units": sorted(assigned_units(facts)),
        "chased": chased or None,
        "merged_into": merged[-1] if merged else None,
    }


def _regrade(fact: Fact, finding: Finding | None) -> dict[str, Any]:
    """Every regrade with who, why and how close to the deadline (I12)."""
    close = {} if finding is None else {"before_due_ms": finding.due - fact.time}
    return {"at": format_time(fact.time), **fact.data, **close}


def _flags(start: dict[str, Any], facts: list[Fact]) -> list[str]:
    flags = {name: start.get(name) for name in ("vulnerable", "ward_priority")}
    for fact in facts:
        if fact.type == "incident.flagged":
            flags |= {name: fact.data[name] for name in flags if name in fact.data}
    return [name for name, value in flags.items() if value]


def _first(facts: list[Fact], name: str) -> dict[str, Any]:
    return next((fact.data for fact in facts if fact.type == name), {})


_DESCRIBERS: dict[str, Describer] = {
    "CALL": _by_the_start("call.presented", "borough", "line"),
    "CAD": _incident,
    "MSG": _message,
    "APPT": _appointment,
    "COMMENT": _by_the_start("comment.received", "borough", "sentiment"),
    "RTC": _by_the_start("collision.reported"),
    "CASE": _by_the_start("crime.recorded", "borough"),
    "WARD": _by_the_start("ward.month_opened", "borough", "month"),
}
