"""A real Chromium, and an installation for it to look at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from redis import Redis

from tests.browser.chromium import DESKTOP, chromium
from tests.browser.installation import Installation, installed
from tests.missing import missing

Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here need a browser."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; the test is skipped where there is none, and fails with CI=true."""
    if chromium() is None:
        missing("browser", "no Chromium is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium())
        yield browser
        browser.close()


def is_a_fault(told: ConsoleMessage) -> bool:
    """An error of the page; that the server said no, or could not be reached, is none."""
    return told.type == "error" and not told.text.startswith("Failed to load resource")


@pytest.fixture(scope="package")
def desk(
    bootstrap: str, redis_address: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """One installation for all tests here; each tells of subjects of its own."""
    with Redis.from_url(redis_address) as redis:
        redis.flushall()
    with installed(bootstrap, redis_address, tmp_path_factory.mktemp("desk")) as installation:
        yield installation


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens a page as a viewer of its own; what a script complains of fails the test."""
    contexts, complaints = [], []

    def opened(url: str, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": DESKTOP, "locale": "en-GB", **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda told: complaints.append(told.text) if is_a_fault(told) else None)
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
