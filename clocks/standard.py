"""The compiled standards: plain numbers the judge compares, made once from a pack's YAML."""

from datetime import date, time
from zoneinfo import ZoneInfo

import msgspec

from clocks.calendar import months_after, working_days_after
from schemas.errors import PledgeWatchError
from schemas.events import TYPES
from schemas.facts import Fact


class Standard(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One promise with a clock; all durations in ms.

    `limit` holds where no area is known, `limits` by area (`urban`, `rural`) where the promise tells them
    apart. A limit in `working_days` or `months` has no `limit`; nor has one to the end of the month that the start
    names (M7).
    """

    id: str
    sentence: str
    limit: int = 0
    working_days: int = 0
    months: int = 0
    limits: dict[str, int] = {}
    under: bool = False
    target_percent: int | None = None
    at_risk_percent: int | None = None
    unresourced_after: int | None = None
    counts_staged: bool = False

    def limit_in(self, area: str | None) -> int:
        """How long the clock has in an area, in ms."""
        return self.limits.get(area, self.limit) if area else self.limit

    def in_time(self, stop: int, due: int) -> bool:
        """Whether a stop meets its due (T3): on the due is in time for `within`, too late for `under`."""
        return stop < due if self.under else stop <= due

    def breach_moment(self, due: int) -> int:
        """The first ms at which a clock that has not stopped is breached (T3)."""
        return due if self.under else due + 1


class UnknownPackError(PledgeWatchError):
    """Clocks were judged by a pack that is not at hand.

    Operator action: give `standards` both packs, the old one first, as the message says.
    """


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """A dated set of standards, compiled; `settle`, `page_within`, `skew` in ms, shifts in local time."""

    id: str
    version: int
    title: str
    standards: dict[str, Standard]
    zone: ZoneInfo
    calendar: str = "england-and-wales"
    holidays: frozenset[date] = frozenset()
    shifts: tuple[time, ...] = ()
    settle: int = 1_000
    page_within: int = 15 * 60_000
    skew: int = 2_000
    before: "Pack | None" = None
    """The pack that held until this one took effect; none where it judges everything."""
    takes_effect: int = 0
    """What starts from then (ms) on is judged by this pack, what started earlier by the one before (N5)."""
    skews: dict[tuple[str, str], int] = {}
    """The skew of the feeds that declare their own, by topic and source."""
    arrivals: frozenset[str] = frozenset({"unit.arrived"})
    """The types that count as an arrival: derived, `unit.staged` only where a standard says so (I2)."""

    def __repr__(self) -> str:
        """Its name is enough: a calendar is long."""
        return f"<Pack {self.id} version {self.version}>"

    def due(self, standard: Standard, start: int) -> int:
        """When a clock that starts at `start` is due, in ms: elapsed time, or days and months of the pack's zone."""
        if standard.working_days:
            return working_days_after(start, standard.working_days, self.holidays, self.zone)
        if standard.months:
            return months_after(start, standard.months, self.zone)
        return start + standard.limit

    def __post_init__(self) -> None:
        """Note once what every judging would ask again."""
        if any(standard.counts_staged for standard in self.standards.values()):
            msgspec.structs.force_setattr(self, "arrivals", frozenset({"unit.arrived", "unit.staged"}))

    def for_start(self, start: int) -> "Pack":
        """The pack by which what started at `start` (ms) is judged (N5)."""
        if self.before is None or start >= self.takes_effect:
            return self
        return self.before.for_start(start)

    def named(self, name: str, version: int) -> "Pack":
        """The pack of that id and version, be it an earlier one; UnknownPackError where there is none."""
        pack: Pack | None = self
        while pack is not None:
            if (pack.id, pack.version) == (name, version):
                return pack
            pack = pack.before
        raise UnknownPackError(
            f"the ledger holds clocks judged by {name} version {version}, which is not among the standards given: "
            f"name that pack too, before {self.id} and the day it takes effect (docs/running-it.md, "
            "Changing packs and versions)"
        )

    def skew_of(self, stop: Fact) -> int:
        """By how much the clock of the feed that told of a stop may differ from the others, in ms (T7)."""
        return self.skews.get((TYPES[stop.type].topics[0], stop.source), self.skew)
