"""The clock of a message to a Safer Neighbourhoods Team (M1-M3)."""

from clocks.finding import NOTHING, Finding, Judgement
from clocks.standard import Pack
from clocks.stopping import Running, Stop, cohort_of, first_stop
from schemas.facts import Fact


def judge_message(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a message by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "message.received"), None)
    standard = pack.standards.get("snt-reply")
    if start is None or standard is None:
        return NOTHING
    running = Running(standard, start.time, start.time + standard.limit, start.recorded, (start.id,))
    return Judgement(
        findings=(_finding(running, start, first_stop(filter(_is_reply, facts), start, pack)),),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


def _is_reply(fact: Fact) -> bool:
    """An automatic answer never counts (M1)."""
    return fact.type == "message.responded" and fact.data["kind"] == "reply"


def _finding(running: Running, start: Fact, reply: Stop) -> Finding:
    if reply.fact is not None:
        time = reply.fact.time
        return running.stopped(reply.fact, reply.at, time, skew=time < start.time)
    if reply.early is not None:
        return running.unverifiable(reply.early, "stop-before-start")
    return running.unended()
