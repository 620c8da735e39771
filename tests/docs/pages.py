"""The hand-written pages, their links and their examples."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(name):
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(text, language):
    """The fenced blocks of a page in one language."""
    return [body for found, body in _BLOCK.findall(text) if found == language]


def prose(text):
    """A page without its fenced blocks."""
    return _BLOCK.sub("", text)


def links(text):
    """The targets of a page's links into the project."""
    return [each for each in _LINK.findall(prose(text)) if not re.match(r"[a-z]+:", each)]


def anchors(text):
    """The anchors that a page's headings make."""
    return {_anchor(heading) for heading in _HEADING.findall(prose(text))}


def _anchor(heading):
    words = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return words.strip().replace(" ", "-")
