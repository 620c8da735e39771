"""What a policy does that its author may not have meant: nobody on duty, no address, parts that nothing uses."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from alerting.channels import AnySettings
from alerting.fields import Secret, SecretError
from alerting.hours import as_local
from alerting.policy import Policy
from alerting.roster import on_duty
from schemas.documents import Location
from schemas.times import DAY, MINUTE, format_duration

AHEAD = 7 * DAY
"""How far ahead (ms) the roster is looked through."""
_GRAIN = 15 * MINUTE


class Remark(NamedTuple):
    """Something to think about, and where in the file it stands."""

    where: Location
    words: str


def review(policy: Policy, now: int) -> list[Remark]:
    """Everything to be said of a policy that can be used; the roster of the week after `now` (ms)."""
    return [
        *_gaps(policy, now),
        *_unreachable(policy),
        *_unused(policy),
        *_shadowed(policy),
        *_secrets(policy),
    ]


def _gaps(policy: Policy, now: int) -> Iterator[Remark]:
    """When a whole ladder is empty: one empty rung only sends an alert on to the next."""
    for name, ladder in policy.ladders.items():
        roles = {rung.tell for rung in ladder}
        empty = [moment for moment in range(now, now + AHEAD, _GRAIN) if not _anybody(policy, roles, moment)]
        if empty and roles <= policy.roster.keys():
            total, first = format_duration(len(empty) * _GRAIN), as_local(empty[0], policy.tz)
            words = f"nobody is on duty on any of its rungs for {total} of the next 7d, first {first}"
            yield Remark(["ladders", name], words)


def _anybody(policy: Policy, roles: set[str], moment: int) -> bool:
    return any(on_duty(policy.roster, role, moment, policy.tz) for role in roles)


def _unreachable(policy: Policy) -> Iterator[Remark]:
    """Somebody of a rung whom none of its channels reaches."""
    for name, ladder in policy.ladders.items():
        for number, rung in enumerate(ladder):
            if not all(policy.is_personal(channel) for channel in rung.by):
                continue
            duties = policy.roster.get(rung.tell, [])
            for key in dict.fromkeys(person for duty in duties for person in duty.who):
                person = policy.people[key]
                if not set(rung.by) & set(person.addresses):
                    words = f"{person.name} has no address for {' or '.join(rung.by)}"
                    yield Remark(["ladders", name, number], words)


def _unused(policy: Policy) -> Iterator[Remark]:
    tellings = [*policy.rules, *policy.storms, *policy.rates]
    rungs = [rung for ladder in policy.ladders.values() for rung in ladder]
    told = [(rung.tell, rung.by) for rung in rungs]
    told += [(policy.digest.tell, policy.digest.by)] if policy.digest else []
    roles = {role for role, _ in told}
    channels = {name for _, by in told for name in by}
    channels |= {name for quiet in policy.quiet.values() for name in quiet.by or []}
    channels |= {name for name, each in policy.channels.items() if each.kind == "alertmanager"}
    people = {person for duties in policy.roster.values() for duty in duties for person in duty.who}
    yield from _left_over("ladders", policy.ladders, {each.ladder for each in tellings})
    yield from _left_over("quiet", policy.quiet, {each.quiet for each in tellings if each.quiet})
    yield from _left_over("roster", policy.roster, roles)
    yield from _left_over("channels", policy.channels, channels)
    yield from _left_over("people", policy.people, people)


def _left_over(section: str, names: Iterable[str], used: set[str]) -> Iterator[Remark]:
    for name in names:
        if name not in used:
            yield Remark([section, name], f"nothing uses {name!r}")


def _shadowed(policy: Policy) -> Iterator[Remark]:
    """A rule after one that fits everything is never asked."""
    narrow = ("standards", "boroughs", "grades", "stages", "hours", "days")
    for number, rule in enumerate(policy.rules[:-1]):
        if all(getattr(rule, name) is None for name in narrow):
            words = f"no rule after {rule.name!r} is ever asked: it fits everything"
            yield Remark(["rules", number], words)
            return


def _secrets(policy: Policy) -> Iterator[Remark]:
    for name, settings in policy.channels.items():
        for where, secret in _secrets_in(settings):
            try:
                secret.read()
            except SecretError as missing:
                yield Remark(["channels", name, where], f"here and now {missing}")


def _secrets_in(settings: AnySettings) -> Iterator[tuple[str, Secret]]:
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        if isinstance(value, Secret):
            yield field, value
        elif isinstance(value, dict):
            yield from ((field, each) for each in value.values() if isinstance(each, Secret))
