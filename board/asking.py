"""What lists can be asked for: filters of the address, as the view and the store take them."""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException

from alerting.alert import Alert
from board.sources import Sources
from board.view import OpenClock

PAGE = 100
"""How many rows a page of a list has."""
STATES = [("unowned", "Nobody has it"), ("acknowledged", "Acknowledged"), ("closed", "Closed")]
"""Which alerts can be asked for, beside all that are open."""
STAGES = [("running", "Running"), ("at-risk", "At risk"), ("breached", "Breached")]
"""Which open clocks can be asked for."""
GRADES = [(grade, grade) for grade in ("I", "S", "E", "R")]
FILTERS = ("borough", "ward", "grade", "standard", "assignee", "state", "stage", "unit", "cohort")
Asked = Mapping[str, str]


def page_of(asked: Asked) -> int:
    """The page asked for, from 1; what is no number is the first."""
    text = asked.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


async def alert(sources: Sources, alert_id: str) -> Alert:
    """One alert; 404 where there is none."""
    found = await sources.alerts.alert(alert_id)
    if found is None:
        raise HTTPException(404, f"There is no alert {alert_id}. It may have been closed over 70 days ago.")
    return found


async def alerts(sources: Sources, asked: Asked, limit: int = PAGE) -> tuple[list[Alert], int]:
    """The alerts of a page, and how many there are in all."""
    store, wanted = sources.alerts, _wanted(asked, "borough", "ward", "grade", "standard", "assignee")
    start, state = (page_of(asked) - 1) * limit, asked.get("state", "")
    if state == "unowned":
        return await _of_states(sources, ("escalated", "raised"), wanted, start, limit)
    if state == "closed":
        still = await store.count(**wanted)
        total = await store.count(open_only=False, **wanted) - still
        rows = await store.alerts(open_only=False, limit=limit, offset=still + start, **wanted)
        return list(rows), total
    if state:
        wanted["state"] = state
    return list(await store.alerts(limit=limit, offset=start, **wanted)), await store.count(**wanted)


async def _of_states(
    sources: Sources, states: tuple[str, ...], wanted: dict[str, Any], start: int, limit: int
) -> tuple[list[Alert], int]:
    """Those of one state after those of another."""
    found: list[Alert] = []
    total = 0
    for state in states:
        number = await sources.alerts.count(state=state, **wanted)
        room = limit - len(found)
        skipped = max(0, start - total)
        if room > 0 and skipped < number:
            found += await sources.alerts.alerts(state=state, limit=room, offset=skipped, **wanted)
        total += number
    return found, total


async def clocks(sources: Sources, asked: Asked, limit: int = PAGE) -> tuple[list[OpenClock], int]:
    """The open clocks of a page, the earliest due first, and how many there are in all."""
    wanted = _wanted(asked, "borough", "ward", "grade", "standard", "stage")
    if asked.get("unit") == "none":
        wanted["unresourced"] = True
    wanted["cohort"] = asked.get("cohort") or "live"
    rows = await sources.view.open_clocks(limit=limit, offset=(page_of(asked) - 1) * limit, **wanted)
    return rows, await sources.view.count(**wanted)


def _wanted(asked: Asked, *names: str) -> dict[str, Any]:
    return {name: asked[name] for name in names if asked.get(name)}
