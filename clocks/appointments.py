"""The clock of an appointment (M4)."""

from clocks.finding import NOTHING, Finding, Judgement
from clocks.standard import Pack
from clocks.stopping import Running, Stop, clamped, cohort_of, first_stop
from schemas.facts import Fact


def judge_appointment(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge an appointment by the facts that count, in order."""
    start = next((fact for fact in facts if fact.type == "appointment.requested"), None)
    standard = pack.standards.get("appointment")
    if start is None or standard is None:
        return NOTHING
    running = Running(standard, start.time, pack.due(standard, start.time), start.recorded, (start.id,))
    kept = first_stop([fact for fact in facts if fact.type == "appointment.kept"], start, pack)
    rest = clamped([fact for fact in facts if fact.type in _ARRANGED], start.time)
    return Judgement(
        findings=(_finding(running, start, kept, rest),),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


_ARRANGED = {"appointment.made", "appointment.missed"}


def _finding(running: Running, start: Fact, kept: Stop, rest: list[Fact]) -> Finding:
    """The caller's choice outranks all; being kept in time outranks the caller's absence."""
    made = _last_made(kept, rest)
    if made is not None and _is_callers_choice(made, running):
        return running.called_off(made, made.time, "callers-choice")
    absent = next((fact for fact in rest if _is_callers_absence(fact, running)), None)
    kept_in_time = kept.fact is not None and running.standard.in_time(kept.at, running.due)
    if absent is not None and not kept_in_time:
        return running.called_off(absent, absent.time, "caller-absent")
    return running.ended_by(kept, start)


def _last_made(kept: Stop, rest: list[Fact]) -> Fact | None:
    """The agreement that stood when it was kept; at one ms the keeping comes first (S2)."""
    made = [fact for fact in rest if fact.type == "appointment.made"]
    if kept.fact is not None:
        made = [fact for fact in made if fact.time < kept.at]
    return made[-1] if made else None


def _is_callers_choice(made: Fact, running: Running) -> bool:
    """In time the caller chose a time beyond the limit."""
    chosen = made.data.get("chosen_by") == "caller" and made.data["for"] > running.due
    return chosen and running.standard.in_time(made.time, running.due)


def _is_callers_absence(fact: Fact, running: Running) -> bool:
    missed = fact.type == "appointment.missed" and fact.data.get("by") == "caller"
    return missed and running.standard.in_time(fact.time, running.due)
