"""What the demo's terminal shows."""

import io

from rich.console import Console

from pledgewatch.demo.showing import Screen, State
from standards.loader import load_pack

NOW = State(
    now=0, speed=60, events=0, kept=[], nearest=[], addresses="duty board http://127.0.0.1:8470/  metrics"
)


def shown(headless: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, width=100, height=30, force_terminal=True)
    with Screen(load_pack("met-pledge-2009"), console, headless) as screen:
        screen.told("to Insp Hart: BREACHED CAD-1 Hackney")
        screen.update(NOW)
    return out.getvalue()


def test_the_address_of_the_board_stays_on_the_screen_and_who_was_told_stands_in_the_list() -> None:
    assert "http://127.0.0.1:8470/" in shown(headless=False)
    assert "to Insp Hart" in shown(headless=False)


def test_headless_what_the_desk_tells_is_not_among_the_announcements() -> None:
    assert shown(headless=True) == ""
