"""What is told of a subject beside its clocks: everything people ask for, nothing that was not said."""

from typing import Any

import pytest

from clocks.attributes import describe
from clocks.finding import Finding
from schemas.events import kind_of
from schemas.facts import Fact
from schemas.times import MINUTE
from tests.clocks.histories import ZERO, an_event

FINDING = Finding(
    standard="attend-immediate",
    start=ZERO,
    due=ZERO + 12 * MINUTE,
    breach_at=ZERO + 12 * MINUTE + 1,
    known=ZERO,
)


def facts(subject: str, *told: tuple[str, dict[str, Any]]) -> list[Fact]:
    """A minute apart, the first at ZERO."""
    return [
        an_event(subject, name, number * MINUTE, 0, number, data).fact
        for number, (name, data) in enumerate(told)
    ]


def described(
    subject: str, *told: tuple[str, dict[str, Any]], finding: Finding | None = None
) -> dict[str, Any]:
    return describe(kind_of(subject), facts(subject, *told), finding)


def test_of_no_facts_nothing_is_told() -> None:
    assert describe("CAD", [], FINDING) == {}


@pytest.mark.parametrize(
    ("subject", "start", "data"),
    [
        ("CALL-1", "call.presented", {"borough": "Camden", "line": "999"}),
        ("COMMENT-1", "comment.received", {"borough": "Camden", "sentiment": "complaint"}),
        ("CASE-1", "crime.recorded", {"borough": "Camden"}),
        ("WARD-1", "ward.month_opened", {"borough": "Camden", "month": "2009-10"}),
    ],
)
def test_of_most_kinds_the_start_tells_all(subject: str, start: str, data: dict[str, Any]) -> None:
    other = {"CALL": "call.answered", "COMMENT": "comment.acknowledged", "CASE": "victim.updated"}
    after = other.get(kind_of(subject), "meeting.held")
    assert described(subject, (start, data | {"exercise": True}), (after, {})) == data
    assert described(subject, (after, {})) == {}


def test_of_a_collision_nothing_is_told() -> None:
    assert described("RTC-1", ("collision.reported", {"exercise": True})) == {}


def test_a_message_belongs_to_whom_it_was_redirected_last() -> None:
    received = {"borough": "Camden", "ward": "Kilburn", "team": "SNT-1", "channel": "email"}
    start = ("message.received", received | {"probe": True})
    assert described("MSG-1", start) == received
    moved = [("message.redirected", {"to": "SNT-2"}), ("message.redirected", {"to": "desk"})]
    assert described("MSG-1", start, *moved) == received | {"team": "desk", "redirected": 2}
    assert described("MSG-1", moved[0]) == {"team": "SNT-2", "redirected": 1}


def test_an_appointment_tells_when_they_last_agreed_to_meet() -> None:
    place = {"borough": "Camden", "ward": "Kilburn"}
    start = ("appointment.requested", place | {"exercise": True})
    first = ("appointment.made", {"for": "2009-10-26T09:00:00Z", "chosen_by": "police"})
    then = ("appointment.made", {"for": "2009-10-27T10:30:00Z", "chosen_by": "caller"})
    assert described("APPT-1", start) == place
    agreed = {"for": "2009-10-27T10:30:00.000Z", "chosen_by": "caller"}
    assert described("APPT-1", start, first, then) == place | agreed
    assert described("APPT-1", then) == agreed


def test_an_incident_tells_who_is_on_the_way_and_what_became_of_its_grade() -> None:
    place = {"borough": "Camden", "ward": "Kilburn", "category": "burglary", "area": "urban"}
    told = (
        ("incident.created", place | {"grade": "S", "vulnerable": True}),
        ("incident.regraded", {"grade": "I", "by": "PC 1", "reason": "weapon seen"}),
        ("unit.dispatched", {"unit": "GD2"}),
        ("unit.dispatched", {"unit": "GD1"}),
        ("incident.chased", {}),
        ("incident.flagged", {"ward_priority": True, "vulnerable": False}),
        ("incident.flagged", {}),
        ("incident.chased", {}),
        ("incident.merged", {"into": "CAD-8"}),
        ("incident.merged", {"into": "CAD-9"}),
    )
    regraded = {"at": "2009-10-24T22:01:00.000Z", "grade": "I", "by": "PC 1", "reason": "weapon seen"}
    expected = place | {
        "grade": "I",
        "first_grade": "S",
        "regrades": [regraded],
        "flags": ["ward_priority"],
        "units": ["GD1", "GD2"],
        "chased": 2,
        "merged_into": "CAD-9",
    }
    assert described("CAD-1", *told) == expected
    close = expected | {"regrades": [regraded | {"before_due_ms": 11 * MINUTE}]}
    assert described("CAD-1", *told, finding=FINDING) == close


def test_of_an_incident_what_was_not_said_is_left_out() -> None:
    assert described("CAD-1", ("incident.created", {"grade": "I"})) == {"grade": "I", "first_grade": "I"}
    assert described("CAD-1", ("unit.dispatched", {"unit": "GD1"})) == {"units": ["GD1"]}
