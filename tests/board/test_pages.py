"""The pages, complete from the server: what is about to go wrong, what can be believed, who has what."""

import re

import httpx
import pytest

from board.app import build
from schemas.times import MINUTE, SECOND
from tests.alerting.policies import policy
from tests.board.conftest import HOST
from tests.board.scene import EVENING, LONDON, Desk, busy, calm, feeds, health
from tests.redis.entries import act, news

BREACHED = "CAD-1/attend-immediate"


def text_of(answer: httpx.Response) -> str:
    """What a reader of the page sees, without its tags."""
    assert answer.status_code == 200, answer.text
    return _words(answer.text.partition("<main")[2])


def warnings_of(answer: httpx.Response) -> str:
    """What is said above everything else."""
    return _words(answer.text.partition("<main")[0])


def _words(html: str) -> str:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    return re.sub(r" (?=[).,;:])|(?<=\() ", "", words)


@pytest.mark.parametrize("path", ["/", "/alerts", "/clocks", "/feeds", "/parked", "/handover", "/api"])
async def test_every_page_is_there_on_a_busy_evening_and_on_a_calm_one(
    path: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    await calm(desk)
    assert (await web.get(path)).status_code == 200
    await busy(desk)
    assert (await web.get(path)).status_code == 200


async def test_the_wall_names_what_will_be_breached_next_and_how_long_that_is(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    clocks = await busy(desk)
    coming = min(
        (clock for clock in clocks.values() if clock.stage != "breached" and clock.standard != "call-999"),
        key=lambda clock: clock.due,
    )
    seen = text_of(await web.get("/"))

    seconds = (coming.due - desk.now) // SECOND
    assert f"Next to be breached {seconds // 60}:{seconds % 60:02}" in seen
    assert coming.subject in seen


async def test_a_rate_is_shown_with_its_counts_and_one_of_few_clocks_without_a_percentage(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await busy(desk)
    seen = text_of(await web.get("/"))

    assert "92.8 % 400 of 431" in seen
    assert "11 of 11" in seen
    assert "100.0 %" not in seen


async def test_a_page_without_a_script_asks_anew_by_itself_but_not_one_that_is_typed_into(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await desk.write(health=health())
    await desk.read(news(BREACHED, at=EVENING))
    refreshing = '<noscript><meta http-equiv="refresh"'

    assert refreshing in (await web.get("/")).text
    assert refreshing not in (await web.get(f"/alerts/{BREACHED}")).text
    assert refreshing not in (await web.get("/handover")).text


async def test_old_figures_say_since_when_they_are_old(web: httpx.AsyncClient, desk: Desk) -> None:
    await busy(desk)
    desk.now += 10 * SECOND
    assert "old" not in warnings_of(await web.get("/"))
    desk.now += 1
    seen = warnings_of(await web.get("/"))
    assert "The figures are old since 22:00:00 (0:10)." in seen
    assert "Watch alive" not in seen


async def test_a_dead_watch_is_said_with_its_evidence(web: httpx.AsyncClient, desk: Desk) -> None:
    await busy(desk)
    await desk.write(health=health(watch="dead", evidence="14 clocks fell due and were not judged for 12 s"))
    seen = warnings_of(await web.get("/alerts"))

    assert "Watch is dead" in seen
    assert "14 clocks fell due and were not judged for 12 s." in seen


async def test_before_the_first_figures_nothing_is_to_be_believed(web: httpx.AsyncClient) -> None:
    seen = warnings_of(await web.get("/"))

    assert "No figures yet" in seen
    assert "The alerts are being read again" in seen


async def test_a_silent_feed_is_named(web: httpx.AsyncClient, desk: Desk) -> None:
    await busy(desk)
    await desk.write(feeds=feeds(silent=True))

    assert "Silent cad/north on dispatch (Camden, Hackney) last heard 6:40 ago" in text_of(await web.get("/"))


async def test_nothing_tells_who_called(web: httpx.AsyncClient, desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(news("CALL-1/call-999", at=EVENING, caller="tok-7781", told_by="tok-7782"))

    for path in ("/", "/alerts", "/alerts/CALL-1/call-999", "/api/alerts", "/api/alerts/CALL-1/call-999"):
        answer = await web.get(path)
        assert answer.status_code == 200
        assert "tok-778" not in answer.text


async def test_alerts_are_filtered_and_the_filter_stays_in_the_form(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await desk.write(health=health())
    await desk.read(
        news(BREACHED, at=EVENING, borough="Camden"),
        news("CAD-2/attend-priority", at=EVENING, borough="Hackney"),
        act("CAD-2/attend-priority", "alert.acknowledged", "a", EVENING + MINUTE, by="Insp Baker"),
    )

    assert "CAD-2" not in text_of(await web.get("/alerts?borough=Camden"))
    assert "CAD-1" not in text_of(await web.get("/alerts?state=acknowledged"))
    unowned = await web.get("/alerts?state=unowned")
    assert "CAD-1" in text_of(unowned)
    assert "CAD-2" not in text_of(unowned)
    assert '<option value="unowned" selected>' in unowned.text


async def test_an_alerts_page_tells_its_whole_story(web: httpx.AsyncClient, desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(
        news(BREACHED, "clock.at_risk", EVENING - 3 * MINUTE, 1),
        news(BREACHED, "clock.breached", EVENING, 2),
        act(BREACHED, "alert.acknowledged", "a", EVENING + MINUTE, by="Insp Baker", note="unit on its way"),
    )
    seen = text_of(await web.get(f"/alerts/{BREACHED}"))

    for words in (
        "At risk",
        "BREACHED",
        "Acknowledged by Insp Baker: unit on its way",
        "An immediate incident is attended within twelve minutes.",
        "http://www.standard.co.uk/news/the-big-999-lottery-6948833.html",
        "unit GD21 dispatched",
        "Recorded 2 min late",
        "cad/north · c-2",
        "breached: its time was up at 21:58:00",
        "it would be met",
    ):
        assert words in seen


async def test_what_is_not_there_is_said_with_what_to_do(web: httpx.AsyncClient, desk: Desk) -> None:
    await calm(desk)
    for path in ("/nowhere", "/alerts/CAD-9/attend-immediate", "/clocks/MSG-9/snt-reply"):
        answer = await web.get(path)
        assert answer.status_code == 404
        assert "<h1>Not Found</h1>" in answer.text


async def test_who_is_told_next_is_said_where_the_policy_is_known(desk: Desk) -> None:
    app = build(
        desk.view, desk.store, desk.act, desk.stories, None, lambda: desk.now, LONDON, policy=policy()
    )
    await desk.write(health=health())
    await desk.read(news(BREACHED, at=EVENING))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOST) as web:
        seen = text_of(await web.get(f"/alerts/{BREACHED}"))
        assert "22:00:00 Insp Shah by sms" in seen
        assert "22:05:00 CI Chief by sms" in seen
        await desk.store.add([act(BREACHED, "alert.acknowledged", "a", EVENING + MINUTE, by="Insp Shah")])
        seen = text_of(await web.get(f"/alerts/{BREACHED}"))
        assert "22:05:00 CI Chief by sms" not in seen
        assert "Not told" in seen
