"""An alert's page and what people do on it; links to acknowledge; what could not be delivered."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException

from alerting.links import PATH as LINKED
from alerting.links import LinkError
from board import asking
from board.doing import AnyDoing, DoingError, action_of
from board.pages import Drawing, live_at
from board.parked import parked
from board.screens import one_alert
from board.showing import alert_page
from board.sources import Sources
from board.typing_in import FAILED, known, see, typed_in, unsure, wrong_in
from schemas.actions import Action
from schemas.times import MINUTE, format_time

SNOOZES = [(15, "15 minutes"), (30, "30 minutes"), (60, "an hour"), (120, "2 hours"), (240, "4 hours")]
_doing: TypeAdapter[AnyDoing] = TypeAdapter(AnyDoing)
_OWN = {"assign": ("to",), "snooze": ("until",), "retry": ("step",)}
"""The fields that only one thing to do asks for."""


class Forms:
    """The pages on which something is done about one alert."""

    def __init__(self, sources: Sources, drawing: Drawing) -> None:
        self._sources, self._drawing = sources, drawing

    def router(self) -> APIRouter:
        """Where each of them is."""
        routes = APIRouter(include_in_schema=False)
        one = "/alerts/{alert_id:path}"
        routes.add_api_route(one, self.alert, methods=["GET"], response_model=None)
        routes.add_api_route(one, self.do, methods=["POST"], response_model=None)
        routes.add_api_route(LINKED, self.linked, methods=["GET"], response_model=None)
        routes.add_api_route("/parked", self.undelivered, methods=["GET"], response_model=None)
        return routes

    async def alert(self, request: Request, alert_id: str) -> HTMLResponse:
        """An alert and what can be done about it."""
        return await self._page(request, alert_id)

    async def linked(self, request: Request, t: str = "") -> HTMLResponse:
        """Where the link of a message leads: it acknowledges nothing by itself, for scanners open every link."""
        alert_id, person = _linked(self._sources, t)
        return await self._page(request, alert_id, typed={"by": person or known(request)}, linked=True)

    async def do(self, request: Request, alert_id: str) -> Response:
        """What a form says is done; then the alert's page says what came of it."""
        typed = typed_in(await request.form())
        again = {"typed": typed, "action_id": typed.get("id")}
        try:
            action = await self._action(typed, alert_id)
            await self._sources.act(action)
        except (ValidationError, DoingError) as problem:
            return await self._page(request, alert_id, 422, wrong=wrong_in(problem), **again)
        except FAILED as problem:
            return await self._page(request, alert_id, 503, wrong=unsure(problem), **again)
        return see(f"{alert_page(alert_id)}?{urlencode({'done': action.id})}", typed["by"])

    async def undelivered(self, request: Request) -> HTMLResponse:
        """What could not be delivered, each with a button to try again."""
        rows = [{**each._asdict(), "again": str(uuid4())} for each in await parked(self._sources)]
        return await self._drawing.plain(
            request, "parked.html", here="/parked", rows=rows, known=known(request)
        )

    async def _page(self, request: Request, alert_id: str, status: int = 200, **given: Any) -> HTMLResponse:
        """An alert's page; what was typed and what is wrong with it stay on it."""
        alert, asked = await asking.alert(self._sources, alert_id), {"id": alert_id}
        if done := request.query_params.get("done"):
            asked["done"] = done
        facts = await one_alert(self._sources, asked)
        told = {
            "here": "/alerts",
            "live": live_at("alert", asked),
            "typed": {"by": known(request)},
            "wrong": {},
            "linked": False,
            "action_id": str(uuid4()),
            "snoozes": SNOOZES,
            "stories": await self._sources.stories(alert.id) if alert.kind == "clock" else [],
        }
        return self._drawing.html(request, "alert.html", facts, status, **{**told, **given})

    async def _action(self, typed: dict[str, Any], alert_id: str) -> Action:
        now = self._sources.now()
        doing = _doing.validate_python(_meant(typed, now))
        return action_of(doing, await asking.alert(self._sources, alert_id), now)


def _linked(sources: Sources, token: str) -> tuple[str, str]:
    if sources.links is None:
        raise HTTPException(404, "This board reads no links: it was started without PLEDGEWATCH_LINK_KEY.")
    try:
        return sources.links.read(token, sources.now())
    except LinkError as problem:
        words = f"{problem}. Find the alert among the alerts and acknowledge it there."
        raise HTTPException(410, words[:1].upper() + words[1:]) from None


def _meant(typed: dict[str, Any], now: int) -> dict[str, Any]:
    """The fields that what was pressed asks for; minutes to snooze become a moment."""
    wanted = ("do", "id", "by", "note", *_OWN.get(typed.get("do", ""), ()))
    meant = {name: typed[name] for name in wanted if name in typed}
    minutes = typed.get("minutes", "")
    if "until" in wanted and minutes.isascii() and minutes.isdigit():
        meant["until"] = format_time(now + int(minutes[:4]) * MINUTE)
    return meant
