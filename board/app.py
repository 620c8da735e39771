"""The duty board as a web application: pages, streams and a JSON API over the view and the alerts."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from redis.exceptions import RedisError

from alerting.ending import ending
from alerting.links import Links
from alerting.policy import Policy
from alerting.store import AlertStore
from board import api, failing, forms, measured, pages, shifts
from board.live import Live
from board.rendering import STATIC
from board.security import Guard
from board.sources import Act, Sources, Stories
from board.view import View

log = logging.getLogger(__name__)
_AGAIN_AFTER = 1.0


def build(
    view: View,
    store: AlertStore,
    act: Act,
    stories: Stories,
    links: Links | None,
    now: Callable[[], int],
    zone: ZoneInfo,
    *,
    speed: float = 1.0,
    policy: Policy | None = None,
    hosts: Collection[str] | None = ("localhost", "127.0.0.1", "::1"),
) -> FastAPI:
    """The application.

    `act` writes an action to Kafka and then to the store; `stories` tells of a clock or a subject; `links` reads
    the links of messages (None: none were sent); `now` is the installation's time in ms, `speed` times the wall's;
    `policy` says who is told next (None: the board does not); `hosts` are the names by which the board may be
    reached (None: any).
    """
    sources = Sources(view, store, act, stories, links, now, zone, speed, policy)
    live = Live(
        lambda question: pages.look(sources, question),
        lambda: {"now": sources.now(), "speed": speed},
        pages.heeds,
    )
    app = FastAPI(
        title="PledgeWatch duty board",
        description=api.ABOUT,
        version="1",
        lifespan=_listening(sources, live),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.live = live
    drawing = pages.Drawing(sources)
    app.add_middleware(Guard, hosts=hosts, any_name=(measured.PATH,))
    failing.handle(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.include_router(measured.router(sources, live))
    app.include_router(api.Api(sources).router())
    app.include_router(pages.Pages(sources, live, drawing).router())
    app.include_router(forms.Forms(sources, drawing).router())
    app.include_router(shifts.Shifts(sources, drawing).router())
    return app


def _listening(sources: Sources, live: Live) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """While the application runs, every change of the view or of an alert has the live questions looked at again."""

    async def of_view() -> None:
        async for change in sources.view.changes():
            live.changed(change.parts)

    async def of_alerts() -> None:
        async for _ in sources.alerts.changes():
            live.changed({"alerts"})

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(_again_and_again(follow)) for follow in (of_view, of_alerts)]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    return lifespan


async def _again_and_again(follow: Callable[[], Awaitable[None]]) -> None:
    """Redis may go away and come back; meanwhile every question is looked at every other second all the same."""
    while not ending():
        try:
            await follow()
        except (RedisError, OSError) as problem:
            log.warning("the board hears of no changes: %s", problem)
        await asyncio.sleep(_AGAIN_AFTER)
