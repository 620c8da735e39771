"""`pledgewatch alerting check`: a policy read strictly, what to think about, and who would be told what by it."""

from collections.abc import Iterator, Sized
from pathlib import Path

import click
from rich.console import Console

from alerting.hours import as_local
from alerting.policy import NOBODY, Policy, Rate, Rule, Storm, Telling
from alerting.reaching import reach
from alerting.reading import read_policy
from alerting.reviewing import review
from pledgewatch.cli import OK
from pledgewatch.commands.judge import At
from schemas.documents import read_yaml
from schemas.times import format_duration
from streams.clock import parse_clock


@click.command("check")
@click.argument("policy", metavar="POLICY.yaml", type=click.Path(path_type=Path))
@click.option("--at", type=At(), help="As the roster has it then; by default now.")
@click.pass_context
def command(ctx: click.Context, policy: Path, at: int | None) -> None:
    """Check a policy of the duty desk: strictly, every error with its line.

    Then shows whom each rule would tell at that moment, and what its author may not have meant: hours in which
    nobody is on duty, people without an address, parts that nothing uses. Sends nothing. Exit code 2 where the
    policy cannot be used; what is only remarked on changes no exit code.
    """
    read = read_policy(policy)
    now = parse_clock("wall").now() if at is None else at
    console = Console(highlight=False, soft_wrap=True)
    for line in (*_summary(policy, read), "", *_tellings(read, now), *_remarks(policy, read, now)):
        console.print(line, markup=False)
    ctx.exit(OK)


def _summary(path: Path, policy: Policy) -> Iterator[str]:
    counts: dict[str, Sized] = {
        "rule": policy.rules,
        "storm": policy.storms,
        "rate": policy.rates,
        "ladder": policy.ladders,
        "role": policy.roster,
        "channel": policy.channels,
    }
    numbers = [f"{len(each)} {name}{'' if len(each) == 1 else 's'}" for name, each in counts.items()]
    people = f"{len(policy.people)} {'person' if len(policy.people) == 1 else 'people'}"
    yield f"{path}: {', '.join(numbers)}, {people}"


def _tellings(policy: Policy, now: int) -> Iterator[str]:
    yield f"Whom it tells, by the roster of {as_local(now, policy.tz)}:"
    for telling in (*policy.rules, *policy.storms, *policy.rates):
        yield f"  {telling.name}: {_of(telling)}"
        if telling.ladder == NOBODY:
            yield "    nobody: it is on the board"
        for rung in policy.ladders.get(telling.ladder, []):
            when = f"after {format_duration(rung.after)}" if rung.after else "at once"
            reached = reach(policy, rung.tell, rung.by, now)
            who = reached.missing or ", ".join(reached.names) or "whoever is there"
            yield f"    {when}: {rung.tell} ({who}) by {', '.join(rung.by)}"
    if policy.digest is not None:
        by = ", ".join(policy.digest.by)
        yield f"  old news: {policy.digest.tell} at {policy.digest.at:%H:%M} by {by}"


def _of(telling: Telling) -> str:
    """What a rule, storm or rate is of, in words."""
    if isinstance(telling, Rate):
        of = f"{telling.standard} under {telling.under} % over {telling.over}, of {telling.at_least} or more"
    elif isinstance(telling, Storm):
        standards = ", ".join(telling.standards or ["any one standard"])
        of = f"more than {telling.more_than} in {format_duration(telling.within)} of {standards}"
    else:
        of = _of_rule(telling)
    return of + (f"; quiet hours {telling.quiet}" if telling.quiet else "")


def _of_rule(rule: Telling) -> str:
    if not isinstance(rule, Rule):
        return ""
    lists = {
        "": rule.standards,
        "in ": rule.boroughs,
        "grade ": rule.grades,
        "when ": rule.stages,
        "on ": rule.days,
    }
    parts = [before + ", ".join(values) for before, values in lists.items() if values]
    if rule.hours is not None:
        parts.append(f"from {rule.hours[0]:%H:%M} to {rule.hours[1]:%H:%M}")
    return "; ".join(parts) or "everything"


def _remarks(path: Path, policy: Policy, now: int) -> Iterator[str]:
    document = read_yaml(path)
    remarks = sorted((document.line(remark.where), remark.words) for remark in review(policy, now))
    if remarks:
        yield ""
        yield "To think about:"
    yield from (f"  {path}:{line}: {words}" for line, words in remarks)
