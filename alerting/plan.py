"""Whom to tell of an alert, what and when: a function of the alert, the policy and the time, and of nothing else.

So a restart, a lost store or a second process tells nobody twice: the plan comes out the same, and what was told is
among the alert's own entries.
"""

from collections.abc import Iterable
from itertools import chain

from alerting.alert import Alert, moment_of
from alerting.calling import withheld
from alerting.case import Call, Case, Reason
from alerting.climbing import Move, climb
from alerting.course import Chapter
from alerting.following_up import assignments, digest, outcomes, reminders, trial
from alerting.hours import as_local
from alerting.policy import Policy
from alerting.ruling import Run
from alerting.steps import Escalation, Plan, Recipient, Step, Why, Withheld, finished, step_id, told

__all__ = ["Escalation", "Plan", "Recipient", "Step", "Withheld", "due", "next_moment", "plan", "rising"]


def plan(alert: Alert, policy: Policy, situation: Alert | None = None) -> Plan:
    """Everything that is, was or will be told of an alert unless something more becomes known of it.

    `situation` is the alert of the situation it is part of, if it is (a storm's members are told as one).
    """
    case = Case(alert, policy, situation)
    planned = _Planned(case)
    return Plan(
        alert=alert.id,
        rule=planned.rule,
        steps=tuple(sorted(planned.steps.values(), key=lambda step: (step.at, step.rung))),
        withheld=tuple(sorted(planned.withheld, key=lambda each: (each.at, each.rung, each.words))),
        escalations=tuple(sorted(planned.escalations, key=lambda each: (each.at, each.rung))),
    )


def due(plan: Plan, alert: Alert, now: int) -> list[Step]:
    """The steps whose moment has come by `now` (ms), and that are neither told, nor parked, nor too late."""
    done = finished(alert)
    return [step for step in plan.steps if step.at <= now < step.until and step.id not in done]


def rising(plan: Plan, alert: Alert, now: int) -> list[Escalation]:
    """The escalations whose moment has come by `now` (ms), and that are not recorded yet."""
    done = finished(alert)
    return [each for each in plan.escalations if each.at <= now < each.until and each.id not in done]


def next_moment(plan: Plan, alert: Alert, now: int) -> int | None:
    """When (ms) the plan has to be looked at: not before `now`; None where nothing is left to be told."""
    done = finished(alert)
    todo: tuple[Step | Escalation, ...] = (*plan.steps, *plan.escalations)
    left = [max(now, each.at) for each in todo if each.until > now and each.id not in done]
    return min([*left, *later(plan, now)], default=None)


def later(plan: Plan, now: int) -> list[int]:
    """The moments after `now` (ms) at which something may fall due; by then a storm may be over."""
    todo: tuple[Step | Escalation, ...] = (*plan.steps, *plan.escalations)
    in_storm = [each.at for each in plan.withheld if each.why == "storm"]
    return [at for at in (*(each.at for each in todo), *in_storm) if at > now]


class _Planned:
    """Calls become steps, one for each recipient, unless something speaks against telling them any more."""

    def __init__(self, case: Case) -> None:
        self.steps: dict[str, Step] = {}
        self.withheld: list[Withheld] = []
        self.escalations: list[Escalation] = []
        self.rule: str | None = None
        self._case = case
        self._told = told(case.alert)
        self._recorded = finished(case.alert)
        self._plan()

    def _plan(self) -> None:
        case = self._case
        if case.alert.kind in ("digest", "test"):
            self._take(digest(case) if case.alert.kind == "digest" else trial(case))
            return
        for run in case.runs:
            self.rule = run.telling.name
            self._take(climb(case, run), run)
        self._take(chain(outcomes(case), reminders(case), assignments(case)))
        for refusal in case.refusals:
            chapter = refusal.chapter
            reason = Reason(kind="first", about=chapter.about, stage=chapter.stage, because="")
            self.withheld.append(withheld(chapter.at, reason, refusal.why, refusal.words))

    def _take(self, moves: Iterable[Move], run: Run | None = None) -> None:
        for move in moves:
            if isinstance(move, Withheld):
                self.withheld.append(move)
            elif isinstance(move, Escalation):
                if move.id in self._recorded or self._against(move.at, _RISING, run) is None:
                    self.escalations.append(move)
            else:
                self._issue(move, self._against(move.at, move.reason, run))

    def _issue(self, call: Call, against: tuple[Why, str] | None) -> None:
        steps = [self._step(call, channel, to) for channel, to in call.ways]
        for step in steps:
            if against is None or step.id in self._told:
                self.steps.setdefault(step.id, step)
        if against is not None and any(step.id not in self._told for step in steps):
            self.withheld.append(withheld(call.at, call.reason, *against, call.rung, call.role))

    def _step(self, call: Call, channel: str, to: Recipient) -> Step:
        reason, policy = call.reason, self._case.policy
        who = to.name if to.address is not None else ""
        return Step(
            id=step_id(self._case.alert.id, reason.about, call.rung, reason.tag, channel, who),
            at=call.at,
            until=call.until,
            rung=call.rung,
            role=call.role,
            to=to,
            channel=channel,
            form=getattr(policy.channels[channel], "form", "text"),
            about=reason.about,
            stage=reason.stage,
            kind=reason.kind,
            because=reason.because,
        )

    def _against(self, at: int, reason: Reason, run: Run | None) -> tuple[Why, str] | None:
        """What speaks, by all that is known now, against telling something that was not told yet."""
        case, chapter = self._case, reason.chapter or (run.chapters[0] if run else None)
        acknowledged = case.alert.acknowledged
        if chapter is not None and chapter.alarming and case.ended(chapter) is not None:
            return "over", f"nothing more is to be done: {case.alert.stage}"
        if self._is_old(reason, chapter, run):
            return "newer", "there is newer news of it"
        if reason.unless_owned and acknowledged is not None:
            since = as_local(moment_of(acknowledged), case.policy.tz)
            return "acknowledged", f"{acknowledged.data.by} acknowledged it, {since}"
        if run is not None and self._is_the_storms(at, reason, run):
            return "storm", f"told as part of {case.alert.situation}"
        return None

    def _is_the_storms(self, at: int, reason: Reason, run: Run) -> bool:
        """A ladder that began before the storm was over is the storm's to climb, also after it."""
        until = self._case.folded_until()
        return until is not None and (run.chapters[0].at if reason.kind == "ladder" else at) < until

    def _is_old(self, reason: Reason, chapter: Chapter | None, run: Run | None) -> bool:
        if run is not None and run is not self._case.runs[-1]:
            return True
        if reason.kind == "outcome":
            later = self._case.chapters[chapter.number + 1 :] if chapter else []
            return any(each.stage != each.before for each in later)
        return run is not None and reason.kind in ("first", "worse") and chapter is not run.chapters[-1]


_RISING = Reason(kind="ladder", about="", stage="going-on", because="", unless_owned=True)
