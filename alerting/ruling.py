"""Which part of the policy an alert falls under, piece of news by piece of news."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from alerting.alert import Alert, Stage
from alerting.course import Chapter, ended_at
from alerting.hours import next_at
from alerting.policy import NOBODY, Policy, Rule, Telling
from alerting.steps import Why
from schemas.announcements import Announcement
from schemas.times import parse_time


@dataclass(kw_only=True)
class Run:
    """One climbing of one ladder: `chapters` are the news it tells; times in ms."""

    telling: Telling
    chapters: list[Chapter]
    anew: bool = field(default=False, metadata={"is": "another ladder was climbed for it just before"})
    until: int | None = field(default=None, metadata={"is": "another ladder is climbed from then on"})


@dataclass(frozen=True)
class Refusal:
    """A piece of news that the policy tells nobody one by one."""

    chapter: Chapter
    why: Why
    words: str


def ruling(alert: Alert, policy: Policy, told: Sequence[Chapter]) -> tuple[list[Run], list[Refusal]]:
    """The ladders that an alert climbs, one after the other, and the news that climb none."""
    runs: list[Run] = []
    refused: list[Refusal] = []
    current: Run | None = None
    for chapter in told:
        found = _telling(alert, policy, chapter) if chapter.alarming or _came_too_late(chapter) else None
        if current is not None and _has_ended(alert, told, current, chapter):
            current = None
        if isinstance(found, Refusal):
            refused.append(found)
        elif found is not None:
            following = _followed(current, found, chapter, policy)
            if following is not current:
                runs.append(following)
            current = following
    return runs, refused


def _came_too_late(chapter: Chapter) -> bool:
    """A breach that is old news and over when it becomes known: nobody is paged, but the digest tells of it."""
    return chapter.before is None and chapter.late and chapter.stage == "stopped-late"


def _has_ended(alert: Alert, told: Sequence[Chapter], run: Run, chapter: Chapter) -> bool:
    end = ended_at(alert, told, run.chapters[0])
    return end is not None and end <= chapter.at


def _followed(current: Run | None, telling: Telling, chapter: Chapter, policy: Policy) -> Run:
    """The run that tells a chapter: the current one, if it is of the same ladder and quiet hours."""
    if current is None or (telling.ladder, telling.quiet) != (current.telling.ladder, current.telling.quiet):
        if current is not None:
            current.until = chapter.at
        return Run(telling=telling, chapters=[chapter], anew=current is not None)
    if chapter.changed and not _told_by_the_shift(chapter, telling, policy):
        current.chapters.append(chapter)
    return current


def _told_by_the_shift(chapter: Chapter, telling: Telling, policy: Policy) -> bool:
    """What the engine says again because shifts change (P1), the desk tells again for the same reason."""
    if chapter.stage != chapter.before or chapter.news is None or not telling.again_at_shifts:
        return False
    moment = parse_time(chapter.news.time)
    return next_at(moment - 1, policy.shifts, policy.tz) == moment


def _telling(alert: Alert, policy: Policy, chapter: Chapter) -> Telling | Refusal:
    if alert.opening is not None and chapter.news is None:
        name = alert.opening.data.policy
        found = policy.telling(name)
        if found is None:
            return Refusal(chapter, "gone", f"the policy has nothing called {name} any more")
        return found if found.ladder != NOBODY else Refusal(chapter, "nobody", f"{name} tells nobody")
    if chapter.cohort != "live":
        return Refusal(chapter, "exercise", f"cohort {chapter.cohort}: nobody is ever paged for it (M3, M8)")
    rate = policy.rate_of(_standard(chapter))
    if rate is not None:
        words = f"{rate.standard} is told of by its rate ({rate.name}), not one by one"
        return Refusal(chapter, "rate", words)
    rule = rule_of(policy, chapter)
    if rule is None:
        return Refusal(chapter, "nobody", "no rule of the policy fits it")
    if rule.ladder == NOBODY:
        return Refusal(chapter, "nobody", f"rule {rule.name} tells nobody: it is on the board")
    return Refusal(chapter, "late", _late(policy)) if chapter.late else rule


def _late(policy: Policy) -> str:
    where = (
        f"it is in the digest of {policy.digest.at:%H:%M}" if policy.digest else "the policy has no digest"
    )
    return f"old news when it was said (T6); {where}"


def rule_of(policy: Policy, chapter: Chapter) -> Rule | None:
    """The first rule that fits a piece of news."""
    return next((rule for rule in policy.rules if _fits(rule, chapter, policy)), None)


def _fits(rule: Rule, chapter: Chapter, policy: Policy) -> bool:
    data = chapter.news.data if isinstance(chapter.news, Announcement) else None
    grade = data.attributes.get("grade") if data else None
    return (
        (rule.standards is None or _standard(chapter) in rule.standards)
        and (rule.boroughs is None or not places(chapter).isdisjoint(rule.boroughs))
        and (rule.grades is None or grade in rule.grades)
        and (rule.stages is None or _alarm(chapter) in rule.stages)
        and rule.covers(chapter.at, policy.tz)
    )


def _alarm(chapter: Chapter) -> Stage:
    """The stage of which people are told: of a breach that is over, the breach."""
    return chapter.stage if chapter.alarming else "breached"


def places(chapter: Chapter) -> set[str]:
    """The boroughs a piece of news is about: a clock's one, or those of a feed."""
    if isinstance(chapter.news, Announcement):
        return {str(chapter.news.data.attributes.get("borough", ""))}
    return set(chapter.news.data.boroughs) if chapter.news is not None else set()


def _standard(chapter: Chapter) -> str:
    return chapter.news.data.standard if isinstance(chapter.news, Announcement) else ""
