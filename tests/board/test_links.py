"""The links of messages: they open a page that asks, as the person told; opening one acknowledges nothing."""

import httpx

from alerting.links import LASTS, Links
from schemas.times import SECOND
from tests.board.scene import EVENING, Desk
from tests.redis.entries import news

CLOCK = "CASE-1/victim-update#3"


async def test_a_link_opens_the_alert_with_the_name_of_whoever_was_told(
    web: httpx.AsyncClient, desk: Desk, links: Links
) -> None:
    await desk.read(news(CLOCK, at=EVENING))
    page = await web.get(links.acknowledge(CLOCK, "Insp Shah", desk.now))
    assert page.status_code == 200
    assert "CASE-1" in page.text and 'value="Insp Shah"' in page.text
    alert = await desk.store.alert(CLOCK)
    assert alert is not None and alert.acknowledged is None


async def test_a_link_that_is_too_old_says_where_to_go_on(
    web: httpx.AsyncClient, desk: Desk, links: Links
) -> None:
    await desk.read(news(CLOCK, at=EVENING))
    page = await web.get(links.acknowledge(CLOCK, "Insp Shah", desk.now - LASTS - SECOND))
    assert page.status_code == 410 and "older than 1d" in page.text


async def test_a_link_made_up_is_refused(web: httpx.AsyncClient, desk: Desk, links: Links) -> None:
    url = links.acknowledge(CLOCK, "Insp Shah", desk.now)
    assert (await web.get(url.replace("Shah", "Baker"))).status_code == 410


async def test_the_page_that_a_message_leads_to_is_there(
    web: httpx.AsyncClient, desk: Desk, links: Links
) -> None:
    await desk.read(news(CLOCK, at=EVENING))
    assert (await web.get(links.alert(CLOCK))).status_code == 200
