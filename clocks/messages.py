"""The clock of a message to a Safer Neighbourhoods Team (M1-M3)."""

from clocks.finding import NOTHING, Judgement
from clocks.standard import Pack
from clocks.stopping import Running, cohort_of, first_stop
from schemas.facts import Fact


def judge_message(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a message by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "message.received"), None)
    standard = pack.standards.get("snt-reply")
    if start is None or standard is None:
        return NOTHING
    running = Running(standard, start.time, start.time + standard.limit, start.recorded, (start.id,))
    reply = first_stop(filter(_is_reply, facts), start, pack)
    return Judgement(
        findings=(running.ended_by(reply, start),),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


def _is_reply(fact: Fact) -> bool:
    """An automatic answer never counts (M1)."""
    return fact.type == "message.responded" and fact.data["kind"] == "reply"
