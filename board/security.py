"""What keeps the pages of other sites from acting on this board: nobody signs in yet, so the browser is asked.

Pure ASGI, for a middleware that reads answers would hold back the live ones.
"""

from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_SAFE = ("GET", "HEAD", "OPTIONS")


class Guard:
    """Refuses hosts the board does not know (DNS rebinding) and what other sites send (CSRF)."""

    def __init__(
        self, app: ASGIApp, hosts: Collection[str] | None = None, any_name: Collection[str] = ()
    ) -> None:
        """`any_name`: paths for machines, which may call the board what they like: there is nothing to do there."""
        self._app, self._hosts = app, None if hosts is None else {host.lower() for host in hosts}
        self._any_name = frozenset(any_name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what may pass; everything that is answered carries the headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = self._hosts is None or scope["path"] in self._any_name
        refusal = self._refusal(scope["method"], Headers(scope=scope), known)
        answer: ASGIApp = self._app if refusal is None else refusal
        await answer(scope, receive, _with_headers(send))

    def _refusal(self, method: str, headers: Headers, known: bool) -> PlainTextResponse | None:
        host = headers.get("host", "")
        if not known and _name(host) not in (self._hosts or ()):
            return PlainTextResponse(
                f"This board is not known as {host!r}. Open it by the address it printed when it started, "
                "or set PLEDGEWATCH_BOARD_URL to the address people use.\n",
                status_code=421,
            )
        if method not in _SAFE and not _same_origin(host, headers):
            return PlainTextResponse(
                "Another site's page tried to act on this board; nothing was done. "
                "Open the board itself and do it there.\n",
                status_code=403,
            )
        return None


def _name(host: str) -> str:
    """The host without its port."""
    return (urlsplit(f"//{host}").hostname or "").lower()


def _same_origin(host: str, headers: Headers) -> bool:
    """Browsers say where a request comes from; programs say nothing, and no page can make them act."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or urlsplit(origin).netloc.lower() == host.lower()


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await send(message)

    return sending
