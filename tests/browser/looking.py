"""What a page is like for those who cannot see it well, or look at it on a phone."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
UNNAMED = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
    .filter((each) => each.checkVisibility())
    .filter((each) => !(each.getAttribute("aria-label") || each.getAttribute("aria-labelledby") || each.labels?.length
        || each.textContent.trim() || each.title || each.type === "submit" && each.value))
    .map((each) => each.outerHTML)"""
SMALL = """() => [...document.querySelectorAll("button, select, input:not([type=hidden])")]
    .filter((each) => each.checkVisibility())
    .filter((each) => (each.closest("label") ?? each).getBoundingClientRect().height < 24)
    .map((each) => each.outerHTML)"""
CUT_OFF = """() => [...document.querySelectorAll("main *")]
    .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
    .filter((each) => ["auto", "scroll", "hidden"].includes(getComputedStyle(each).overflowX))
    .filter((each) => getComputedStyle(each).textOverflow !== "ellipsis" && !each.classList.contains("unseen"))
    .map((each) => `${each.className}: ${each.scrollWidth - each.clientWidth} px`)"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def faint(page: Page) -> list[dict[str, Any]]:
    """The texts with too little contrast; fails where there is hardly a text to look at."""
    found = page.evaluate(CONTRAST)
    assert found["looked"] > 5, f"only {found['looked']} texts on {page.url}"
    return list(found["faint"])


def unnamed(page: Page) -> list[str]:
    """The controls a screen reader could not name."""
    return list(page.evaluate(UNNAMED))


def too_small(page: Page) -> list[str]:
    """The controls lower than 24 pixels, which a thumb misses (WCAG 2.2, 2.5.8)."""
    return list(page.evaluate(SMALL))


def overflow(page: Page) -> int:
    """How many pixels one must scroll sideways to read it all."""
    return int(page.evaluate(OVERFLOW))


def cut_off(page: Page) -> list[str]:
    """What of the page can only be seen by scrolling a part of it sideways."""
    return list(page.evaluate(CUT_OFF))
