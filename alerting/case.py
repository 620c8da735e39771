"""An alert with all that its plan is made from, and a call: somebody is to be told of it at a moment."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from alerting.alert import Alert, Stage, moment_of, states
from alerting.course import Chapter, Rest, chapters, ended_at, rests
from alerting.hours import as_local, next_at
from alerting.policy import Policy, Telling
from alerting.reaching import Reached, reach
from alerting.ruling import Refusal, Run, ruling
from alerting.steps import Recipient, StepKind
from schemas.actions import Closed, SituationClosed
from schemas.times import DAY

Ways = tuple[tuple[str, Recipient], ...]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """What is told, and why; `tag` sets a call apart from others about the same entry on the same rung."""

    kind: StepKind
    about: str
    stage: Stage
    because: str
    chapter: Chapter | None = None
    tag: str = ""
    unless_owned: bool = False
    """Nobody is told any more once somebody has acknowledged."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """Some recipients are told at a moment, unless it is too late `until` then (both ms)."""

    at: int
    until: int
    rung: int = 0
    role: str = ""
    ways: Ways
    reason: Reason


class Held(NamedTuple):
    """When and by which channels somebody is told, quiet hours allowed for; `words` where they made a difference."""

    at: int
    by: Sequence[str]
    words: str | None


@dataclass(frozen=True)
class Case:
    """An alert under a policy; `situation` is the alert of the situation it is part of, if it is."""

    alert: Alert
    policy: Policy
    situation: Alert | None = None

    @cached_property
    def chapters(self) -> list[Chapter]:
        """Its news in order."""
        return chapters(self.alert)

    @cached_property
    def rests(self) -> list[Rest]:
        """When its ladder rests."""
        return rests(self.alert, self.chapters)

    @cached_property
    def _ruling(self) -> tuple[list[Run], list[Refusal]]:
        return ruling(self.alert, self.policy, self.chapters)

    @property
    def runs(self) -> list[Run]:
        """The ladders it climbs, one after the other."""
        return self._ruling[0]

    @property
    def refusals(self) -> list[Refusal]:
        """The news that nobody is told one by one."""
        return self._ruling[1]

    @cached_property
    def _states(self) -> list[tuple[int, Alert]]:
        """Without what made them: of a feed that comes and goes for weeks that would fill the memory."""
        return [(at, replace(alert, news=(), actions=())) for at, alert in states(self.alert.entries)]

    def standing(self, moment: int) -> Alert:
        """How the alert stood at a moment (ms), what was done at that very ms included; its entries are left out."""
        known = bisect_right(self._states, moment, key=itemgetter(0))
        return self._states[known - 1][1] if known else self.alert

    def stage(self, moment: int) -> Stage:
        """Its stage at a moment (ms)."""
        known = [chapter.stage for chapter in self.chapters if chapter.at <= moment]
        return known[-1] if known else self.alert.stage

    def ended(self, chapter: Chapter) -> int | None:
        """When nothing more was to be done about what a chapter said, in ms."""
        return ended_at(self.alert, self.chapters, chapter)

    def quiet(self, telling: Telling, at: int, by: Sequence[str]) -> Held:
        """When (ms) and by which channels a telling takes place that is wanted at `at`."""
        hours = self.policy.quiet[telling.quiet] if telling.quiet else None
        end = hours.end(at, self.policy.tz) if hours else None
        if hours is None or end is None:
            return Held(at, by, None)
        until = f"quiet hours ({telling.quiet}) until {as_local(end, self.policy.tz)}"
        if hours.by:
            return Held(at, hours.by, f"{until}: by {', '.join(hours.by)} only")
        return Held(end, by, f"{until}: told then, if it still holds")

    def reach(self, role: str, by: Sequence[str], at: int) -> Reached:
        """Those who have a role at a moment (ms)."""
        return reach(self.policy, role, by, at)

    def until(self, telling: Telling, at: int) -> int:
        """When it is too late to tell those on duty at a moment: the next shift is told instead, or a day passed."""
        change = next_at(at, self.policy.shifts, self.policy.tz) if telling.again_at_shifts else None
        return min(at + DAY, change or at + DAY)

    def folded_until(self) -> int | None:
        """Until when (ms) a storm spoke for it; None where it is part of none. A digest tells of old news alone."""
        if self.alert.situation is None or not self.alert.situation.startswith("storm/"):
            return None
        if self.situation is None or self.situation.open:
            return FOR_GOOD
        ends = [each for each in self.situation.actions if isinstance(each, SituationClosed | Closed)]
        return min(map(moment_of, ends), default=FOR_GOOD)


FOR_GOOD = 1 << 62
"""A moment (ms) that does not come."""
