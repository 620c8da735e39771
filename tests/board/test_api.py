"""The board for programs."""

import re
from typing import Any

import httpx
import pytest

from schemas.times import MINUTE, format_time
from tests.board.scene import EVENING, Desk, busy, health
from tests.redis.entries import act, news

ALERT = "CAD-1/attend-immediate"
_MOMENTS = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")


@pytest.fixture
async def _one_alert(desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(news(ALERT, at=EVENING))


def _values(told: Any) -> list[tuple[str, Any]]:
    if isinstance(told, dict):
        return [pair for name, value in told.items() for pair in [(name, value), *_values(value)]]
    return [pair for value in told for pair in _values(value)] if isinstance(told, list) else []


@pytest.mark.parametrize(
    "path", ["standards", "clocks", "feeds", "health", "alerts", "parked", "stories/CAD-1"]
)
async def test_times_are_rfc_3339_and_no_number_is_a_time(
    path: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    await busy(desk)
    answer = await web.get(f"/api/{path}")

    assert answer.status_code == 200
    for name, value in _values(answer.json()):
        assert not (isinstance(value, int) and value > 10**11), f"{name} is a bare number"
        if name in ("now", "written", "start", "due", "oldest_start", "raised_at", "last_heard"):
            assert value is None or _MOMENTS.match(value), name


async def test_clocks_are_found_page_by_page_and_counted(web: httpx.AsyncClient, desk: Desk) -> None:
    clocks = await busy(desk, number=230)
    hackney = [clock for clock in clocks.values() if clock.borough == "Hackney"]

    assert (await web.get("/api/clocks?borough=Hackney")).json()["total"] == len(hackney)
    pages = [(await web.get(f"/api/clocks?page={page}")).json()["clocks"] for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [100, 100, 30, 0]
    dues = [clock["due"] for page in pages for clock in page]
    assert dues == sorted(dues)


async def test_alerts_nobody_has_come_page_by_page_over_both_states(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    await desk.write(health=health())
    names = [f"CAD-{number}/attend-priority" for number in range(150)]
    up = {"rung": 1, "role": "chief", "to": [], "because": "unacknowledged"}
    await desk.read(
        *(news(name, at=EVENING + number) for number, name in enumerate(names)),
        *(act(name, "alert.escalated", name, EVENING + MINUTE, **up) for name in names[:70]),
    )
    pages = [(await web.get(f"/api/alerts?state=unowned&page={page}")).json() for page in (1, 2, 3)]

    assert [page["total"] for page in pages] == [150, 150, 150]
    assert [len(page["alerts"]) for page in pages] == [100, 50, 0]
    assert sorted(alert["id"] for page in pages for alert in page["alerts"]) == sorted(names)


async def test_closed_alerts_are_found_too(web: httpx.AsyncClient, desk: Desk) -> None:
    await desk.write(health=health())
    await desk.read(
        news(ALERT, at=EVENING),
        news("CAD-2/attend-immediate", at=EVENING),
        news(
            "CAD-2/attend-immediate", "clock.stopped", EVENING + MINUTE, 2, stop=format_time(EVENING + MINUTE)
        ),
    )

    closed = (await web.get("/api/alerts?state=closed")).json()
    assert [(alert["id"], alert["stage"]) for alert in closed["alerts"]] == [
        ("CAD-2/attend-immediate", "stopped-late")
    ]


@pytest.mark.usefixtures("_one_alert")
async def test_acknowledging_answers_with_the_alert_as_it_stands_then(web: httpx.AsyncClient) -> None:
    answer = await web.post(f"/api/alerts/{ALERT}", json={"do": "acknowledge", "by": "Insp Baker"})

    assert answer.status_code == 201
    alert = answer.json()["alert"]
    assert (alert["state"], alert["acknowledged_by"]) == ("acknowledged", "Insp Baker")
    assert [line["sort"] for line in alert["history"]] == ["news", "person"]


@pytest.mark.usefixtures("_one_alert")
async def test_the_second_to_acknowledge_is_told_who_has_it_and_the_same_again_is_the_first(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    mine = {"do": "acknowledge", "by": "Insp Baker", "id": "mine"}
    assert (await web.post(f"/api/alerts/{ALERT}", json=mine)).status_code == 201
    desk.now += 1
    second = await web.post(f"/api/alerts/{ALERT}", json={"do": "acknowledge", "by": "Sgt Cole"})

    assert second.status_code == 409
    assert second.headers["content-type"] == "application/problem+json"
    assert second.json()["held_by"] == "Insp Baker"
    assert "Insp Baker has it already" in second.json()["detail"]
    assert (await web.post(f"/api/alerts/{ALERT}", json=mine)).status_code == 201


@pytest.mark.usefixtures("_one_alert")
@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"do": "acknowledge", "by": ""}, "by"),
        ({"do": "explode", "by": "Insp Baker"}, "acknowledge"),
        ({"do": "snooze", "by": "Insp Baker", "until": "22:30"}, "until"),
        ({"do": "snooze", "by": "Insp Baker", "until": "2009-10-24T20:59:59Z"}, "still to come"),
        ({"do": "comment", "by": "Insp Baker", "note": ""}, "note"),
        ({"do": "acknowledge", "by": "Insp Baker", "on_behalf": "x"}, "on_behalf"),
        ({"do": "retry", "by": "Insp Baker", "step": "s-1"}, "does not wait"),
    ],
)
async def test_what_cannot_be_done_is_a_problem_that_names_what_to_mend(
    body: dict[str, str], says: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    answer = await web.post(f"/api/alerts/{ALERT}", json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert says in answer.json()["detail"]
    assert desk.acted == []


@pytest.mark.usefixtures("_one_alert")
async def test_while_kafka_is_away_it_may_be_sent_again_under_the_same_id(
    web: httpx.AsyncClient, desk: Desk
) -> None:
    desk.away = True
    answer = await web.post(f"/api/alerts/{ALERT}", json={"do": "acknowledge", "by": "B", "id": "mine"})

    assert answer.status_code == 503
    assert "'mine'" in answer.json()["detail"]


@pytest.mark.usefixtures("_one_alert")
async def test_a_shift_is_handed_over_or_nothing_of_it(web: httpx.AsyncClient, desk: Desk) -> None:
    shift: dict[str, Any] = {
        "by": "Insp Baker",
        "to": "Insp Shah",
        "alerts": [ALERT, "CAD-9/attend-immediate"],
    }
    assert (await web.post("/api/handovers", json=shift)).status_code == 404
    assert desk.acted == []

    answer = await web.post("/api/handovers", json={**shift, "alerts": [ALERT]})
    assert answer.status_code == 201
    assert (await web.get(f"/api/alerts/{ALERT}")).json()["assignee"] == "Insp Shah"


async def test_figures_that_cannot_be_believed_say_so(web: httpx.AsyncClient, desk: Desk) -> None:
    titles = [each["title"] for each in (await web.get("/api/standards")).json()["warnings"]]
    assert titles == ["No figures yet", "The alerts are being read again"]
    await busy(desk)
    assert (await web.get("/api/standards")).json()["warnings"] == []


async def test_without_redis_it_says_what_to_do(web: httpx.AsyncClient, desk: Desk) -> None:
    desk.redis.connection_pool.connection_kwargs["port"] = 1
    await desk.redis.connection_pool.disconnect()

    program, person = await web.get("/api/standards"), await web.get("/")
    assert (program.status_code, person.status_code) == (503, 503)
    assert program.headers["content-type"] == "application/problem+json"
    assert "Start Redis" in program.json()["detail"]
    assert "Start Redis" in person.text


async def test_everything_is_documented_with_its_failures(web: httpx.AsyncClient) -> None:
    spec = (await web.get("/api/openapi.json")).json()

    paths = spec["paths"]
    assert set(paths) == {
        "/api/standards", "/api/clocks", "/api/stories/{clock}", "/api/feeds", "/api/health", "/api/alerts",
        "/api/parked", "/api/alerts/{alert_id}", "/api/handovers",
    }  # fmt: skip
    for path, methods in paths.items():
        for told in methods.values():
            assert told["summary"], path
            assert {"422", "503"} <= set(told["responses"]), path
            assert "HTTPValidationError" not in str(told["responses"]), path
    assert set(paths["/api/alerts/{alert_id}"]["post"]["responses"]) == {"201", "404", "409", "422", "503"}
    schemas = spec["components"]["schemas"]
    assert schemas["Clock"]["properties"]["due"]["format"] == "date-time"


@pytest.mark.parametrize(
    "asked", ["clocks?stage=late", "clocks?page=0", "alerts?state=open", "alerts?grade=A"]
)
async def test_what_nobody_could_mean_is_refused_and_not_found_nothing_of(
    asked: str, web: httpx.AsyncClient, desk: Desk
) -> None:
    answer = await web.get(f"/api/{asked}")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Mend and send again: ")
