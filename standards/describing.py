"""A pack in words: each number with its sentence, its source, and whether it was carried over."""

from collections.abc import Iterator
from typing import NamedTuple

from schemas.times import format_duration
from standards.document import Figure, Limit, PackDocument, StandardDocument


def describe(pack: PackDocument) -> str:
    """A pack for people: its dates, its clocks, and beside each number where it comes from."""
    return "\n".join(_lines(pack))


class Number(NamedTuple):
    """A number of a pack: what it is of, its value in words, and the figure with its sentence and source."""

    name: str
    value: str
    figure: Figure


def pack_numbers(pack: PackDocument) -> Iterator[Number]:
    """What a pack says for all its standards."""
    yield Number("in force", in_force(pack), pack.in_force)
    for name, figure in (("settle", pack.settle), ("page within", pack.page_within), ("skew", pack.skew)):
        yield Number(name, format_duration(figure.value), figure)
    yield Number("shifts", ", ".join(f"{at:%H:%M}" for at in pack.shifts.at), pack.shifts)


def standard_numbers(standard: StandardDocument) -> Iterator[Number]:
    """What one standard says; a target or a stage only where it has one."""
    yield Number("limit", limit_in_words(standard.limit), standard.limit)
    if standard.target:
        yield Number("target", f"{standard.target.percent} %", standard.target)
    if standard.at_risk:
        yield Number("at risk", f"at {standard.at_risk.percent} % of its time", standard.at_risk)
    if standard.unresourced:
        after = format_duration(standard.unresourced.after)
        yield Number("un-resourced", f"after {after}", standard.unresourced)


def in_force(pack: PackDocument) -> str:
    """The days a pack held, both included."""
    return f"{pack.in_force.from_} to {pack.in_force.until or 'today'}"


def limit_in_words(limit: Limit) -> str:
    """`within 12m`, by area `within 15m (urban 15m, rural 20m)`, or `within 10 working days`."""
    if limit.working_days is not None:
        return f"within {_counted(limit.working_days, 'working day')}"
    if limit.months is not None:
        return f"within {_counted(limit.months, 'month')}"
    if limit.end_of is not None:
        return f"by the end of the {limit.end_of}"
    areas = ", ".join(f"{area} {format_duration(ms)}" for area, ms in limit.areas.items())
    return f"{limit.form} {format_duration(limit.ms)}" + (f" ({areas})" if areas else "")


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("" if number == 1 else "s")


def _lines(pack: PackDocument) -> Iterator[str]:
    yield f"{pack.id}  version {pack.version}"
    yield pack.title
    yield pack.about
    yield ""
    for number in pack_numbers(pack):
        yield from _told(number)
    yield f"  time zone {pack.time_zone}, calendar {pack.calendar}"
    for standard in pack.standards:
        yield ""
        yield from _standard(standard)


def _standard(standard: StandardDocument) -> Iterator[str]:
    yield f"{standard.id}: {standard.sentence}"
    for number in standard_numbers(standard):
        yield from _told(number)
    if standard.family == "attendance":
        counts = "counts" if standard.counts_staged else "does not count"
        yield f"  a unit staged nearby {counts} as an arrival"


def _told(number: Number) -> Iterator[str]:
    name, value, figure = number
    carried = f"  [carried over from {figure.carried_over}]" if figure.carried_over else ""
    yield f"  {name}: {value}{carried}"
    yield f"    {figure.sentence}"
    yield f"    source: {figure.source.url}"
    yield f"    {figure.source.note}"
