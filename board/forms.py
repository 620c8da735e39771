"""An alert's page and what people do on it; the page on which a shift hands over; links to acknowledge."""

from typing import Any
from urllib.parse import quote, unquote, urlencode
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from alerting.alert import Alert
from alerting.links import PATH as LINKED
from alerting.links import LinkError
from board import asking
from board.doing import AnyDoing, DoingError, ShiftEnd, action_of, hand_overs, holder
from board.pages import Drawing, asked_of, live_at
from board.parked import parked
from board.screens import one_alert
from board.showing import alert_page, shown
from board.sources import Sources
from schemas.actions import HandedOver
from schemas.errors import PledgeWatchError
from schemas.times import MINUTE, format_time

NAME = "name"
"""The cookie that keeps the name somebody gave, so that it is typed once a shift."""
SHIFT = 12 * 3600
SNOOZES = [(15, "15 minutes"), (30, "30 minutes"), (60, "an hour"), (120, "2 hours"), (240, "4 hours")]
_doing: TypeAdapter[AnyDoing] = TypeAdapter(AnyDoing)
_WHAT = {
    "by": "your name",
    "to": "whose it is to be",
    "note": "a note",
    "until": "how long",
    "alerts": "an alert",
}


class Forms:
    """What the forms need to be shown and to be done."""

    def __init__(self, sources: Sources, drawing: Drawing) -> None:
        self.sources, self.drawing = sources, drawing

    def router(self) -> APIRouter:
        """Where each of them is."""
        routes = APIRouter(include_in_schema=False)
        one = "/alerts/{alert_id:path}"
        routes.add_api_route(one, self.alert_page, methods=["GET"], response_model=None)
        routes.add_api_route(one, self.do, methods=["POST"], response_model=None)
        routes.add_api_route(LINKED, self.linked, methods=["GET"], response_model=None)
        routes.add_api_route("/parked", self.undelivered, methods=["GET"], response_model=None)
        routes.add_api_route("/handover", self.shift_page, methods=["GET"], response_model=None)
        routes.add_api_route("/handover", self.hand_over, methods=["POST"], response_model=None)
        return routes

    async def alert_page(self, request: Request, alert_id: str) -> HTMLResponse:
        """An alert and what can be done about it."""
        return await self._alert(request, alert_id)

    async def linked(self, request: Request, t: str = "") -> HTMLResponse:
        """Where the link of a message leads: it acknowledges nothing by itself, for scanners open every link."""
        alert_id, person = _linked(self.sources, t)
        return await self._alert(request, alert_id, typed={"by": person}, linked=True)

    async def shift_page(self, request: Request) -> HTMLResponse:
        """The end of a shift."""
        return await self._shift(request)

    async def _alert(self, request: Request, alert_id: str, status: int = 200, **given: Any) -> HTMLResponse:
        """An alert's page; what was typed and what is wrong with it stay on it."""
        asked = {"id": alert_id}
        facts = await one_alert(self.sources, asked)
        found = await self.sources.alerts.alert(alert_id)
        if found is None:
            raise HTTPException(
                404, f"There is no alert {alert_id}. It may have been closed over 70 days ago."
            )
        told = {
            "typed": {"by": _known(request)},
            "wrong": {},
            "outcome": _outcome(found, request.query_params.get("done")),
            "action_id": str(uuid4()),
            "snoozes": SNOOZES,
            "stories": await self._stories(found),
            "linked": False,
        }
        return self.drawing.html(
            request,
            "alert.html",
            facts,
            status,
            live=live_at("alert", asked),
            refresh=None,
            here="/alerts",
            **{**told, **given},
        )

    async def do(self, request: Request, alert_id: str) -> Response:
        """What a form says is done; then the alert's page says what came of it."""
        typed = _typed(await request.form())
        alert = await self.sources.alerts.alert(alert_id)
        if alert is None:
            raise HTTPException(404, f"There is no alert {alert_id}.")
        try:
            action = action_of(
                _doing.validate_python(_meant(typed, self.sources.now())), alert, self.sources.now()
            )
            await self.sources.act(action)
        except ValidationError as problem:
            return await self._alert(request, alert_id, 422, typed=typed, wrong=_wrong(problem))
        except DoingError as problem:
            return await self._alert(request, alert_id, 422, typed=typed, wrong={problem.field: str(problem)})
        except (PledgeWatchError, OSError) as problem:
            wrong = {"do": f"Nothing was recorded: {problem}. Send it again; twice is once."}
            return await self._alert(
                request, alert_id, 503, typed=typed, wrong=wrong, action_id=typed.get("id")
            )
        return _to(f"{alert_page(alert_id)}?{urlencode({'done': action.id})}", typed["by"])

    async def undelivered(self, request: Request) -> HTMLResponse:
        """What could not be delivered, each with a button to try again."""
        rows = [{**each._asdict(), "again": str(uuid4())} for each in await parked(self.sources)]
        return await self.drawing.plain(
            request, "parked.html", here="/parked", rows=rows, known=_known(request)
        )

    async def _shift(self, request: Request, status: int = 200, **given: Any) -> HTMLResponse:
        """The page of the end of a shift: whose alerts are open, to be ticked and handed over."""
        asked = asked_of(request)
        found, total = await asking.alerts(self.sources, {"borough": asked.get("borough", "")}, limit=1000)
        name = asked.get("from") or _known(request)
        found.sort(key=lambda each: each.assignee != name)
        told = {
            "typed": {"by": name, "alerts": [each.id for each in found if name and each.assignee == name]},
            "wrong": {},
            "handover_id": str(uuid4()),
            "rows": [shown(each, self.sources.zone) for each in found],
            "done": _handed(found, asked.get("done", "")),
            "total": total,
        }
        return await self.drawing.plain(
            request, "handover.html", status, here="/handover", **{**told, **given}
        )

    async def hand_over(self, request: Request) -> Response:
        """Hands over what was ticked; sent again, it is the same hand-over."""
        form = await request.form()
        typed = {**_typed(form), "alerts": [str(each) for each in form.getlist("alerts")]}
        try:
            shift = ShiftEnd.model_validate(typed)
        except ValidationError as problem:
            return await self._shift(
                request, 422, typed=typed, wrong=_wrong(problem), handover_id=typed.get("id")
            )
        missing = [each for each in shift.alerts if await self.sources.alerts.alert(each) is None]
        if missing:
            wrong = {"alerts": f"There is no alert {', '.join(missing)}: nothing was handed over."}
            return await self._shift(request, 422, typed=typed, wrong=wrong, handover_id=shift.id)
        done = 0
        try:
            for action in hand_overs(shift, self.sources.now()):
                await self.sources.act(action)
                done += 1
        except (PledgeWatchError, OSError) as problem:
            words = f"{done} of {len(shift.alerts)} were handed over, then: {problem}. Send it again; twice is once."
            return await self._shift(request, 503, typed=typed, wrong={"do": words}, handover_id=shift.id)
        return _to(f"/handover?done={quote(shift.id, safe='')}", shift.by)

    async def _stories(self, alert: Alert) -> list[Any]:
        return await self.sources.stories(alert.id) if alert.kind == "clock" else []


