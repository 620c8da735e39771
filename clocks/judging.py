"""Which judge judges which kind of subject."""

from collections.abc import Callable

import msgspec

from clocks.appointments import judge_appointment
from clocks.calls import judge_call
from clocks.contact import judge_collision, judge_comment, judge_ward
from clocks.finding import UNVERIFIABLE, Finding, Judgement
from clocks.history import STARTS, History
from clocks.incidents import judge_incident
from clocks.messages import judge_message
from clocks.standard import Pack
from clocks.victims import judge_case
from schemas.facts import Fact

Judge = Callable[[list[Fact], Pack], Judgement]

JUDGES: dict[str, Judge] = {
    "CALL": judge_call,
    "CAD": judge_incident,
    "MSG": judge_message,
    "APPT": judge_appointment,
    "COMMENT": judge_comment,
    "RTC": judge_collision,
    "CASE": judge_case,
    "WARD": judge_ward,
}
RULES_VERSION = 2
"""Raised whenever a judge changes what it says of a history (N5)."""


def judge(kind: str, history: History, pack: Pack) -> Judgement:
    """What a history says of its subject's clocks; the same for the same set of facts."""
    facts = history.standing()
    judgement = JUDGES[kind](facts, pack_of(facts, pack))
    return _overfull(judgement) if history.full else judgement


def pack_of(facts: list[Fact], pack: Pack) -> Pack:
    """The pack in effect when the subject of these facts, in order, began (N5)."""
    if pack.before is None:
        return pack
    start = next((fact.time for fact in facts if fact.type in STARTS), None)
    return pack if start is None else pack.for_start(start)


def _overfull(judgement: Judgement) -> Judgement:
    return msgspec.structs.replace(
        judgement, findings=tuple(unverifiable(finding, "history-full") for finding in judgement.findings)
    )


def unverifiable(finding: Finding, reason: str) -> Finding:
    """The same clock, which can no longer be judged."""
    return Finding(
        standard=finding.standard,
        start=finding.start,
        due=finding.due,
        breach_at=finding.breach_at,
        known=finding.known,
        round=finding.round,
        verdict=UNVERIFIABLE,
        reason=reason,
        evidence=finding.evidence,
    )
