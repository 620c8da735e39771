"""Whether anybody is on the way: the units assigned to an incident, and the gaps without one (I3, P1)."""

from typing import NamedTuple

from clocks.finding import Finding
from clocks.stopping import Running
from schemas.facts import Fact

_UNIT_LEFT = {"unit.stood_down", "unit.diverted"}


class Gap(NamedTuple):
    """Nobody has been assigned since `since`, as was recorded at `recorded`; both in ms."""

    since: int
    recorded: int

    def noted_on(self, running: Running) -> Finding:
        """The unended clock, with the moment from which the lack of a unit is to be said (P1)."""
        after = running.standard.unresourced_after
        if after is None:
            return running.unended()
        return running.unended(
            unresourced=max(running.start + after, self.since),
            unresourced_known=max(self.recorded, running.known),
        )


def assigned_units(facts: list[Fact]) -> set[str]:
    """The call signs assigned after the ordered facts."""
    units: set[str] = set()
    for fact in facts:
        if fact.type == "unit.dispatched":
            units.add(fact.data["unit"])
        elif fact.type in _UNIT_LEFT:
            units.discard(fact.data["unit"])
    return units


def unresourced_gap(start: Fact, facts: list[Fact]) -> Gap | None:
    """The gap that the ordered facts leave open; none while a unit is assigned."""
    units: set[str] = set()
    gap: Gap | None = Gap(start.time, start.recorded)
    for fact in facts:
        if fact.type == "unit.dispatched":
            units.add(fact.data["unit"])
            gap = None
        elif fact.type in _UNIT_LEFT and fact.data["unit"] in units:
            units.discard(fact.data["unit"])
            gap = gap if units else Gap(fact.time, fact.recorded)
    return gap
