"""The plan, rule by rule: who is told, when, and who is not; one ms before each boundary, at it and after it."""

from typing import Any

from alerting.alert import Entry
from alerting.plan import Plan, due, plan, rising
from alerting.policy import Policy
from schemas.times import MINUTE
from tests.alerting.entries import act, news
from tests.alerting.policies import policy
from tests.alerting.tellings import folded
from tests.cli.events import at

RISK = news("clock.at_risk", "+9m", 1)
BREACH = news("clock.breached", "+12m", 2)
STOPPED = news("clock.stopped", "+20m", 3)
ACKNOWLEDGED = act("alert.acknowledged", "+13m", by="Insp Shah")


def planned(*entries: Entry, under: Policy | None = None) -> Plan:
    """The plan of these entries."""
    return plan(folded(*entries), under or policy())


def told(found: Plan) -> list[tuple[str, str, str]]:
    """Kind, moment after zero in minutes, and whom, of each step."""
    return [(step.kind, f"+{(step.at - at('+0s')) / MINUTE:g}m", step.to.name) for step in found.steps]


def withheld(found: Plan, why: str) -> list[str]:
    """The words of what is withheld for a reason."""
    return [each.words for each in found.withheld if each.why == why]


def notified(found: Plan, number: int, when: str) -> Any:
    """The entry that says that a step was told."""
    step = found.steps[number]
    return act(
        "alert.notified",
        when,
        step=step.id,
        channel=step.channel,
        to=step.to.name,
        about=step.about,
        stage=step.stage,
    )


def test_the_first_rung_is_told_at_once_and_the_others_after_their_time():
    assert told(planned(BREACH))[:3] == [
        ("first", "+12m", "Insp Shah"),
        ("ladder", "+17m", "CI Chief"),
        ("ladder", "+22m", "Supt Super"),
    ]


def test_a_step_is_due_from_its_moment_on():
    alert, found = folded(BREACH), planned(BREACH)
    assert [len(due(found, alert, at("+17m") + ms)) for ms in (-1, 0, 1)] == [1, 2, 2]
    assert [len(rising(found, alert, at("+17m") + ms)) for ms in (-1, 0, 1)] == [0, 1, 1]


def test_an_acknowledgement_stops_the_ladder():
    found = planned(BREACH, ACKNOWLEDGED)
    assert told(found) == [
        ("shift", "+180m", "Insp Night"),
        ("shift", "+720m", "Insp Early"),
    ]  # an hour of this night comes twice
    assert withheld(found, "owned") == ["Insp Shah has it and is on duty"]
    assert found.escalations == ()
    assert withheld(found, "acknowledged") == ["Insp Shah acknowledged it, 24 Oct 20:13"] * 3
