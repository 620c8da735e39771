"""Whom a role, or a person, means at a moment, and by which channels they are reached."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from alerting.policy import PersonLine, Policy
from alerting.roster import on_duty
from alerting.steps import Recipient

LONGEST = 200
"""Of more names than fit into so many characters the role is named instead: what is recorded is bounded."""


class Reached(NamedTuple):
    """Those on duty, how each is told, and (`missing`) why the role is as good as empty, if it is."""

    people: tuple[PersonLine, ...]
    ways: tuple[tuple[str, Recipient], ...]
    missing: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of those on duty."""
        return tuple(person.name for person in self.people)


def reach(policy: Policy, role: str, by: Sequence[str], moment: int) -> Reached:
    """Those who have a role at a moment (ms); a channel without addresses is told once, whoever reads it."""
    keys = on_duty(policy.roster, role, moment, policy.tz)
    people = tuple(policy.people[key] for key in keys)
    places = [channel for channel in by if not policy.is_personal(channel)]
    ways = [(channel, recipient) for person in people for channel, recipient in _addresses(person, by)]
    named = ", ".join(person.name for person in people)
    readers = named if 0 < len(named) <= LONGEST else role
    ways += [(channel, Recipient(readers)) for channel in places]
    missing = None
    if role in policy.roster and not people:
        missing = f"nobody is on duty as {role}"
    elif not ways:
        missing = f"nobody on duty as {role} has an address for {' or '.join(by)}"
    return Reached(people, tuple(ways), missing)


def reach_person(policy: Policy, person: PersonLine, by: Sequence[str]) -> tuple[tuple[str, Recipient], ...]:
    """The ways to one person: by these channels, or by any where they have no address for these."""
    ways = list(_addresses(person, by)) or list(_addresses(person, person.addresses))
    return (*ways, *((channel, Recipient(person.name)) for channel in by if not policy.is_personal(channel)))


def is_on_duty(policy: Policy, name: str, moment: int) -> bool:
    """Whether somebody of that name has any role at a moment (ms)."""
    person = policy.person(name)
    roles = (on_duty(policy.roster, role, moment, policy.tz) for role in policy.roster)
    return any(policy.people[key] == person for keys in roles for key in keys)


def _addresses(person: PersonLine, channels: Iterable[str]) -> Iterable[tuple[str, Recipient]]:
    for channel in channels:
        if channel in person.addresses:
            yield channel, Recipient(person.name, person.addresses[channel])
