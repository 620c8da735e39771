"""What is told beside the ladder: its end, whose it is now, the end of a snooze, what a digest gathered."""

from collections.abc import Iterator

from alerting.alert import moment_of
from alerting.calling import owner, to_owner, to_rung, withheld
from alerting.case import Call, Case, Reason, Ways
from alerting.course import Chapter
from alerting.hours import as_local, next_at
from alerting.reaching import reach_person
from alerting.ruling import Run
from alerting.steps import Recipient, Withheld
from schemas.actions import Assigned, Notified
from schemas.times import DAY

Move = Call | Withheld


def outcomes(case: Case) -> Iterator[Move]:
    """However it ends, and whenever that is learned: everybody who was told of it is told, where they were."""
    for chapter in case.chapters:
        if not chapter.alarming and chapter.stage != chapter.before:
            yield from _outcome(case, chapter)


def _outcome(case: Case, chapter: Chapter) -> Iterator[Move]:
    reason = Reason(
        kind="outcome",
        about=chapter.about,
        stage=chapter.stage,
        because=f"you were told of it; now {chapter.words}",
        chapter=chapter,
    )
    run = next((run for run in reversed(case.runs) if run.chapters[0].at <= chapter.at), None)
    for channel, name in _told_of(case, chapter):
        way = _way(case, channel, name)
        if way is None:
            yield withheld(chapter.at, reason, "gone", f"the policy has no {channel} of {name} any more")
            continue
        at = chapter.at if run is None else _when(case, run, chapter.at, channel)
        yield Call(at=at, until=at + DAY, ways=((channel, way),), reason=reason)


def _told_of(case: Case, chapter: Chapter) -> list[tuple[str, str]]:
    """The channels and names that were told what this chapter changes; a place's channel once."""
    number = {each.id: _chapter(case, moment_of(each)).number for each in case.alert.actions}
    number |= {each.about: each.number for each in case.chapters}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for action in case.alert.actions:
        if isinstance(action, Notified) and number.get(action.data.about, -1) < chapter.number:
            channel, name = action.data.channel, action.data.to
            key = name if case.policy.is_personal(channel) else ""
            found.setdefault((channel, key), (channel, name))
    return list(found.values())


def _chapter(case: Case, moment: int) -> Chapter:
    """What was known last at a moment (ms); the first news of what was done before any."""
    return next((each for each in reversed(case.chapters) if each.at <= moment), case.chapters[0])


def _way(case: Case, channel: str, name: str) -> Recipient | None:
    if channel not in case.policy.channels:
        return None
    if not case.policy.is_personal(channel):
        return Recipient(name)
    person = case.policy.person(name)
    if person is None or channel not in person.addresses:
        return None
    return Recipient(person.name, person.addresses[channel])


def _when(case: Case, run: Run, at: int, channel: str) -> int:
    """At once, by a channel that is used in quiet hours; by another when they are over."""
    hours = case.policy.quiet[run.telling.quiet] if run.telling.quiet else None
    if hours is None or channel in (hours.by or []):
        return at
    return hours.end(at, case.policy.tz) or at


def reminders(case: Case) -> Iterator[Move]:
    """When a snooze runs out, whoever has the alert is told that it is still there; else the first rung."""
    for rest in case.rests:
        runs = [run for run in case.runs if run.chapters[0].at <= rest.ends]
        chapter = _chapter(case, rest.ends)
        if rest.ran_out and runs and chapter.alarming:
            because = f"snoozed until {as_local(rest.ends, case.policy.tz)}, and still {chapter.words}"
            reason = Reason(
                kind="reminder", about=rest.about, stage=chapter.stage, because=because, chapter=chapter
            )
            yield from _remind(case, runs[-1], rest.ends, reason)


def _remind(case: Case, run: Run, at: int, reason: Reason) -> Iterator[Move]:
    has = owner(case, at, case.standing(at))
    call = to_owner(case, run, at, has.name, reason) if has is not None else None
    if call is not None:
        yield call
    if call is None or has is None or not has.on_duty:
        yield from to_rung(case, run, at, 0, reason)


def assignments(case: Case) -> Iterator[Move]:
    """Whoever is given an alert by somebody else is told so; a whole shift's hand-over is done in person."""
    for action in case.alert.actions:
        at = moment_of(action)
        runs = [run for run in case.runs if run.chapters[0].at <= at]
        chapter = _chapter(case, at)
        if isinstance(action, Assigned) and action.data.to != action.data.by and runs and chapter.alarming:
            reason = Reason(
                kind="assigned",
                about=action.id,
                stage=chapter.stage,
                because=f"{action.data.by} gave it to {action.data.to}",
                chapter=chapter,
            )
            call = to_owner(case, runs[-1], at, action.data.to, reason)
            yield call or withheld(at, reason, "gone", f"the policy has no address of {action.data.to}")


def digest(case: Case) -> Iterator[Move]:
    """What was gathered is told once, to the role that the policy names."""
    rule, opening = case.policy.digest, case.alert.opening
    if rule is None or opening is None:
        return
    at = next_at(case.alert.raised_at, [rule.at], case.policy.tz) or case.alert.raised_at
    reached = case.reach(rule.tell, rule.by, at)
    reason = Reason(kind="digest", about=opening.id, stage="going-on", because=opening.data.words)
    if reached.missing is not None:
        yield withheld(at, reason, "nobody", reached.missing, 0, rule.tell)
    if reached.ways:
        yield Call(at=at, until=at + DAY, role=rule.tell, ways=reached.ways, reason=reason)


def trial(case: Case) -> Iterator[Move]:
    """A test alert goes once by every channel that takes messages, or by the one that its opening names."""
    opening, policy = case.alert.opening, case.policy
    if opening is None:
        return
    reason = Reason(kind="first", about=opening.id, stage="going-on", because="a test of the channels")
    by = [name for name, each in policy.channels.items() if each.kind != "alertmanager"]
    if opening.data.policy in policy.channels:
        by = [opening.data.policy]
    at = case.alert.raised_at
    people = [person for person in policy.people.values() if any(name in person.addresses for name in by)]
    ways: Ways = tuple(way for person in people for way in reach_person(policy, person, by))
    places: Ways = tuple((name, Recipient("everybody")) for name in by if not policy.is_personal(name))
    yield Call(at=at, until=at + DAY, ways=(*places, *ways), reason=reason)
