"""The reference page of the board's JSON API, from what it tells of itself by OpenAPI."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import FastAPI
from pydantic import BaseModel
from redis.asyncio import Redis

from alerting.store import AlertStore
from board import answers, doing
from board.app import build
from board.view import View
from pledgewatch.docs.tables import doc_of, fields_table

_OPENING = """# The board's JSON API

Made from the models in `board/answers.py` and `board/doing.py` by `make docs`; change it there. A running board tells
the same at `/api`, and to programs at `/api/openapi.json`.

{about}
## What there is

| | | asked by | answers |
|---|---|---|---|
"""
_FAILING = """
What fails answers with a problem (RFC 9457, `application/problem+json`) whose `detail` says what to do. A form sent
by another site's page is refused with 403, a name the board does not know with 421.

## What can be done about an alert

`POST /api/alerts/ALERT` with one of these; `do` says which.

"""
_TOLD: tuple[type[BaseModel], ...] = (
    answers.Told,
    answers.Warned,
    answers.Standard,
    answers.Rate,
    answers.Clock,
    answers.Feed,
    answers.Health,
    answers.Alert,
    answers.Happening,
    answers.ParkedOne,
)
_DOINGS: tuple[type[BaseModel], ...] = (
    doing.Acknowledge,
    doing.Assign,
    doing.PutOff,
    doing.Say,
    doing.Close,
    doing.TryAgain,
)


def page() -> str:
    """The page as Markdown."""
    return "\n".join(_lines()).rstrip() + "\n"


def _lines() -> Iterator[str]:
    spec = _spec()
    yield _OPENING.format(about=spec["info"]["description"]).rstrip()
    for path, methods in spec["paths"].items():
        for method, told in methods.items():
            yield _row(method, path, told)
    yield _FAILING
    for model in _DOINGS:
        action = model.model_json_schema()["properties"]["do"]["const"]
        yield from _model(f"`{action}`", model)
    yield from _model("`POST /api/handovers`", doing.ShiftEnd)
    yield "## What it answers\n"
    for model in _TOLD:
        yield from _model(model.__name__, model)


def _spec() -> dict[str, Any]:
    """Of a board over a Redis that is never asked."""
    redis = Redis()

    async def nothing(_asked: object) -> list[Any]:
        return []

    view, store = View(redis), AlertStore(redis)
    app: FastAPI = build(view, store, nothing, nothing, None, lambda: 0, ZoneInfo("Europe/London"))
    return app.openapi()


def _row(method: str, path: str, told: dict[str, Any]) -> str:
    asked = ", ".join(f"`{each['name']}`" for each in told.get("parameters", ()) if each["in"] == "query")
    codes = ", ".join(sorted(told["responses"]))
    return f"| `{method.upper()} {path}` | {told['summary']} | {asked} | {codes} |"


def _model(name: str, model: type[BaseModel]) -> Iterator[str]:
    yield f"### {name}\n"
    yield f"{doc_of(model)}\n"
    yield from fields_table(model)
