"""A difference as a story people can follow: what happened, what was said of it, what should have been."""

from collections.abc import Iterator

from pledgewatch.verifying.comparing import Comparison, Difference
from pledgewatch.verifying.told import Told
from schemas.facts import Fact
from schemas.times import format_time


def summary(found: Comparison) -> Iterator[str]:
    """The counts compared, a line each."""
    yield f"{found.events:,} events of {found.subjects:,} subjects judged again"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.kinds.items()))
    yield f"{found.said:,} announcements of {found.clocks:,} clocks compared{': ' + kinds if kinds else ''}"
    if found.overtaken:
        yield f"{found.overtaken:,} more were overtaken by events before they could be said"
    if found.hasty:
        yield f"{found.hasty:,} were noted before all topics had been read, announced to nobody, and mended"
    if found.returned:
        yield f"left out: {found.returned:,} subjects that came back after they were forgotten"
    if found.unreadable:
        yield f"{found.unreadable:,} records that cannot be read are left out"
    if found.lost:
        yield f"{found.lost:,} of them are not among the dead letters: they are lost"
    count = len(found.differences)
    differ = "1 clock differs" if count == 1 else f"{count:,} clocks differ"
    if count or found.said:
        yield differ if count else "no difference"


def story(difference: Difference) -> Iterator[str]:
    """One difference, as a timeline in UTC in the order in which things became known."""
    yield f"{difference.clock}: {difference.problem}"
    moments = [
        *((fact.recorded, 0, f"recorded   {_fact(fact)}") for fact in difference.facts),
        *((told.said_at, 1, f"SAID       {_told(told)}") for told in difference.said),
        *((told.said_at, 2, f"should say {_told(told)}") for told in difference.wanted),
    ]
    for moment, _, words in sorted(moments):
        yield f"  {format_time(moment)}  {words}"


def _fact(fact: Fact) -> str:
    data = " ".join(f"{name}={value}" for name, value in fact.data.items())
    happened = "" if fact.time == fact.recorded else f" (happened {format_time(fact.time)})"
    return f"{fact.type}{' ' + data if data else ''}{happened}  [{fact.source} {fact.id}]"


def _told(told: Told) -> str:
    words = told.kind if told.kind != "verdict" else told.verdict
    parts = [f"{words}{f' ({told.reason})' if told.reason else ''}"]
    for name, value in (("about", told.about), ("due", told.due), ("stop", told.stop)):
        if value is not None:
            parts.append(f"{name} {format_time(value)}")
    return ", ".join(parts)
