"""A policy from its file, and what its parts say of each other that cannot be."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from alerting.messages.rendering import TemplateFaultError, check
from alerting.policy import NOBODY, Policy, Rung
from schemas.documents import DocumentError, Location, read_yaml
from schemas.keys import meant

MOST_ERRORS = 10
Wrong = Iterator[tuple[Location, str]]


def read_policy(path: Path) -> Policy:
    """The policy in a file; DocumentError, with file and line of each of its errors, where it will not do."""
    document = read_yaml(path)
    policy = document.into(Policy)
    wrong = sorted(
        (document.line(where), str(document.error(where, words))) for where, words in _wrong(policy)
    )
    if wrong:
        raise DocumentError("\n".join(words for _, words in wrong[:MOST_ERRORS]))
    return policy


def _wrong(policy: Policy) -> Wrong:
    """What the parts of a policy say of each other that does not hold."""
    yield from _of_people(policy)
    yield from _of_roster(policy)
    for name, ladder in policy.ladders.items():
        yield from _of_ladder(policy, name, ladder)
    for name, quiet in policy.quiet.items():
        yield from _of_channels(policy, ["quiet", name, "by"], quiet.by or [])
        if quiet.endless:
            yield ["quiet", name], "quiet hours that never end: nobody would ever be told"
    for section in ("rules", "storms", "rates"):
        yield from _of_tellings(policy, section)
    if policy.digest is not None:
        yield from _of_role(policy, ["digest", "tell"], policy.digest.tell, policy.digest.by)
        yield from _of_channels(policy, ["digest", "by"], policy.digest.by)
    if policy.templates is not None:
        yield from _of_templates(policy.templates)


def _of_templates(folder: Path) -> Wrong:
    try:
        check(folder)
    except TemplateFaultError as fault:
        yield ["templates"], str(fault)


def _of_people(policy: Policy) -> Wrong:
    names: set[str] = set()
    for key, person in policy.people.items():
        for channel in person.addresses:
            if channel not in policy.channels:
                where: Location = ["people", key, "addresses", channel]
                yield where, f"{channel!r} is no channel{_choice(channel, policy.channels)}"
        if person.name.casefold() in names:
            yield ["people", key, "name"], f"there are two called {person.name}"
        names.add(person.name.casefold())


def _of_roster(policy: Policy) -> Wrong:
    for role, duties in policy.roster.items():
        for number, duty in enumerate(duties):
            for field in ("who", "instead_of"):
                for index, person in enumerate(getattr(duty, field)):
                    if person not in policy.people:
                        where: Location = ["roster", role, number, field, index]
                        yield where, f"{person!r} is none of the people{_choice(person, policy.people)}"


def _of_ladder(policy: Policy, name: str, ladder: list[Rung]) -> Wrong:
    if name == NOBODY:
        yield ["ladders", name], f"{NOBODY!r} is the ladder without rungs; call this one something else"
    passed = 0
    for number, rung in enumerate(ladder):
        where: list[int | str] = ["ladders", name, number]
        yield from _of_role(policy, [*where, "tell"], rung.tell, rung.by)
        yield from _of_channels(policy, [*where, "by"], rung.by)
        if number == 0 and rung.after is not None:
            yield [*where, "after"], "the first rung is told at once: it has no 'after'"
        if number > 0 and rung.after is None:
            yield where, "every rung but the first needs 'after', such as 5m, counted from the first telling"
        if number > 0 and rung.after is not None and rung.after <= passed:
            yield [*where, "after"], "is counted from the first telling, and later than the rung before"
        passed = rung.after or passed


def _of_tellings(policy: Policy, section: str) -> Wrong:
    names: set[str] = set()
    for number, telling in enumerate(getattr(policy, section)):
        if telling.name in names or (section != "rules" and policy.telling(telling.name) is not telling):
            yield [section, number, "name"], f"{telling.name!r} is the name of another"
        names.add(telling.name)
        if telling.ladder != NOBODY and telling.ladder not in policy.ladders:
            known = [*policy.ladders, NOBODY]
            yield (
                [section, number, "ladder"],
                f"{telling.ladder!r} is no ladder{_choice(telling.ladder, known)}",
            )
        if telling.quiet is not None and telling.quiet not in policy.quiet:
            words = f"{telling.quiet!r} is none of the quiet hours{_choice(telling.quiet, policy.quiet)}"
            yield [section, number, "quiet"], words


def _of_role(policy: Policy, where: list[int | str], role: str, channels: list[str]) -> Wrong:
    """A role that nobody has may still be told in places: a room's screen, a channel of a team."""
    if role not in policy.roster and any(policy.is_personal(channel) for channel in channels):
        yield where, f"{role!r} is no role of the roster{_choice(role, policy.roster)}"


def _of_channels(policy: Policy, where: list[int | str], channels: list[str]) -> Wrong:
    for number, channel in enumerate(channels):
        settings = policy.channels.get(channel)
        if settings is None:
            yield [*where, number], f"{channel!r} is no channel{_choice(channel, policy.channels)}"
        elif settings.kind == "alertmanager":
            yield [*where, number], f"{channel!r} mirrors what is open by itself: it is no step of a ladder"


def _choice(wrong: str, known: Iterable[str]) -> str:
    names = list(known)
    return meant(wrong, names) or (f"; it may be {', '.join(names)}" if names else "; there is none")
