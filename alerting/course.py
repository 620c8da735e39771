"""The course of an alert: what became of it, when; and how it stood at any moment of the past."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alerting.alert import ALARMING, Alert, Stage, moment_of, states
from schemas.actions import Closed, SituationClosed, Snoozed
from schemas.announcements import Announcement, News
from schemas.times import parse_time


class Chapter(NamedTuple):
    """A piece of news of an alert and the stage it brought; `at` in ms."""

    number: int
    about: str
    at: int
    stage: Stage
    before: Stage | None
    news: News | None

    @property
    def alarming(self) -> bool:
        """Whether something is to be done about it."""
        return self.stage in ALARMING

    @property
    def words(self) -> str:
        """The stage, as in "it is …"."""
        return in_words(self.stage)

    @property
    def late(self) -> bool:
        """Whether it was too old to page anybody when it was said (T6)."""
        return self.news is not None and self.news.data.late

    @property
    def changed(self) -> bool:
        """Whether it says something that was not said before."""
        again = self.stage == "un-resourced" and self.news is not None
        return self.stage != self.before or again

    @property
    def cohort(self) -> str:
        """Live, or an exercise or a probe, which nobody is paged for (M3, M8)."""
        return self.news.data.cohort if isinstance(self.news, Announcement) else "live"


def in_words(stage: Stage) -> str:
    """A stage as in "it is …"."""
    return stage if stage == "un-resourced" else stage.replace("-", " ")


def chapters(alert: Alert) -> list[Chapter]:
    """The news of an alert in order; of a situation its opening and its end."""
    told: list[Chapter] = []
    for news, (at, so_far) in zip(alert.news, states(alert.news), strict=True):
        told.append(_next(told, news.id, at, so_far.stage, news))
    if alert.opening is not None and not told:
        told.append(_next(told, alert.opening.id, alert.raised_at, "going-on", None))
        ends = [action for action in alert.actions if isinstance(action, SituationClosed)]
        told += [_next(told, end.id, moment_of(end), "over", None) for end in ends[:1]]
    return told


def _next(told: Sequence[Chapter], about: str, at: int, stage: Stage, news: News | None) -> Chapter:
    return Chapter(len(told), about, at, stage, told[-1].stage if told else None, news)


def ended_at(alert: Alert, told: Sequence[Chapter], chapter: Chapter) -> int | None:
    """When nothing more was to be done about what a chapter said (ms): the clock stopped, or somebody closed it."""
    ends = [other.at for other in told[chapter.number + 1 :] if not other.alarming]
    closings = [moment_of(action) for action in alert.actions if isinstance(action, Closed)]
    # What was done before it was raised, by a clock that is ahead, was done then.
    closings = [max(at, alert.raised_at) for at in closings]
    ends += [at for at in closings if at >= chapter.at]
    return min(ends, default=None)


@dataclass(frozen=True)
class Rest:
    """A time, from when to when (ms), in which the ladder of an alert rests."""

    about: str
    begins: int
    ends: int
    ran_out: bool
    """It ended by itself; not by another snooze, nor by news."""


def rests(alert: Alert, told: Sequence[Chapter]) -> list[Rest]:
    """Its snoozes; each ends when its stage changes, or when it is snoozed anew."""
    snoozes = [action for action in alert.entries if isinstance(action, Snoozed)]
    changes = [chapter.at for chapter in told if chapter.stage != chapter.before]
    found = []
    for number, snooze in enumerate(snoozes):
        begins, until = moment_of(snooze), parse_time(snooze.data.until)
        cut = [at for at in changes if at > begins] + [moment_of(each) for each in snoozes[number + 1 :]]
        ends = max(begins, min([until, *cut]))
        found.append(Rest(snooze.id, begins, ends, ran_out=ends == until > begins))
    return found


def after_resting(start: int, wait: int, resting: Sequence[Rest]) -> int:
    """The moment (ms) at which `wait` ms have passed since `start` without counting the rests."""
    moment = start + wait
    for rest in resting:
        if rest.begins <= moment and rest.ends > start:
            moment += rest.ends - max(rest.begins, start)
    return moment
