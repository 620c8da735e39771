"""The clock of a call (C1, C2)."""

from clocks.finding import NOTHING, Finding, Judgement
from clocks.standard import Pack
from clocks.stopping import Running, Stop, cohort_of, first_stop
from schemas.facts import Fact


def judge_call(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a call by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "call.presented"), None)
    if start is None:
        return NOTHING
    standard = pack.standards.get("call-999" if start.data["line"] == "999" else "call-non-emergency")
    if standard is None:
        return NOTHING
    running = Running(standard, start.time, start.time + standard.limit, start.recorded, (start.id,))
    answered = first_stop([fact for fact in facts if fact.type == "call.answered"], start, pack)
    abandoned = next((fact for fact in facts if fact.type == "call.abandoned"), None)
    return Judgement(
        findings=(_finding(running, start, answered, abandoned),),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


def _finding(running: Running, start: Fact, answered: Stop, abandoned: Fact | None) -> Finding:
    """The first of answered and abandoned decides (C2)."""
    if abandoned is not None:
        hung_up = max(abandoned.time, start.time)
        if answered.fact is None or hung_up < answered.at:
            return _abandoned(running, abandoned, hung_up, answered)
    return running.ended_by(answered, start)


def _abandoned(running: Running, abandoned: Fact, hung_up: int, answered: Stop) -> Finding:
    """Late, it is breached until the abandonment, or until the answer that follows it (C2)."""
    if answered.fact is not None and not running.standard.in_time(hung_up, running.due):
        return running.stopped(answered.fact, answered.at)
    return running.called_off(abandoned, hung_up, "abandoned-in-time")
