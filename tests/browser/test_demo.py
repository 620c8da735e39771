"""`pledgewatch demo` opens a board with live data, and alerts can be acknowledged in it."""

import json
import re
import signal
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.night import night, until
from tests.browser.screenshots import take

pytestmark = [pytest.mark.redis, pytest.mark.slow]


def test_the_demos_board_is_live_and_an_alert_is_acknowledged_in_it(open_page, tmp_path) -> None:
    with night() as demo:
        page = open_page(demo.address)
        standards = page.locator("[data-region=standards]")
        expect(standards).to_contain_text(re.compile(r"\d+ of \d+"), timeout=30_000)
        before = standards.inner_text()
        expect(standards).not_to_have_text(before, timeout=30_000)
        until(lambda: asks(demo.address, "/api/alerts?standard=attend-immediate")["total"], 90, "an alert")
        pictures = take(open_page, demo.address, tmp_path)
        assert [path for path in pictures if path.stat().st_size < 10_000] == []
        until(lambda: of_insp_hart(demo.address), 20, "it is Insp Hart's")
        demo.process.send_signal(signal.SIGINT)
        assert demo.end() == 0, demo.said[-5:]
    assert any("the first breach" in line for line in demo.said)
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(demo.address, timeout=5)


def of_insp_hart(address: str) -> int:
    """How many alerts the inspector has: at sixty times the speed it may be attended, and closed, by now."""
    mine = "/api/alerts?assignee=Insp+Hart"
    return asks(address, mine)["total"] + asks(address, f"{mine}&state=closed")["total"]


def asks(address: str, path: str) -> dict:
    with urllib.request.urlopen(address + path, timeout=10) as answer:
        return json.load(answer)


def test_the_demo_names_the_part_that_fails(tmp_path) -> None:
    with night() as demo:
        board = re.compile("the duty board: ended by itself with code")
        kill_board(demo.process.pid)
        assert demo.end() == 2
    assert any(board.search(line) for line in demo.said), demo.said[-5:]


def kill_board(parent: int) -> None:
    """Ends the board of a demo, and nothing else."""
    import os
    from pathlib import Path

    for number in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        words = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
        if b"board" in words:
            os.kill(int(number), signal.SIGKILL)
