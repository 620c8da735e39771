"""What a worker shows by a pack that promises attendance without a target, on an evening without a call."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import generate_latest

from clocks.calendar import iso_week
from clocks.settled import Key
from clocks.tallies import Counted, Tallies
from schemas.times import MINUTE
from standards.loader import load_pack
from streams.metrics import Boroughs, LaneCopy, Snapshot, registry_of
from streams.observed import Observed

PACK = load_pack("met-2012")
ENOUGH = 30
"""So many judged clocks have a share (N3)."""


@contextmanager
def page_of_another_pack(borough: str, now: int) -> Iterator[tuple[str, str]]:
    """The address of its /metrics at `now` (ms), and the week in which its clocks fell due."""
    due = now - MINUTE
    page = type("OnePage", (_Page,), {"page": _shown(borough, due, now)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}", iso_week(due, PACK.zone)
    finally:
        server.shutdown()


def _shown(borough: str, due: int, now: int) -> bytes:
    tallies = Tallies(PACK.zone)
    for _ in range(ENOUGH):
        tallies.add(Counted(Key("attend-priority", borough, "met", "", "live", "", "S", "S"), due))
    lane = LaneCopy(0, tallies, (), {}, {})
    return generate_latest(registry_of(Snapshot(now, [lane], Observed()), PACK, Boroughs()))


class _Page(BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        """Shows it."""
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        """Says nothing."""
