"""What people type into forms: how it is read, what is said where it will not do, and the name that is kept."""

from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData

from board.doing import DoingError
from schemas.errors import PledgeWatchError

FAILED = (PledgeWatchError, OSError)
"""How writing an action fails."""
_NAME = "name"
_SHIFT = 12 * 3600
"""How long the name somebody gave is kept, in seconds: it is typed once a shift."""
_WHAT = {
    "by": "your name",
    "to": "who is to have it",
    "note": "a note",
    "until": "how long",
    "alerts": "what is to be handed over: tick it",
    "do": "what is to be done",
}
_MISSING = ("missing", "string_too_short", "too_short", "union_tag_not_found")


def typed_in(form: FormData) -> dict[str, Any]:
    """The fields of a form."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def wrong_in(problem: ValidationError | DoingError) -> dict[str, str]:
    """What to mend, by field."""
    if isinstance(problem, DoingError):
        return {problem.field: str(problem)}
    return {str(error["loc"][-1] if error["loc"] else "do"): _mend(error) for error in problem.errors()}


def unsure(problem: Exception) -> dict[str, str]:
    """What to do where writing failed: it may be there all the same."""
    return {"do": f"It may not be recorded: {problem}. Press again, as often as you like: it is done once."}


def see(address: str, name: str) -> Response:
    """On to a page that says what came of it; the name is kept for a shift."""
    answer = RedirectResponse(address, 303)
    answer.set_cookie(_NAME, quote(name), max_age=_SHIFT, httponly=True, samesite="strict")
    return answer


def known(request: Request) -> str:
    """The name that was given before, if any."""
    return unquote(request.cookies.get(_NAME, ""))


def _mend(error: ErrorDetails) -> str:
    name = str(error["loc"][-1]) if error["loc"] else "do"
    if error["type"] in _MISSING:
        return f"Give {_WHAT.get(name, name)}."
    return f"{_WHAT.get(name, name).capitalize()}: {error['msg'].lower()}."
