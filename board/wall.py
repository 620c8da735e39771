"""The wall: what is about to go wrong, seen in two seconds from across the room."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from board.asking import Asked
from board.screens import Facts, Part, parts
from board.sources import Sources
from board.trust import trust
from board.view import OpenClock, StandardNow

NEXT, OVER, UNITS = 20, 12, 8
"""How many rows the lists have."""


class Tile(NamedTuple):
    """One number; `oldest` is the start (ms) of what waits longest."""

    key: str
    name: str
    number: int
    shape: str
    tone: str
    href: str
    oldest: int | None = None


async def wall(sources: Sources, asked: Asked) -> Facts:
    """The control room at a glance, everywhere or in one borough."""
    borough, view = asked.get("borough") or None, sources.view
    facts = Facts(await trust(sources))
    standards = await view.standards(borough)
    coming = await view.open_clocks(borough=borough, coming=True, limit=NEXT)
    tiles = _tiles(standards, await _unowned(sources, borough), borough)
    # The latest first: that is where something can still be done.
    over = await view.open_clocks(borough=borough, breached=True, limit=OVER, latest=True)
    without = await view.open_clocks(borough=borough, unresourced=True, limit=UNITS)
    facts.regions = {
        "first": [Part("first", "first", min(coming, key=lambda row: row.due, default=None))],
        "tiles": parts("tile", tiles, lambda tile: tile.key),
        "standards": parts("standard", standards, lambda row: row.standard),
        "next": parts("clock", coming, _name),
        "over": parts("clock", over, _name),
        "units": parts("clock", without, _name),
        "feeds": parts("feed", await view.feeds(), lambda row: row.feed),
    }
    facts.summary = ", ".join(f"{tile.name.lower()}: {tile.number}" for tile in tiles).capitalize() + "."
    facts.given = {"borough": borough, "boroughs": await view.boroughs()}
    return facts


def _name(row: OpenClock) -> str:
    return row.clock


async def _unowned(sources: Sources, borough: str | None) -> int:
    counts = [await sources.alerts.count(borough=borough, state=state) for state in ("raised", "escalated")]
    return sum(counts)


def _tiles(standards: list[StandardNow], unowned: int, borough: str | None) -> list[Tile]:
    def total(name: str) -> int:
        return sum(getattr(row, name) for row in standards)

    def href(path: str, **asked: str) -> str:
        return f"{path}?{urlencode({**asked, **({'borough': borough} if borough else {})})}"

    breached, risk, unit = (href("/clocks", **asked) for asked in _CLOCKS)
    return [
        Tile("breached", "Breached, open", total("breached_open"), "■", "breach", breached),
        Tile("risk", "At risk", total("at_risk"), "▲", "risk", risk),
        Tile("unit", "No unit", total("unresourced"), "◆", "unit", unit),
        Tile("unowned", "Alerts nobody has", unowned, "!", "unowned", href("/alerts", state="unowned")),
        _calls([row for row in standards if _call(row.standard) and row.waiting], href),
    ]


_CLOCKS: list[dict[str, str]] = [{"stage": "breached"}, {"stage": "at-risk"}, {"unit": "none"}]


def _calls(waiting: list[StandardNow], href: Callable[..., str]) -> Tile:
    """Calls always wait a little: they are coloured only once one has waited too long."""
    oldest = min((row.oldest_start for row in waiting if row.oldest_start is not None), default=None)
    over = sum(row.breached_open for row in waiting)
    most = max(waiting, key=lambda row: row.breached_open, default=None)
    address = href("/clocks", standard=most.standard if most else "call-999")
    number = sum(row.waiting for row in waiting)
    return Tile("calls", "Calls waiting", number, "●", "breach" if over else "", address, oldest)


def _call(standard: str) -> bool:
    return standard.startswith("call-")
