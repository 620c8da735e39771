"""Which times of a mapping are looked at, and in which order they should follow each other."""

from typing import NamedTuple

from feeds.importing.cells import Cellwork, InstantOf, always, never
from feeds.importing.mapping import EventRule, Mapping

_PLACES = {
    "presented": 0,
    "created": 0,
    "received": 0,
    "requested": 0,
    "reported": 0,
    "dispatched": 1,
    "made": 1,
    "staged": 2,
    "arrived": 3,
    "answered": 3,
    "abandoned": 3,
    "responded": 3,
    "acknowledged": 3,
    "contacted": 3,
    "kept": 3,
    "concluded": 4,
    "closed": 4,
}
"""Where an event stands in what happens to its subject, by the last word of its type."""


class Placed(NamedTuple):
    """A time with its name and its place; times of one place have no order among themselves, None has none."""

    name: str
    place: int | None
    read: InstantOf


def sequence(mapping: Mapping, cellwork: Cellwork) -> list[Placed]:
    """The times a mapping reads, by name and in its `order`; where it names none, its events' by their types."""
    if mapping.times:
        written = [name for name, moment in mapping.times.items() if moment.written]
        return _in_order([_named(name, mapping, cellwork) for name in written])
    return _in_order([_of_event(rule, cellwork) for rule in mapping.events])


def _in_order(times: list[Placed]) -> list[Placed]:
    return sorted(times, key=lambda each: (each.place is None, each.place))


def _named(name: str, mapping: Mapping, cellwork: Cellwork) -> Placed:
    place = mapping.order.index(name) if name in mapping.order else None
    return Placed(name, place, cellwork.times[name])


def _of_event(rule: EventRule, cellwork: Cellwork) -> Placed:
    read = cellwork.moment(rule.time)
    when = cellwork.truths[rule.when] if rule.when else always
    unless = cellwork.truths[rule.unless] if rule.unless else never
    place = _PLACES.get(rule.type.rpartition(".")[2])
    return Placed(
        rule.called, place, lambda cells: read(cells) if when(cells) and not unless(cells) else None
    )
