"""The board's pages: complete from the server, so that a script only has to keep them up to date."""

from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from starlette.exceptions import HTTPException

from board import asking
from board.live import Live, Question, State
from board.rendering import page, regions, times_of
from board.screens import Facts, Gather, alert_list, clock_list, feed_list, one_alert
from board.sources import Sources
from board.trust import trust
from board.view import part_in
from board.wall import wall


class Screen(NamedTuple):
    """What can be looked at live, and which parts of what is known it is about."""

    gather: Gather
    heeds: frozenset[str]


SCREENS = {
    "wall": Screen(wall, frozenset({"clocks", "standards", "feeds", "health", "alerts"})),
    "alerts": Screen(alert_list, frozenset({"health", "alerts"})),
    "clocks": Screen(clock_list, frozenset({"clocks", "health"})),
    "alert": Screen(one_alert, frozenset({"health", "alerts"})),
    "feeds": Screen(feed_list, frozenset({"feeds", "health"})),
}
_OF_PLACES = {"clocks", "standards"}
REFRESH = 15
"""How often a page without a script asks anew, in seconds."""
LONGEST = 256
"""How long what an address asks for may be; what is longer was not chosen from a list."""
_ASKED = {*asking.FILTERS, "screen", "id", "done", "page", "from"}
_UNBUFFERED = {"x-accel-buffering": "no"}


def asked_of(request: Request) -> dict[str, str]:
    """What the address asks for, without what is empty or nothing to us: who asks the same shares a stream."""
    given = {name: value[:LONGEST].strip() for name, value in request.query_params.items()}
    return {name: value for name, value in given.items() if value and name in _ASKED}


def heeds(question: Question) -> frozenset[str]:
    """Which parts of what is known are looked at: of a borough's screen those of the borough."""
    borough = dict(question.asked).get("borough")
    parts = SCREENS[question.screen].heeds
    return frozenset(part_in(part, borough) if part in _OF_PLACES else part for part in parts)


async def look(sources: Sources, question: Question) -> State:
    """A screen as it stands, for those who watch it."""
    facts = await SCREENS[question.screen].gather(sources, dict(question.asked))
    told: dict[str, object] = {"written": facts.trust.written, "summary": facts.summary}
    return State(regions(facts, times_of(sources, ticking=True)), told)


def live_at(screen: str, asked: dict[str, str]) -> str:
    """Where the stream of a screen is."""
    return f"/live?{urlencode({'screen': screen, **asked})}"


class Drawing:
    """Draws pages for requests."""

    def __init__(self, sources: Sources) -> None:
        self.sources = sources

    async def screen(self, request: Request, name: str, path: str) -> HTMLResponse:
        """A page of a screen, with the stream that keeps it up to date."""
        asked = asked_of(request)
        facts = await SCREENS[name].gather(self.sources, asked)
        live = live_at(name, asked)
        return self.html(request, f"{name}.html", facts, live=live, here=path, asked=asked, refresh=REFRESH)

    async def plain(self, request: Request, template: str, status: int = 200, **given: Any) -> HTMLResponse:
        """A page that stays as it is: what people type into is not replaced under their hands."""
        return self.html(request, template, Facts(await trust(self.sources)), status, **given)

    def html(
        self, request: Request, template: str, facts: Facts, status: int = 200, **given: Any
    ) -> HTMLResponse:
        """Facts as a page."""
        theme = request.query_params.get("theme")
        told = {"live": None, "here": "", "refresh": None, **given}
        told["theme"] = theme if theme in ("light", "dark") else None
        return HTMLResponse(page(template, self.sources, facts, **told), status)


class Pages:
    """The pages that only show, and the streams that keep them up to date."""

    def __init__(self, sources: Sources, live: Live, drawing: Drawing) -> None:
        self._sources, self._live, self._drawing = sources, live, drawing

    def router(self) -> APIRouter:
        """Where each of them is."""
        routes = APIRouter(include_in_schema=False)
        found: dict[str, Callable[..., Any]] = {
            "/": self.wall,
            "/alerts": self.alerts,
            "/clocks": self.clocks,
            "/clocks/{clock:path}": self.clock,
            "/feeds": self.feeds,
            "/live": self.stream,
        }
        for path, page_of in found.items():
            routes.add_api_route(path, page_of, methods=["GET"], response_model=None)
        return routes

    async def wall(self, request: Request) -> HTMLResponse:
        """The control room at a glance."""
        return await self._drawing.screen(request, "wall", "/")

    async def alerts(self, request: Request) -> HTMLResponse:
        """The alerts that match."""
        return await self._list(request, "alerts")

    async def clocks(self, request: Request) -> HTMLResponse:
        """The open clocks that match."""
        return await self._list(request, "clocks")

    async def feeds(self, request: Request) -> HTMLResponse:
        """Feeds and the watch."""
        return await self._drawing.screen(request, "feeds", "/feeds")

    async def clock(self, request: Request, clock: str) -> HTMLResponse:
        """The story of a clock, or of every clock of a subject."""
        found = await self._sources.stories(clock)
        if not found:
            raise HTTPException(404, f"Nothing is known of {clock}: it is not open, and has no alert.")
        alert = await self._sources.alerts.alert(clock)
        return await self._drawing.plain(request, "clock.html", clock=clock, stories=found, alert=alert)

    async def stream(self, request: Request) -> StreamingResponse:
        """What changes on a screen, as it changes."""
        asked = asked_of(request)
        name = asked.pop("screen", "")
        if name not in SCREENS:
            raise HTTPException(404, f"There is no screen {name!r}; there are {', '.join(SCREENS)}.")
        frames = self._live.frames(Question(name, tuple(sorted(asked.items()))))
        return StreamingResponse(frames, media_type="text/event-stream", headers=_UNBUFFERED)

    async def _list(self, request: Request, name: str) -> HTMLResponse:
        asked = asked_of(request)
        facts = await SCREENS[name].gather(self._sources, asked)
        return self._drawing.html(
            request,
            f"{name}.html",
            facts,
            live=live_at(name, asked),
            here=f"/{name}",
            refresh=REFRESH,
            asked=asked,
            page_number=asking.page_of(asked),
            pages=max(1, -(-facts.given["total"] // asking.PAGE)),
            without_page=urlencode({key: value for key, value in asked.items() if key != "page"}),
        )
