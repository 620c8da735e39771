"""Which times of a mapping are looked at, and in which order they should follow each other."""

from typing import NamedTuple

from feeds.importing.cells import Cellwork, InstantOf, always, never
from feeds.importing.columns import Cells
from feeds.importing.localtime import Instant
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
    """A time with its name and its place; times of one place have no order among themselves, None has none.

    Where an event needs it, a row in which it cannot be read is refused.
    """

    name: str
    place: int | None
    read: InstantOf
    needed: bool


def sequence(mapping: Mapping, cellwork: Cellwork) -> list[Placed]:
    """The times a mapping reads, by name and in its `order`; where it names none, its events' by their types."""
    if mapping.times:
        needed = _needed(mapping)
        written = [name for name, moment in mapping.times.items() if moment.written]
        return _in_order([_named(name, mapping, cellwork, name in needed) for name in written])
    return _in_order([_of_event(rule, cellwork) for rule in mapping.events])


def _in_order(times: list[Placed]) -> list[Placed]:
    return sorted(times, key=lambda each: (each.place is None, each.place))


def _needed(mapping: Mapping) -> set[str]:
    """The names of the times that events are made of; each is made of those above it alone."""
    names = {name for rule in mapping.events for name in rule.time.others}
    for name, moment in reversed(mapping.times.items()):
        if name in names:
            names.update(moment.others)
    return names


def _named(name: str, mapping: Mapping, cellwork: Cellwork, needed: bool) -> Placed:
    place = mapping.order.index(name) if name in mapping.order else None
    return Placed(name, place, cellwork.times[name], needed)


def _of_event(rule: EventRule, cellwork: Cellwork) -> Placed:
    read = cellwork.moment(rule.time)
    when = cellwork.truths[rule.when] if rule.when else always
    unless = cellwork.truths[rule.unless] if rule.unless else never
    place = _PLACES.get(rule.type.rpartition(".")[2])

    def happened(cells: Cells) -> Instant | None:
        return read(cells) if when(cells) and not unless(cells) else None

    return Placed(rule.called, place, happened, needed=True)
