"""Nobody signs in yet: no other site's page may act on the board, and no page runs what is not its own."""

import re

import httpx
import pytest

from tests.board.conftest import HOST
from tests.board.scene import EVENING, Desk, busy, health
from tests.redis.entries import news

ALERT = "CAD-1/attend-immediate"
FORM = {"id": "a-1", "by": "Insp Baker", "note": "", "do": "acknowledge"}
PAGES = [
    "/",
    "/alerts",
    "/clocks",
    "/feeds",
    "/parked",
    "/handover",
    "/api",
    f"/alerts/{ALERT}",
    f"/clocks/{ALERT}",
    "/no",
]


@pytest.fixture
async def _one_alert(desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(news(ALERT, at=EVENING))


@pytest.mark.usefixtures("_one_alert")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "http://localhost:8080"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": HOST},
    ],
)
async def test_what_another_sites_page_sends_is_refused(
    headers: dict[str, str], web: httpx.AsyncClient, desk: Desk
) -> None:
    for path in (f"/alerts/{ALERT}", "/handover"):
        assert (await web.post(path, data=FORM, headers=headers)).status_code == 403
    answer = await web.post(f"/api/alerts/{ALERT}", json={"do": "acknowledge", "by": "E"}, headers=headers)

    assert answer.status_code == 403
    assert desk.acted == []


@pytest.mark.usefixtures("_one_alert")
@pytest.mark.parametrize("headers", [{}, {"origin": HOST, "sec-fetch-site": "same-origin"}])
async def test_the_boards_own_pages_and_programs_may_act(
    headers: dict[str, str], web: httpx.AsyncClient, desk: Desk
) -> None:
    assert (await web.post(f"/alerts/{ALERT}", data=FORM, headers=headers)).status_code == 303
    assert len(desk.acted) == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "localhost.evil.example"])
async def test_a_name_the_board_does_not_know_is_refused(host: str, web: httpx.AsyncClient) -> None:
    answer = await web.get("/api/alerts", headers={"host": host})

    assert answer.status_code == 421
    assert "PLEDGEWATCH_BOARD_URL" in answer.text


@pytest.mark.parametrize("host", ["localhost:8470", "127.0.0.1:8470", "[::1]:8470", "LOCALHOST"])
async def test_its_own_names_are_known_with_any_port(host: str, web: httpx.AsyncClient) -> None:
    assert (await web.get("/feeds", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_a_script_or_a_style_of_its_own(
    path: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    await busy(desk)
    await desk.read(news(ALERT, at=EVENING))
    page = await web.get(path)

    assert not re.search(r"<script(?![^>]* src=)[^>]*>", page.text)
    assert not re.search(r"<style|\sstyle=|\son\w+=", page.text)
    assert not re.search(r'(?:src|href)="(?:https?:)?//(?!www\.standard\.co\.uk)', page.text)
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", ["board.css", "board.js", "theme.js", "icon.svg"])
async def test_what_pages_are_made_with_carries_the_headers_too(name: str, web: httpx.AsyncClient) -> None:
    answer = await web.get(f"/static/{name}")

    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (await web.get("/static/../app.py")).status_code == 404
