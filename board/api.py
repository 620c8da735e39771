"""The board for programs: JSON, documented by OpenAPI at /api/openapi.json."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from board import answers, asking
from board.doing import AnyDoing, DoingError, ShiftEnd, action_of, hand_overs, holder
from board.failing import problem
from board.parked import parked
from board.rendering import plain_page
from board.sources import Sources
from board.trust import trust
from schemas.actions import Acknowledged, Action
from schemas.errors import PledgeWatchError
from schemas.stories import Story

ABOUT = """The duty board's figures, clocks and alerts, and what can be done about an alert.

Times are RFC 3339 in UTC. Every answer with figures says when they were written and warns where they cannot be
believed. What is done is written to Kafka first: an answer of 2xx means it is safe there. Send an `id` of your own to
be able to send the same again. There is no sign-in yet; nothing here tells who called.
"""
Responses = dict[int | str, dict[str, Any]]
_FAILS: Responses = {
    422: {"model": answers.Problem, "description": "the detail says what to mend"},
    503: {"model": answers.Problem, "description": "Redis or Kafka is away; nothing is lost: try again"},
}
_NOT_FOUND: Responses = {
    404: {"model": answers.Problem, "description": "there is none; the detail says why that may be"}
}
_SECOND: Responses = {
    409: {
        "model": answers.Problem,
        "description": "somebody has it already: the detail says who; yours is in its history",
    }
}
Borough = Annotated[str | None, Query(description="all where not given")]
Ward = Annotated[str | None, Query()]
Page = Annotated[int, Query(ge=1, le=99_999, description=f"of {asking.PAGE} rows")]
Grade = Literal["I", "S", "E", "R"] | None
Stage = Literal["running", "at-risk", "breached"] | None
Unit = Annotated[Literal["none"] | None, Query(description="`none`: those no unit is assigned to")]
Cohort = Literal["live", "probe", "exercise"]
State = Annotated[
    Literal["unowned", "raised", "acknowledged", "escalated", "closed"] | None,
    Query(description="`unowned`: raised or escalated; every open one where not given"),
]


class Api:
    """What is under /api."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def router(self) -> APIRouter:
        """Where each of it is."""
        routes = APIRouter(prefix="/api", responses=_FAILS)
        routes.add_api_route("", self.reference, include_in_schema=False, response_class=HTMLResponse)
        routes.add_api_route("/standards", self.standards, summary="Every standard as it stands now")
        routes.add_api_route("/clocks", self.clocks, summary="Open clocks, the earliest due first")
        routes.add_api_route(
            "/stories/{clock:path}",
            self.stories,
            responses=_NOT_FOUND,
            summary="The story of a clock, or of every clock of a subject",
        )
        routes.add_api_route("/feeds", self.feeds, summary="The feeds whose silence matters")
        routes.add_api_route("/health", self.health, summary="Whether the figures can be believed")
        routes.add_api_route("/alerts", self.alerts, summary="Alerts, the most urgent first")
        routes.add_api_route("/parked", self.parked, summary="Notifications that could not be delivered")
        one = "/alerts/{alert_id:path}"
        routes.add_api_route(one, self.alert, responses=_NOT_FOUND, summary="One alert with its history")
        routes.add_api_route(
            one,
            self.act,
            methods=["POST"],
            status_code=201,
            response_model=answers.Done,
            responses=_NOT_FOUND | _SECOND,
            summary="Do something about an alert",
        )
        routes.add_api_route(
            "/handovers",
            self.hand_over,
            methods=["POST"],
            status_code=201,
            response_model=answers.HandedOver,
            responses=_NOT_FOUND,
            summary="Hand alerts over at the end of a shift",
        )
        return routes

    async def reference(self, request: Request) -> HTMLResponse:
        """What there is, for people who write programs."""
        return HTMLResponse(plain_page("api.html", spec=request.app.openapi()))

    async def standards(self, borough: Borough = None) -> answers.Standards:
        """Everywhere, or in one borough; in the order of the pack."""
        rows = await self._sources.view.standards(borough)
        return answers.Standards(**await self._told(), standards=[answers.standard(row) for row in rows])

    async def clocks(
        self,
        borough: Borough = None,
        ward: Ward = None,
        grade: Grade = None,
        standard: str | None = None,
        stage: Stage = None,
        unit: Unit = None,
        cohort: Cohort = "live",
        page: Page = 1,
    ) -> answers.Clocks:
        """Those for which all that is given holds."""
        rows, total = await asking.clocks(self._sources, _asked(locals()))
        return answers.Clocks(**await self._told(), total=total, clocks=[answers.clock(row) for row in rows])

    async def stories(self, clock: str) -> list[Story]:
        """What `pledgewatch explain` tells."""
        found = await self._sources.stories(clock)
        if not found:
            raise HTTPException(404, f"Nothing is known of {clock}: it is not open, and has no alert.")
        return found

    async def feeds(self) -> answers.Feeds:
        """As the installation names them."""
        rows = await self._sources.view.feeds()
        return answers.Feeds(**await self._told(), feeds=[answers.feed(row) for row in rows])

    async def health(self) -> answers.Health:
        """The watch, the ledger, the alerts."""
        known, built = await trust(self._sources), await self._sources.alerts.built()
        return answers.health(known, built, self._sources.now())

    async def alerts(
        self,
        borough: Borough = None,
        ward: Ward = None,
        grade: Grade = None,
        standard: str | None = None,
        state: State = None,
        assignee: str | None = None,
        page: Page = 1,
    ) -> answers.Alerts:
        """Those for which all that is given holds."""
        rows, total = await asking.alerts(self._sources, _asked(locals()))
        found = [answers.alert(row, self._sources) for row in rows]
        return answers.Alerts(**await self._told(), total=total, alerts=found)

    async def parked(self) -> answers.ParkedList:
        """They wait until a person has them tried again."""
        found = [answers.parked(alert, action) for alert, action in await parked(self._sources)]
        return answers.ParkedList(**await self._told(), parked=found)

    async def alert(self, alert_id: str) -> answers.WholeAlert:
        """With all that was announced and done."""
        return answers.whole(await asking.alert(self._sources, alert_id), self._sources)

    async def act(self, alert_id: str, doing: Annotated[AnyDoing, Body()]) -> Any:
        """Acknowledge, assign, snooze, comment, close, retry: `do` says which."""
        alert = await asking.alert(self._sources, alert_id)
        try:
            action = action_of(doing, alert, self._sources.now())
        except DoingError as wrong:
            return problem(422, str(wrong))
        if (failed := await self._acted(action)) is not None:
            return failed
        after = await asking.alert(self._sources, alert_id)
        if (first := holder(after, action)) is not None:
            return _second(first, action)
        return answers.Done(action=action.id, alert=answers.whole(after, self._sources))

    async def hand_over(self, shift: ShiftEnd) -> Any:
        """Every alert that is named goes to the one who takes over."""
        for alert_id in shift.alerts:
            await asking.alert(self._sources, alert_id)
        for action in hand_overs(shift, self._sources.now()):
            if (failed := await self._acted(action)) is not None:
                return failed
        return answers.HandedOver(handover=shift.id, to=shift.to, alerts=shift.alerts)

    async def _told(self) -> dict[str, Any]:
        return answers.told(await trust(self._sources), self._sources.now())

    async def _acted(self, action: Action) -> JSONResponse | None:
        """Writes it; the problem where that failed."""
        try:
            await self._sources.act(action)
        except (PledgeWatchError, OSError) as failed:
            again = f"It may not be recorded: send it again with the same id, {action.id!r}; twice is once."
            return problem(503, f"{failed}. {again}", action=action.id)
        return None


def _second(first: Acknowledged, action: Action) -> JSONResponse:
    words = (
        f"{first.data.by} has it already, since {first.time}. Your acknowledgement is in its history; "
        "assign it to yourself if you take it over."
    )
    return problem(409, words, held_by=first.data.by, since=first.time, action=action.id)


def _asked(given: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in given.items() if isinstance(value, str | int)}
