"""Promises with one start and one stop: comments, collisions and ward meetings (M5, M7)."""

from clocks.calendar import end_of_month
from clocks.finding import NOTHING, Judgement
from clocks.standard import Pack, Standard
from clocks.stopping import Running, cohort_of, first_stop
from schemas.facts import Fact


def judge_comment(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a comment by the facts that count, in order (M5)."""
    return _judge(facts, pack, "comment-ack", "comment.received", "comment.acknowledged")


def judge_collision(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a collision by the facts that count, in order (M5)."""
    return _judge(facts, pack, "collision-contact", "collision.reported", "collision.contacted")


def judge_ward(facts: list[Fact], pack: Pack) -> Judgement:
    """Judge a ward's month by the facts that count, in order (M7)."""
    return _judge(facts, pack, "ward-meeting", "ward.month_opened", "meeting.held")


def _judge(facts: list[Fact], pack: Pack, name: str, begins: str, ends: str) -> Judgement:
    start = next((fact for fact in facts if fact.type == begins), None)
    standard = pack.standards.get(name)
    if start is None or standard is None:
        return NOTHING
    running = Running(standard, start.time, _due(start, standard, pack), start.recorded, (start.id,))
    stop = first_stop([fact for fact in facts if fact.type == ends], start, pack)
    return Judgement(
        findings=(running.ended_by(stop, start),),
        borough=start.data.get("borough"),
        cohort=cohort_of(start),
    )


def _due(start: Fact, standard: Standard, pack: Pack) -> int:
    """A start that names its month is due at that month's end (M7)."""
    month = start.data.get("month")
    return end_of_month(month, pack.zone) if month else pack.due(standard, start.time)
