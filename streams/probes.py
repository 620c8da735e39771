"""`/live`, `/ready` and `/metrics` over HTTP, in threads of their own: a slow scrape holds up no alert."""

import asyncio
import json
import logging
import threading
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from schemas.errors import PledgeWatchError

ANSWER_WITHIN = 5.0
"""Seconds the event loop has to answer before it counts as stuck."""
log = logging.getLogger(__name__)


class ProbesError(PledgeWatchError):
    """The address for /metrics cannot be had.

    Operator action: give another --metrics-port, or 0 for a free one.
    """


class Readiness(NamedTuple):
    """Whether a process does its work, and what it says of it."""

    ready: bool
    told: dict[str, Any]


class Probes:
    """The HTTP server of a process; `metrics` and `readiness` are asked in its loop, and rendered outside of it."""

    def __init__(
        self,
        metrics: Callable[[], Awaitable[CollectorRegistry]],
        readiness: Callable[[], Awaitable[Readiness]],
    ) -> None:
        self._registry, self._readiness = metrics, readiness
        self._server: ThreadingHTTPServer | None = None
        self._loop = asyncio.get_running_loop()

    def start(self, bind: str, port: int) -> int:
        """Serves on `bind`; the port it got (0 takes a free one). ProbesError where it is taken."""
        probes = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                probes.answer(self)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name upstream
                log.debug(format, *args)

        try:
            self._server = ThreadingHTTPServer((bind, port), Handler)
        except OSError as taken:
            raise ProbesError(f"cannot serve /metrics on {bind}:{port}: {taken}") from None
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="probes", daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Serves no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """One request, in its own thread."""
        pages = {"/live": self._live, "/ready": self._ready, "/metrics": self._metrics}
        page = pages.get(request.path.partition("?")[0])
        try:
            status, kind, body = page(request) if page else (404, "text/plain", b"/live, /ready, /metrics\n")
        except (TimeoutError, RuntimeError) as stuck:
            status, kind, body = 503, "text/plain", f"the event loop does not answer: {stuck!r}\n".encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    def _live(self, request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        self._in_loop(self._readiness())
        return 200, "text/plain", b"alive\n"

    def _ready(self, request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        readiness = self._in_loop(self._readiness())
        body = json.dumps({"ready": readiness.ready, **readiness.told}).encode() + b"\n"
        return (200 if readiness.ready else 503), "application/json", body

    def _metrics(self, request: BaseHTTPRequestHandler) -> tuple[int, str, bytes]:
        registry = self._in_loop(self._registry())
        encode, kind = choose_encoder(request.headers.get("Accept", ""))
        return 200, kind, encode(registry)

    def _in_loop(self, question: Awaitable[Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(_answered(question), self._loop).result(ANSWER_WITHIN)


async def _answered(question: Awaitable[Any]) -> Any:
    return await question
