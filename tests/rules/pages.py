"""A page of metrics for a real Prometheus to scrape, as a worker would serve it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Shown(BaseHTTPRequestHandler):
    page = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def page_served(page: bytes) -> Iterator[str]:
    """Serves it at an address of its own, as host:port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Shown", (_Shown,), {"page": page}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
