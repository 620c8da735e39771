"""Figures as rows: one for each standard and group, and one for the standard as a whole."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from clocks.standard import Pack, Standard
from figures.calls import Calls, Way
from figures.gathering import Figure, Gatherings, total
from figures.rate import Rate


class Row(NamedTuple):
    """A figure; `groups` are the names of its groups, none for the whole standard."""

    standard: Standard
    groups: tuple[str, ...]
    figure: Figure


def rows_of(gatherings: Gatherings, pack: Pack) -> Iterator[Row]:
    """The rows in the pack's order of standards, groups in theirs, the whole of a standard last."""
    for standard in _promises(pack):
        places = sorted(place for place in gatherings if place.standard == standard.id)
        for place in places:
            if place.groups:
                yield Row(standard, tuple(group.name for group in place.groups), gatherings[place].figure())
        if places:
            yield Row(standard, (), total(gatherings[place] for place in places).figure())


def _promises(pack: Pack) -> list[Standard]:
    """The standards of a pack and of those that held before it; where they differ, the sentences of all.

    A target stands only where all packs that have the standard have that target.
    """
    found: dict[str, Standard] = {}
    for each in reversed(list(_one_after_the_other(pack))):
        for name, standard in each.standards.items():
            found[name] = _either(found.get(name, standard), standard)
    return list(found.values())


def _one_after_the_other(pack: Pack | None) -> Iterator[Pack]:
    while pack is not None:
        yield pack
        pack = pack.before


def _either(earlier: Standard, later: Standard) -> Standard:
    sentences = dict.fromkeys((earlier.sentence, later.sentence))
    target = later.target_percent if later.target_percent == earlier.target_percent else None
    return replace(later, sentence=" Later: ".join(sentences), target_percent=target)


def row_fields(row: Row, by: Sequence[str]) -> dict[str, Any]:
    """A row for machines; durations in ms, percentages None for few clocks (N3), groups None for the whole."""
    figure, counts, target = row.figure, row.figure.counts, row.standard.target_percent
    return {
        "standard": row.standard.id,
        **dict(zip(by, row.groups or (None,) * len(by), strict=True)),
        "clocks": counts.clocks,
        "met": counts.met,
        "breached": counts.breached,
        "not_yet_due": figure.early,
        **_rate_fields(figure.rate),
        "target_percent": target,
        "against_target": figure.rate.against(target),
        "excluded": counts.excluded,
        "unverifiable": counts.unverifiable,
        "running": counts.running,
        "durations": _duration_fields(figure),
        "calls": counts.calls._asdict() if counts.calls else None,
        "ways": [_way_fields(way) for way in figure.ways],
    }


def flat_fields(row: Row, by: Sequence[str]) -> dict[str, Any]:
    """The same in one level, for CSV: reasons in one cell, what calls alone have in columns of their own."""
    fields = row_fields(row, by)
    for name in ("excluded", "unverifiable"):
        reasons: dict[str, int] = fields[name]
        fields[name] = sum(reasons.values())
        fields[f"{name}_reasons"] = "; ".join(f"{reason} {number}" for reason, number in reasons.items())
    durations, calls, ways = fields.pop("durations"), fields.pop("calls") or {}, fields.pop("ways")
    percents = {way["way"]: way["percent"] for way in ways}
    return {
        **fields,
        **durations,
        **{name: calls.get(name) for name in Calls._fields},
        **{f"way_{number}_percent": percents.get(number) for number in range(1, 6)},
    }


def _rate_fields(rate: Rate) -> dict[str, Any]:
    """How many were counted, and the share with its interval, in percent to a tenth."""
    interval = rate.interval
    return {
        "n": rate.of,
        "percent": None if rate.tenths is None else rate.tenths / 10,
        "low_percent": round(100 * interval.low, 1) if interval else None,
        "high_percent": round(100 * interval.high, 1) if interval else None,
    }


def _duration_fields(figure: Figure) -> dict[str, Any]:
    stopped, *lengths = figure.durations
    names = figure.durations._fields[1:]
    return {
        "stopped": stopped,
        **{f"{name}_ms": ms for name, ms in zip(names, lengths, strict=True)},
        "without_stop": figure.without_stop,
        "called_off": figure.called_off,
    }


def _way_fields(way: Way) -> dict[str, Any]:
    return {
        "way": way.number,
        "name": way.name,
        "formula": way.formula,
        "kept": way.rate.kept,
        **_rate_fields(way.rate),
    }
