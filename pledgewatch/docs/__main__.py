"""`python -m pledgewatch.docs [--check]`: writes the generated pages, or says which are not up to date."""

import sys
from collections.abc import Callable
from pathlib import Path

from grafana.dashboards import generated
from pledgewatch import settings_page
from pledgewatch.cli import DIFFERS, OK, WRONG
from pledgewatch.docs import (
    announcements_page,
    board_api_page,
    commands_page,
    events_page,
    london_page,
    london_picture,
    metrics_page,
    scenario_schema,
    semantics_page,
    standards_page,
)

ROOT = Path(__file__).resolve().parents[2]
PAGES: dict[str, Callable[[], str]] = {
    "docs/semantics.md": semantics_page.page,
    "conformance/scenario.schema.json": scenario_schema.page,
    "docs/london-day.md": london_page.page,
    "docs/img/london-day.svg": london_picture.picture,
    "docs/reference/settings.md": settings_page.page,
    "docs/reference/commands.md": commands_page.page,
    "docs/reference/events.md": events_page.page,
    "docs/reference/announcements.md": announcements_page.page,
    "docs/reference/board-api.md": board_api_page.page,
    "docs/reference/metrics.md": metrics_page.page,
    "docs/reference/standards.md": standards_page.page,
    **generated.pages(),
}
"""What writes each generated page, by its path in a checkout."""


def outdated(folder: Path = ROOT) -> list[str]:
    """The pages that are not as the code would write them."""
    return [name for name, page in PAGES.items() if _read(folder / name) != page()]


def write(folder: Path = ROOT) -> list[str]:
    """Writes the pages that differ; their names."""
    names = outdated(folder)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(PAGES[name](), encoding="utf-8")
    return names


def main(arguments: list[str]) -> int:
    """The exit code: 0, 1 where --check finds a page out of date, 2 where there are no docs."""
    if not (ROOT / "docs").is_dir():
        print(f"pledgewatch.docs: there is no {ROOT / 'docs'}: run it in a checkout", file=sys.stderr)
        return WRONG
    if arguments == ["--check"]:
        return _checked(outdated())
    if arguments:
        print("usage: python -m pledgewatch.docs [--check]", file=sys.stderr)
        return WRONG
    print(_sentence("written", write()))
    return OK


def _checked(names: list[str]) -> int:
    print(_sentence("out of date, run `make docs`", names))
    return DIFFERS if names else OK


def _sentence(word: str, names: list[str]) -> str:
    return f"{word}: {', '.join(names)}" if names else "every generated page is up to date"


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.is_file() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
