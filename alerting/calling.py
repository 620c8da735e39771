"""Calls to a rung of a ladder, and to whoever has the alert."""

from collections.abc import Iterator
from typing import NamedTuple

from alerting.alert import Alert
from alerting.case import Call, Case, Reason
from alerting.reaching import is_on_duty, reach_person
from alerting.ruling import Run
from alerting.steps import Why, Withheld
from schemas.times import DAY


class Owner(NamedTuple):
    """Who has an alert, whether they acknowledged it, and whether they are on duty as far as the roster knows."""

    name: str
    acknowledged: bool
    on_duty: bool


def owner(case: Case, at: int, standing: Alert) -> Owner | None:
    """Who has an alert as it stands, by the roster of a moment (ms)."""
    if standing.assignee is None:
        return None
    on_duty = is_on_duty(case.policy, standing.assignee, at)
    return Owner(standing.assignee, standing.acknowledged is not None, on_duty)


def to_owner(case: Case, run: Run, at: int, name: str, reason: Reason) -> Call | None:
    """A call to whoever has it, by the first rung's channels; None where the policy knows no way to them."""
    person = case.policy.person(name)
    if person is None:
        return None
    first = case.policy.ladders[run.telling.ladder][0]
    held = case.quiet(run.telling, at, first.by)
    ways = reach_person(case.policy, person, held.by)
    return Call(at=held.at, until=held.at + DAY, ways=ways, reason=reason) if ways else None


def to_rung(
    case: Case, run: Run, at: int, number: int, reason: Reason, *, and_above: bool = True
) -> Iterator[Call | Withheld]:
    """Calls to those on duty on a rung at a moment (ms); where nobody is, that is said, and the next rung called."""
    for level, rung in enumerate(case.policy.ladders[run.telling.ladder]):
        if level < number:
            continue
        held = case.quiet(run.telling, at, rung.by)
        reached = case.reach(rung.tell, held.by, held.at)
        if reached.ways:
            until, ways = case.until(run.telling, held.at), reached.ways
            yield Call(at=held.at, until=until, rung=level, role=rung.tell, ways=ways, reason=reason)
        if reached.missing is None:
            return
        yield withheld(held.at, reason, "nobody", reached.missing, level, rung.tell)
        if not and_above:
            return


def withheld(at: int, reason: Reason, why: Why, words: str, rung: int = 0, role: str = "") -> Withheld:
    """A telling that does not take place; `at` in ms."""
    return Withheld(at=at, kind=reason.kind, rung=rung, role=role, stage=reason.stage, why=why, words=words)
