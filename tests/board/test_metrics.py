"""What a board tells Prometheus of itself."""

import httpx

from board.app import build
from schemas.times import SECOND
from tests.board.scene import LONDON, Desk, health


async def page(desk: Desk, host: str = "http://localhost") -> tuple[int, list[str]]:
    app = build(desk.view, desk.store, desk.act, desk.stories, None, lambda: desk.now, LONDON)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=host) as client:
        answer = await client.get("/metrics")
    return answer.status_code, [line for line in answer.text.splitlines() if not line.startswith("#")]


async def test_it_tells_how_old_its_figures_are_and_what_it_knows_of_the_workers(desk: Desk) -> None:
    await desk.write(health=health().model_copy(update={"workers": 2, "overdue": 3, "unreadable": 1}))
    desk.now += 7 * SECOND
    assert await page(desk) == (
        200,
        [
            "pledge_board_figures_age_seconds 7.0",
            "pledge_board_workers 2.0",
            "pledge_board_overdue_clocks 3.0",
            "pledge_board_unreadable_records 1.0",
            "pledge_board_viewers 0.0",
        ],
    )


async def test_what_it_does_not_know_it_does_not_tell(desk: Desk) -> None:
    _, lines = await page(desk)
    assert not [
        line for line in lines if line.startswith(("pledge_board_figures_age", "pledge_board_workers"))
    ]


async def test_prometheus_may_call_it_by_any_name(desk: Desk) -> None:
    assert (await page(desk, "http://board:8470"))[0] == 200