def _linked(sources: Sources, token: str) -> tuple[str, str]:
    if sources.links is None:
        raise HTTPException(404, "This board reads no links: it was started without PLEDGEWATCH_LINK_KEY.")
    try:
        return sources.links.read(token, sources.now())
    except LinkError as problem:
        words = f"{problem}. Find the alert among the alerts and acknowledge it there."
        raise HTTPException(410, words[:1].upper() + words[1:]) from None


def _typed(form: FormData) -> dict[str, Any]:
    return {name: str(value) for name, value in form.items() if isinstance(value, str)}


def _meant(typed: dict[str, Any], now: int) -> dict[str, Any]:
    """The fields that what was pressed asks for; minutes to snooze become a moment."""
    wanted = {"assign": ("to",), "snooze": ("until",), "retry": ("step",)}.get(typed.get("do", ""), ())
    meant = {name: typed[name] for name in ("do", "id", "by", "note", *wanted) if name in typed}
    minutes = typed.get("minutes", "")
    if "until" in wanted and minutes.isascii() and minutes.isdigit():
        meant["until"] = format_time(now + int(minutes[:4]) * MINUTE)
    return meant


def _wrong(problem: ValidationError) -> dict[str, str]:
    """What to mend, by field."""
    found = {str(error["loc"][-1] if error["loc"] else "do"): error for error in problem.errors()}
    return {name: f"Give {_WHAT.get(name, name)}: {error['msg'].lower()}." for name, error in found.items()}


def _outcome(alert: Alert, done: str | None) -> dict[str, Any] | None:
    """What came of the action just done, for its author."""
    action = next((each for each in alert.actions if each.id == done), None)
    if action is None:
        return None
    return {"action": action, "holder": holder(alert, action)}


def _handed(found: list[Alert], handover: str) -> dict[str, Any] | None:
    """A hand-over that was done: what, by whom, to whom."""
    rows = [
        (alert, action)
        for alert in found
        for action in alert.actions
        if isinstance(action, HandedOver) and action.data.handover == handover
    ]
    return {"alerts": [alert.id for alert, _ in rows], "action": rows[0][1]} if rows else None


def _to(address: str, name: str) -> Response:
    """See there; the name is kept for a shift."""
    answer = RedirectResponse(address, 303)
    answer.set_cookie(NAME, quote(name), max_age=SHIFT, httponly=True, samesite="strict")
    return answer


def _known(request: Request) -> str:
    """The name given before, if any."""
    return unquote(request.cookies.get(NAME, ""))
