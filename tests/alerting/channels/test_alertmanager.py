"""Alertmanager as a mirror: a real one shows what is open, until it is not, through restarts and lost posts."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerting.alert import Alert
from alerting.channels import ChannelError, channels_of, mirrors_of
from alerting.channels.alertmanager import Alertmanager, AlertmanagerSettings
from alerting.messages.facts import headline
from schemas.times import MINUTE, SECOND, parse_time
from tests.alerting.channels.receiver import Receiver
from tests.alerting.entries import act, feed_news, news
from tests.alerting.tellings import ACKNOWLEDGED, BREACH, LINKS, LONDON, OPENED, RISK, STOPPED, folded

NAMES = ("CAD-1", "CAD-2", "CAD-3")


def wall() -> int:
    return time.time_ns() // 1_000_000


def settings(url: str, **more: object) -> AlertmanagerSettings:
    return AlertmanagerSettings.model_validate({"kind": "alertmanager", "url": url, **more})


def mirror_in(url: str, **more: object) -> Alertmanager:
    words: Callable[[Alert], str] = lambda alert: headline(alert, LONDON)  # noqa: E731
    return mirrors_of({"am": settings(url, **more)}, words, LINKS.alert)["am"]


def alerts_in(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}/api/v2/alerts").json()
    return found


async def told(receiver: Receiver, status: str, count: int = 1) -> list[dict[str, Any]]:
    """What Alertmanager told its receiver with a status, once there are so many."""
    for _ in range(100):
        bodies = [json.loads(request.body) for request in receiver.requests]
        found = [body for body in bodies if body["status"] == status]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.1)
    raise AssertionError(f"not told {status} within 10 s: {receiver.requests}")


async def test_what_is_open_is_shown_and_told_with_its_words(alertmanager: str, receiver: Receiver) -> None:
    mirror = mirror_in(alertmanager, labels={"force": "met"})
    await mirror.mirror([folded(RISK, BREACH, ACKNOWLEDGED)], wall())
    (alert,) = alerts_in(alertmanager)
    assert alert["labels"] == {
        "alertname": "PledgeWatch", "alert": "CAD-1/attend-immediate", "kind": "clock", "severity": "critical",
        "standard": "attend-immediate", "borough": "Hackney", "ward": "Dalston", "grade": "I", "subject": "CAD-1",
        "force": "met",
    }  # fmt: skip
    assert alert["annotations"]["summary"].startswith(
        "BREACHED: immediate incident CAD-1 in Dalston, Hackney"
    )
    assert alert["annotations"]["acknowledged_by"] == "Insp Shah"
    assert alert["generatorURL"] == LINKS.alert("CAD-1/attend-immediate")
    (firing,) = await told(receiver, "firing")
    assert firing["commonLabels"]["alert"] == "CAD-1/attend-immediate"
    await mirror.close()


async def test_a_clock_that_stopped_is_resolved_in_it(alertmanager: str, receiver: Receiver) -> None:
    mirror = mirror_in(alertmanager)
    await mirror.mirror([folded(BREACH)], wall())
    await told(receiver, "firing")
    await mirror.mirror([], wall())
    await told(receiver, "resolved")
    assert alerts_in(alertmanager) == []
    await mirror.close()


async def test_posted_again_it_stays_and_nobody_is_told_again(alertmanager: str, receiver: Receiver) -> None:
    mirror = mirror_in(alertmanager, every="300ms", hold="1s")
    for _ in range(6):
        await mirror.mirror([folded(BREACH)], wall())
        await asyncio.sleep(0.4)
    assert len(alerts_in(alertmanager)) == 1
    assert [json.loads(request.body)["status"] for request in receiver.requests] == ["firing"]
    await mirror.close()


async def test_what_a_dead_desk_says_no_more_of_ends_by_itself(alertmanager: str, receiver: Receiver) -> None:
    mirror = mirror_in(alertmanager, every="300ms", hold="1s")
    await mirror.mirror([folded(BREACH)], wall())
    await mirror.close()
    await told(receiver, "firing")
    await told(receiver, "resolved")


async def test_a_desk_started_again_goes_on_where_it_was(alertmanager: str, receiver: Receiver) -> None:
    first, second = mirror_in(alertmanager), mirror_in(alertmanager)
    await first.mirror([folded(BREACH)], wall())
    await told(receiver, "firing")
    await first.close()
    await second.mirror([folded(BREACH)], wall())
    await asyncio.sleep(0.6)
    assert len(receiver.requests) == 1
    await second.mirror([], wall())
    await told(receiver, "resolved")
    await second.close()


async def test_what_becomes_worse_is_told_as_what_it_is_now(alertmanager: str, receiver: Receiver) -> None:
    mirror = mirror_in(alertmanager)
    await mirror.mirror([folded(RISK)], wall())
    await told(receiver, "firing")
    await mirror.mirror([folded(RISK, BREACH)], wall())
    severities = {body["commonLabels"]["severity"] for body in await told(receiver, "firing", 2)}
    assert severities == {"warning", "critical"}
    assert [alert["labels"]["severity"] for alert in alerts_in(alertmanager)] == ["critical"]
    await mirror.close()


async def test_many_at_once_are_all_there(alertmanager: str) -> None:
    alerts = [folded(news("clock.breached", "+12m", 1, f"CAD-{n}/attend-immediate")) for n in range(1_200)]
    mirror = mirror_in(alertmanager)
    await mirror.mirror(alerts, wall())
    assert len(alerts_in(alertmanager)) == 1_200
    await mirror.close()


async def test_a_situation_speaks_for_what_is_in_it(receiver: Receiver) -> None:
    member = folded(BREACH, act("situation.joined", "+20m", situation=OPENED.subject))
    await mirror_in(receiver.url).mirror([member, folded(OPENED)], wall())
    assert [post["labels"]["kind"] for post in posts(receiver)] == ["storm"]


@pytest.mark.parametrize(
    "alert",
    [
        folded(news("clock.breached", "+12m", 1, cohort="exercise")),
        folded(news("clock.breached", "+12m", 1, cohort="probe")),
        folded(news("clock.breached", "+12m", 1, late=True)),
        folded(BREACH, STOPPED),
    ],
)
async def test_exercises_old_news_and_what_is_over_page_nobody(receiver: Receiver, alert: Alert) -> None:
    await mirror_in(receiver.url).mirror([alert], wall())
    assert receiver.requests == []


async def test_a_resolved_alert_is_posted_again_for_a_while_and_then_forgotten(receiver: Receiver) -> None:
    mirror, now = mirror_in(receiver.url, resend="5m"), wall()
    await mirror.mirror([folded(BREACH)], now)
    for minutes in (1, 3, 6, 7, 8):
        await mirror.mirror([], now + minutes * MINUTE)
    ends = [parse_time(post["endsAt"]) for post in posts(receiver)]
    assert ends == [now + 10 * MINUTE, now + MINUTE, now + MINUTE, now + MINUTE]


async def test_only_what_is_new_changed_or_due_is_posted(receiver: Receiver) -> None:
    mirror, now = mirror_in(receiver.url), wall()
    other = folded(news("clock.breached", "+12m", 1, "CAD-2/attend-immediate"))
    await mirror.mirror([folded(BREACH), other], now)
    await mirror.mirror([folded(BREACH, ACKNOWLEDGED), other], now + 2 * SECOND)
    await mirror.mirror([folded(BREACH, ACKNOWLEDGED), other], now + 3 * SECOND)
    await mirror.mirror([folded(BREACH, ACKNOWLEDGED), other], now + MINUTE)
    named = [
        [post["labels"]["subject"] for post in json.loads(request.body)] for request in receiver.requests
    ]
    assert named == [["CAD-1", "CAD-2"], ["CAD-1"], ["CAD-2"]]


async def test_what_could_not_be_posted_is_posted_the_next_time(receiver: Receiver) -> None:
    mirror, now = mirror_in(receiver.url), wall()
    await mirror.mirror([folded(BREACH)], now)
    receiver.answers = [(503, {})]
    with pytest.raises(ChannelError):
        await mirror.mirror([], now + SECOND)
    await mirror.mirror([], now + MINUTE)
    assert parse_time(posts(receiver)[-1]["endsAt"]) == now + SECOND


class Believing(httpx.AsyncBaseTransport):
    """Alertmanager as far as it matters here: it believes in what it was told until `endsAt`; or it is away."""

    def __init__(self) -> None:
        self.ends: dict[str, int] = {}
        self.away = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.away:
            raise httpx.ConnectError("away")
        for post in json.loads(await request.aread()):
            self.ends[post["labels"]["subject"]] = parse_time(post["endsAt"])
        return httpx.Response(200)


@given(
    st.lists(
        st.tuples(
            st.sets(st.sampled_from(NAMES)),
            st.integers(1, 12 * MINUTE),
            st.booleans(),
        ),
        max_size=12,
    )
)
@example([({"CAD-1"}, SECOND, False), (set(), SECOND, True), (set(), 6 * MINUTE, False)])
async def test_whenever_it_was_reached_alertmanager_believes_in_what_is_open(
    rounds: list[tuple[set[str], int, bool]],
) -> None:
    alerts = {name: folded(news("clock.breached", "+12m", 1, f"{name}/attend-immediate")) for name in NAMES}
    mirror, other, now = mirror_in("http://am"), Believing(), wall()
    mirror._poster._client = httpx.AsyncClient(transport=other)
    for subjects, later, other.away in rounds:
        now += later
        try:
            await mirror.mirror([alerts[name] for name in sorted(subjects)], now)
        except ChannelError:
            assert other.away
        else:
            assert {name for name, ends in other.ends.items() if ends > now} == subjects


async def test_an_alert_that_comes_back_is_open_again(receiver: Receiver) -> None:
    mirror, now = mirror_in(receiver.url), wall()
    for alerts in ([folded(BREACH)], [], [folded(BREACH)]):
        await mirror.mirror(alerts, now)
    assert [parse_time(post["endsAt"]) > now for post in posts(receiver)] == [True, False, True]


async def test_a_feed_is_mirrored_with_its_topic(receiver: Receiver) -> None:
    await mirror_in(receiver.url).mirror([folded(feed_news("feed.silent", "+2m", 1))], wall())
    (post,) = posts(receiver)
    assert (post["labels"]["topic"], post["labels"]["feed"], post["labels"]["severity"]) == (
        "dispatch", "cad/north", "critical",
    )  # fmt: skip


async def test_a_clock_ahead_of_the_walls_starts_no_later_than_now(receiver: Receiver) -> None:
    now = folded(BREACH).raised_at - 9 * MINUTE
    await mirror_in(receiver.url).mirror([folded(BREACH)], now)
    assert parse_time(posts(receiver)[0]["startsAt"]) == now


@pytest.mark.parametrize(
    ("login", "header"),
    [
        ({"token": {"inline": "t0k3n"}}, "Bearer t0k3n"),
        ({"user": "desk", "password": {"inline": "secret"}}, "Basic ZGVzazpzZWNyZXQ="),
    ],
)
async def test_it_logs_in(receiver: Receiver, login: dict[str, Any], header: str) -> None:
    await mirror_in(receiver.url, **login).mirror([folded(BREACH)], wall())
    assert receiver.requests[0].headers["authorization"] == header


def test_it_is_no_way_to_reach_one_person() -> None:
    assert channels_of({"am": settings("http://am")}, wall) == {}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hold": "2m"}, "hold must be at least three times every"),
        ({"user": "desk"}, "user and password are given together"),
        ({"url": "am:9093"}, "String should match pattern"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        settings(**{"url": "http://am", **wrong})


def posts(receiver: Receiver) -> list[dict[str, Any]]:
    return [post for request in receiver.requests for post in json.loads(request.body)]
