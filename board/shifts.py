"""The page on which a shift hands over: what is open, to whom it goes."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from alerting.alert import Alert
from board import asking
from board.doing import DoingError, ShiftEnd, hand_overs
from board.pages import Drawing, asked_of
from board.showing import shown
from board.sources import Sources
from board.typing_in import FAILED, known, see, typed_in, unsure, wrong_in
from schemas.actions import HandedOver

MOST = 1000
"""How many alerts are shown, the most urgent."""


class Shifts:
    """The end of a shift."""

    def __init__(self, sources: Sources, drawing: Drawing) -> None:
        self._sources, self._drawing = sources, drawing

    def router(self) -> APIRouter:
        """Where it is."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/handover", self.page, methods=["GET"], response_model=None)
        routes.add_api_route("/handover", self.hand_over, methods=["POST"], response_model=None)
        return routes

    async def page(self, request: Request) -> HTMLResponse:
        """What is open, to be ticked."""
        return await self._page(request)

    async def hand_over(self, request: Request) -> Response:
        """Hands over what was ticked; sent again, it is the same hand-over."""
        form = await request.form()
        typed = {**typed_in(form), "alerts": [str(each) for each in form.getlist("alerts")]}
        again = {"typed": typed, "handover_id": typed.get("id")}
        try:
            shift = ShiftEnd.model_validate(typed)
            await self._do(shift)
        except (ValidationError, DoingError) as problem:
            return await self._page(request, 422, wrong=wrong_in(problem), **again)
        except FAILED as problem:
            return await self._page(request, 503, wrong=unsure(problem), **again)
        return see(f"/handover?done={quote(shift.id, safe='')}", shift.by)

    async def _do(self, shift: ShiftEnd) -> None:
        missing = [each for each in shift.alerts if await self._sources.alerts.alert(each) is None]
        if missing:
            raise DoingError("alerts", f"There is no alert {', '.join(missing)}: nothing was handed over.")
        for action in hand_overs(shift, self._sources.now()):
            await self._sources.act(action)

    async def _page(self, request: Request, status: int = 200, **given: Any) -> HTMLResponse:
        asked = asked_of(request)
        found, total = await asking.alerts(self._sources, {}, limit=MOST)
        name = asked.get("from") or known(request)
        mine = [each.id for each in found if name and each.assignee == name]
        found.sort(key=lambda each: each.id not in mine)
        told = {
            "here": "/handover",
            "typed": {"by": name, "alerts": mine},
            "wrong": {},
            "handover_id": str(uuid4()),
            "rows": [shown(each, self._sources.zone) for each in found],
            "done": _handed(found, asked.get("done", "")),
            "total": total,
        }
        return await self._drawing.plain(request, "handover.html", status, **{**told, **given})


def _handed(found: list[Alert], handover: str) -> dict[str, Any] | None:
    """A hand-over that was done: what, by whom, to whom."""
    rows = [
        (alert, action)
        for alert in found
        for action in alert.actions
        if isinstance(action, HandedOver) and action.data.handover == handover
    ]
    return {"alerts": [alert.id for alert, _ in rows], "action": rows[0][1]} if rows else None
