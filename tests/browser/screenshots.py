"""The pictures of docs/img, taken of a demo's board: `python -m tests.browser.screenshots` takes them anew."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.chromium import PHONE, chromium
from tests.browser.night import ROOT, night

WALL = {"viewport": {"width": 1600, "height": 900}}
DESK = {"viewport": {"width": 1280, "height": 860}}
MINUTES = 45_000
"""How long a night goes on before its picture is taken, in ms: three quarters of an hour by its own clock."""
WAITING = re.compile("no unit assigned|breached", re.IGNORECASE)
"""What an alert says that stays for a while: at sixty times the speed the others are over in seconds."""
Open = Callable[..., Page]


def take(open_page: Open, address: str, folder: Path) -> list[Path]:
    """Every picture, of the board at `address`; somebody acknowledges an alert meanwhile."""
    return [
        _shot(open_page(address, **WALL), folder / "wall.png"),
        _shot(open_page(address, color_scheme="dark", **WALL), folder / "wall-dark.png"),
        _shot(
            _acknowledged(open_page(f"{address}/alerts?standard=attend-immediate", **DESK)),
            folder / "alert.png",
        ),
        _shot(open_page(f"{address}/handover?from=Insp+Hart", **DESK), folder / "handover.png"),
        _shot(open_page(address, **PHONE), folder / "phone.png"),
    ]


def _acknowledged(page: Page) -> Page:
    page.locator(".alert-row a", has_text=WAITING).first.click(timeout=90_000)
    page.get_by_label("Your name and rank").fill("Insp Hart")
    page.get_by_label("Note").fill("Sgt Okafor sends GD22 from Shoreditch")
    page.locator("button[value=acknowledge]").click()
    expect(page.locator(".outcome")).to_be_visible()
    return page


def _shot(page: Page, path: Path) -> Path:
    page.wait_for_timeout(1_500)  # the stream has begun, and the times tick
    page.screenshot(path=path, animations="disabled")
    return path


def main() -> int:
    """A night of its own, and its pictures into docs/img."""
    with sync_playwright() as playwright, night() as demo:
        browser = playwright.chromium.launch(executable_path=chromium())
        browser.new_page().wait_for_timeout(MINUTES)

        def open_page(url: str, **options: Any) -> Page:
            page = browser.new_context(locale="en-GB", **options).new_page()
            page.goto(url)
            return page

        for path in take(open_page, demo.address, ROOT / "docs" / "img"):
            print(path.relative_to(ROOT), f"{path.stat().st_size / 1024:.0f} KB")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
