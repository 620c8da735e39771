"""What went wrong, said so that people know what to do: a page for people, a problem (RFC 9457) for programs."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from redis.exceptions import RedisError
from starlette.exceptions import HTTPException

from board.rendering import plain_page

log = logging.getLogger(__name__)


def problem(status: int, detail: str, **more: object) -> JSONResponse:
    """A problem as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JSONResponse(body, status, media_type="application/problem+json")


def handle(app: FastAPI) -> None:
    """Has the application answer all failures this way."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, failure: HTTPException) -> Response:
        detail = failure.detail if failure.detail != HTTPStatus(failure.status_code).phrase else _NOTHING_HERE
        return _answer(request, failure.status_code, detail)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, failure: RequestValidationError) -> Response:
        wrong = [
            f"{'.'.join(map(str, error['loc'][1:])) or 'body'}: {error['msg']}" for error in failure.errors()
        ]
        return _answer(request, 422, f"Mend and send again: {'; '.join(wrong)}.")

    @app.exception_handler(RedisError)
    async def away(request: Request, failure: RedisError) -> Response:
        log.warning("the board cannot read Redis: %s", failure)
        return _answer(request, 503, _AWAY)


_NOTHING_HERE = "There is nothing at this address."
_AWAY = (
    "The board cannot reach Redis, which holds what it shows. Nothing is lost: it is made again from Kafka. "
    "Start Redis, or see PLEDGEWATCH_REDIS_URL; this page then works by itself."
)


def _answer(request: Request, status: int, detail: str) -> Response:
    if request.url.path.startswith("/api/"):
        return problem(status, detail)
    refresh = 5 if status == HTTPStatus.SERVICE_UNAVAILABLE else None
    title = HTTPStatus(status).phrase
    return HTMLResponse(plain_page("error.html", title=title, words=detail, refresh=refresh), status)
