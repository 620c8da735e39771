"""What people do on the board: it is in Kafka before anybody is told it was done, and done twice it is done once."""

import asyncio
import re
from html import unescape

import httpx
import pytest

from alerting.links import LASTS, Links
from schemas.actions import Acknowledged, Assigned, Closed, HandedOver, Retried, Snoozed
from schemas.times import MINUTE, format_time
from tests.board.scene import EVENING, Desk, health
from tests.redis.entries import act, news

ALERT = "CAD-1/attend-immediate"
PAGE = f"/alerts/{ALERT}"


@pytest.fixture(autouse=True)
async def _one_alert(desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(news(ALERT, at=EVENING))


def field(page: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return unescape(found[1])


async def press(web: httpx.AsyncClient, do: str, **typed: str) -> httpx.Response:
    """Opens the alert's page, fills its form in and presses a button."""
    page = await web.get(PAGE)
    form = {"id": field(page, "id"), "by": "Insp Baker", "note": "", "to": "", "minutes": "30", **typed}
    return await web.post(PAGE, data={**form, "do": do}, follow_redirects=True)


async def test_acknowledging_is_recorded_and_the_page_says_so(web: httpx.AsyncClient, desk: Desk) -> None:
    answer = await press(web, "acknowledge", note="calling the team")

    alert = await desk.store.alert(ALERT)
    assert alert is not None
    assert (alert.state, alert.assignee) == ("acknowledged", "Insp Baker")
    assert "<strong>Recorded</strong> for Insp Baker" in answer.text
    assert "Acknowledged by Insp Baker: calling the team" in answer.text


async def test_an_acknowledgement_that_comes_second_tells_who_has_it(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await press(web, "acknowledge")
    desk.now += MINUTE
    answer = await press(web, "acknowledge", by="Sgt Cole")

    assert "<strong>Insp Baker has it already</strong>" in answer.text
    assert "Acknowledged by Sgt Cole" in answer.text
    alert = await desk.store.alert(ALERT)
    assert alert is not None
    assert alert.assignee == "Insp Baker"


async def test_of_two_who_acknowledge_at_once_one_has_it_and_the_other_is_told(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    answers = await asyncio.gather(*(press(web, "acknowledge", by=by) for by in ("Insp Baker", "Sgt Cole")))
    # Both may have been first for the moment in which their page was drawn: it is kept up to date.
    pages = [await web.get(answer.url) for answer in answers]

    second = [page for page in pages if "has it already" in page.text]
    assert len(second) == 1
    alert = await desk.store.alert(ALERT)
    assert alert is not None
    assert alert.assignee is not None
    assert f"<strong>{alert.assignee} has it already" in second[0].text


async def test_a_form_sent_twice_is_done_once(web: httpx.AsyncClient, desk: Desk) -> None:
    form = {"id": field(await web.get(PAGE), "id"), "by": "Insp Baker", "note": "on it", "do": "comment"}
    for _ in range(2):
        assert (await web.post(PAGE, data=form)).status_code == 303

    alert = await desk.store.alert(ALERT)
    assert alert is not None
    assert len(alert.actions) == 1


@pytest.mark.parametrize(
    ("do", "typed", "field_name"),
    [
        ("acknowledge", {"by": "  ", "note": "typed with care"}, "by"),
        ("assign", {"to": "", "note": "typed with care"}, "to"),
        ("comment", {"note": ""}, "note"),
        ("close", {"note": ""}, "note"),
    ],
)
async def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(
    do: str, typed: dict[str, str], field_name: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    answer = await press(web, do, **typed)

    assert answer.status_code == 422
    assert f'aria-describedby="w-{field_name}"' in answer.text
    assert f'id="w-{field_name}">Give ' in answer.text
    assert "string should" not in answer.text
    assert typed["note"] in answer.text
    assert desk.acted == []


async def test_it_can_be_assigned_snoozed_and_closed(web: httpx.AsyncClient, desk: Desk) -> None:
    await press(web, "assign", to="Sgt Cole")
    await press(web, "snooze", minutes="30")
    answer = await press(web, "close", note="a training alarm")

    assigned, snoozed, closed = desk.acted
    assert isinstance(assigned, Assigned)
    assert assigned.data.to == "Sgt Cole"
    assert isinstance(snoozed, Snoozed)
    assert snoozed.data.until == format_time(EVENING + 30 * MINUTE)
    assert isinstance(closed, Closed)
    assert "Resolved" in answer.text
    assert (await press(web, "snooze")).status_code == 422


async def test_while_kafka_is_away_nothing_is_said_to_be_done(web: httpx.AsyncClient, desk: Desk) -> None:
    first = field(await web.get(PAGE), "id")
    desk.away = True
    answer = await web.post(PAGE, data={"id": first, "by": "Insp Baker", "note": "", "do": "acknowledge"})

    assert answer.status_code == 503
    assert "It may not be recorded: cannot reach Kafka" in unescape(answer.text)
    assert field(answer, "id") == first
    alert = await desk.store.alert(ALERT)
    assert alert is not None
    assert alert.state == "raised"


async def test_the_name_is_typed_once_a_shift(web: httpx.AsyncClient) -> None:
    await press(web, "acknowledge", by="Insp Ní Dhubhghaill")

    assert (
        'name="by" required maxlength="100" autocomplete="name" value="Insp Ní Dhubhghaill"'
        in (await web.get(PAGE)).text
    )


async def test_what_is_typed_is_shown_as_text(web: httpx.AsyncClient) -> None:
    evil = "<script>alert(1)</script>"
    answer = await press(web, "acknowledge", by=evil, note=evil)

    assert answer.status_code == 200
    assert evil not in answer.text
    assert "&lt;script&gt;" in answer.text


async def test_a_link_of_a_message_asks_and_acknowledges_nothing_by_itself(
    web: httpx.AsyncClient, desk: Desk, links: Links
) -> None:
    answer = await web.get(links.acknowledge(ALERT, "Insp Baker", desk.now))

    assert "Acknowledge it?" in answer.text
    assert 'value="Insp Baker"' in answer.text
    assert desk.acted == []


async def test_an_old_or_damaged_link_says_what_to_do(
    web: httpx.AsyncClient, desk: Desk, links: Links
) -> None:
    link = links.acknowledge(ALERT, "Insp Baker", desk.now)
    damaged = await web.get(link[:-1] + ("A" if link[-1] != "A" else "B"))
    desk.now += LASTS + MINUTE
    old = await web.get(link)

    for answer in (damaged, old):
        assert answer.status_code == 410
        assert "Find the alert among the alerts and acknowledge it there." in answer.text


async def test_at_the_end_of_a_shift_what_is_ticked_goes_to_whoever_takes_over(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    other = "CAD-2/attend-priority"
    await desk.read(news(other, at=EVENING), act(other, "alert.acknowledged", "a", EVENING, by="Insp Baker"))
    page = await web.get("/handover?from=Insp Baker")
    ticked = re.findall(r'name="alerts" value="([^"]+)" checked', page.text)
    assert ticked == [other]

    form = {"id": field(page, "id"), "by": "Insp Baker", "to": "Insp Shah", "note": "two units short"}
    done = [
        await web.post("/handover", data={**form, "alerts": [ALERT, other]}, follow_redirects=True)
        for _ in range(2)
    ]

    assert all("2 alerts from Insp Baker to Insp Shah" in answer.text for answer in done)
    assert len({action.id for action in desk.acted}) == 2
    assert all(isinstance(action, HandedOver) for action in desk.acted)
    assert [alert.assignee for alert in await desk.store.alerts()] == ["Insp Shah", "Insp Shah"]


@pytest.mark.parametrize("ticked", [[], ["CAD-9/attend-immediate"]])
async def test_nothing_is_handed_over_where_nothing_is_ticked_or_something_is_not_there(
    ticked: list[str], web: httpx.AsyncClient, desk: Desk
) -> None:
    form = {"id": "h-1", "by": "Insp Baker", "to": "Insp Shah", "note": ""}
    answer = await web.post("/handover", data={**form, "alerts": ticked})

    assert answer.status_code == 422
    assert 'value="Insp Shah"' in answer.text
    assert desk.acted == []


async def test_what_was_not_delivered_is_shown_and_tried_again(web: httpx.AsyncClient, desk: Desk) -> None:
    told = {"step": "s-1", "channel": "mail", "to": "Insp Baker", "about": "n-1", "stage": "breached"}
    await desk.read(act(ALERT, "alert.parked", "p", EVENING, **told, problem="no such mailbox", attempts=5))
    desk.now += 1
    page = await web.get("/parked")
    assert "no such mailbox" in page.text

    await web.post(PAGE, data={"id": field(page, "id"), "step": "s-1", "by": "Insp Baker", "do": "retry"})

    assert isinstance(desk.acted[0], Retried)
    assert "no such mailbox" not in (await web.get("/parked")).text
    again = await web.post(PAGE, data={"id": "r-2", "step": "s-1", "by": "Insp Baker", "do": "retry"})
    assert again.status_code == 422


async def test_acknowledged_is_said_of_the_one_who_did_it_also_where_nobody_else_has(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await press(web, "acknowledge")
    answer = await press(web, "acknowledge")

    assert "has it already" not in answer.text
    assert [type(action) for action in desk.acted] == [Acknowledged, Acknowledged]
