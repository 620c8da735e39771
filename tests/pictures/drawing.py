"""Dashboards drawn in Chromium by Grafana's own components (grafana/pictures), as PNG files."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, Route, sync_playwright

from tests.browser.chromium import chromium
from tests.pictures.inputs import BUILT

HOST = "http://pictures.invalid"
DRAWN = "#drawn"
TALL = 6000
"""In px, more than any dashboard: tables draw no rows below what is looked at."""


def _served(route: Route) -> None:
    """A file of the built page; the browser reaches no other place."""
    asked = urlsplit(route.request.url).path.lstrip("/")
    asked = asked.removeprefix("public/build/")  # where a Grafana has its icons
    path = BUILT / (asked or "index.html")
    if not route.request.url.startswith(HOST) or not path.is_file():
        route.fulfill(status=404)
        return
    route.fulfill(path=path, content_type=mimetypes.guess_type(path)[0] or "application/octet-stream")


@contextmanager
def drawing_page() -> Iterator[Page]:
    """A page that can draw; `make pictures` builds what it needs. AssertionError where a script of it fails."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        page = browser.new_page(locale="en-GB", timezone_id="Europe/London")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.route("**/*", _served)
        yield page
        browser.close()
    assert complaints == []


def draw(page: Page, dashboard: dict[str, Any], recorded: dict[str, Any], picture: Path, **look: Any) -> None:
    """The dashboard's panels with the recorded answers into a PNG file. `look`: width in px, mode dark or light."""
    page.set_viewport_size({"width": look["width"], "height": TALL})
    page.goto(HOST)
    page.wait_for_function("!!window.draw")
    page.evaluate("(all) => window.draw(...all)", [dashboard, recorded, look])
    page.wait_for_selector(DRAWN)
    page.wait_for_timeout(1000)  # canvases are painted, and tables filled, after the next frames
    page.locator(DRAWN).screenshot(path=picture)
