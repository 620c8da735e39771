"""The webhook: signed so that its receiver can know it is ours, once, and of now; refusals say whether to go on."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerting.channels import ChannelError, channels_of
from alerting.channels.webhook import Webhook, WebhookSettings
from alerting.fields import Secret, SecretError
from pledgewatch.logs import configure_logs
from schemas.times import HOUR, SECOND, format_time
from tests.alerting.channels.receiver import Receiver
from tests.alerting.tellings import ACKNOWLEDGED, BREACH, MET, OPENED, RISK, SILENT, message

KEY = "0123456789abcdef01234567"
NOW = 1_700_000_000_123


def settings(receiver: Receiver, **more: object) -> WebhookSettings:
    told = {
        "kind": "webhook",
        "url": f"{receiver.url}/hook",
        "secret": {"inline": KEY},
        "timeout": "2s",
        **more,
    }
    return WebhookSettings.model_validate(told)


@pytest.fixture
async def webhook(receiver: Receiver) -> AsyncIterator[Webhook]:
    channel = Webhook(settings(receiver), lambda: NOW)
    yield channel
    await channel.close()


async def refused(channel: Webhook) -> ChannelError:
    with pytest.raises(ChannelError) as error:
        await channel.send(message(BREACH))
    return error.value


async def test_its_receiver_can_check_that_it_is_ours(webhook: Webhook, receiver: Receiver) -> None:
    await webhook.send(message(BREACH))
    (request,) = receiver.requests
    name, when = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    signed = f"{name}.{when}.".encode() + request.body
    expected = base64.b64encode(hmac.new(KEY.encode(), signed, hashlib.sha256).digest()).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"
    assert (request.path, name, when) == ("/hook", "step-1", str(NOW // SECOND))


async def test_sent_again_it_has_the_same_id(webhook: Webhook, receiver: Receiver) -> None:
    await webhook.send(message(BREACH))
    await webhook.send(message(BREACH))
    assert {request.headers["webhook-id"] for request in receiver.requests} == {"step-1"}


async def test_it_says_in_fields_what_the_message_says_in_words(webhook: Webhook, receiver: Receiver) -> None:
    told = message(RISK, BREACH, ACKNOWLEDGED)
    await webhook.send(told)
    sent = json.loads(receiver.requests[0].body)
    alert = sent["data"]["alert"]
    assert (sent["type"], sent["timestamp"]) == ("alert.breached", format_time(NOW))
    assert (sent["data"]["to"], sent["data"]["body"]) == ("Insp Shah", told.text)
    assert (alert["stage"], alert["state"], alert["borough"], alert["grade"]) == (
        "breached", "acknowledged", "Hackney", "I",
    )  # fmt: skip
    assert alert["acknowledged"] == {"by": "Insp Shah", "at": "2009-10-24T19:13:00.000Z", "note": "on it"}
    assert alert["due"] == "2009-10-24T19:12:00.000Z"


@pytest.mark.parametrize("entries", [(SILENT,), (OPENED,), (BREACH, MET)])
async def test_whatever_is_told_can_be_sent(webhook: Webhook, receiver: Receiver, entries: tuple) -> None:  # type: ignore[type-arg]
    await webhook.send(message(*entries))
    assert json.loads(receiver.requests[0].body)["data"]["alert"]["id"] == entries[0].subject


async def test_the_address_of_whoever_is_told_may_be_part_of_the_url(receiver: Receiver) -> None:
    channel = Webhook(settings(receiver, url=f"{receiver.url}/to/{{address}}"), lambda: NOW)
    await channel.send(replace(message(BREACH), address="desk 7/é"))
    assert receiver.requests[0].path == "/to/desk%207%2F%C3%A9"
    with pytest.raises(ChannelError, match="Insp Shah has no address") as error:
        await channel.send(replace(message(BREACH), address=None))
    assert error.value.permanent
    await channel.close()


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(302, True), (400, True), (404, True), (410, True), (408, False), (429, False), (503, False)],
)
async def test_only_an_answer_that_may_change_is_worth_another_try(
    webhook: Webhook, receiver: Receiver, status: int, permanent: bool
) -> None:
    receiver.answers = [(status, {})]
    error = await refused(webhook)
    assert error.permanent is permanent and str(status) in str(error)


@pytest.mark.parametrize(
    ("asked", "wait"),
    [("7", 7 * SECOND), ("Tue, 14 Nov 2023 22:13:30 GMT", 10_000 - 123), ("99999999", HOUR), ("soon", None)],
)
async def test_a_receiver_may_ask_to_be_left_alone(
    webhook: Webhook, receiver: Receiver, asked: str, wait: int | None
) -> None:
    receiver.answers = [(429, {"retry-after": asked})]
    assert (await refused(webhook)).retry_after == wait


async def test_a_receiver_that_is_away_or_slow_is_tried_again(receiver: Receiver) -> None:
    away = Webhook(settings(receiver, url="http://127.0.0.1:9"), lambda: NOW)
    receiver.slowness = 1.0
    slow = Webhook(settings(receiver, timeout="200ms"), lambda: NOW)
    assert not (await refused(away)).permanent
    assert str(await refused(slow)) == "no answer: ReadTimeout"
    assert KEY not in str(await refused(away))


async def test_no_address_is_in_the_log(receiver: Receiver, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("debug", "text")
    hook = Webhook(settings(receiver, url=f"{receiver.url}/a-token-of-the-url"), lambda: NOW)
    await hook.send(message(BREACH))
    logging.getLogger("tests").debug("it does log")
    said = capsys.readouterr().err
    assert "it does log" in said and "a-token-of-the-url" not in said
    await hook.close()


def test_a_secret_is_read_where_it_is_said_to_be(
    receiver: Receiver, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOOK_KEY", KEY)
    named = settings(receiver, secret={"env": "HOOK_KEY"})
    assert set(channels_of({"hook": named}, lambda: NOW)) == {"hook"}
    monkeypatch.delenv("HOOK_KEY")
    with pytest.raises(SecretError, match="the variable HOOK_KEY is not set"):
        channels_of({"hook": named}, lambda: NOW)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "No such file"), (b" \n", "is empty"), (b"\xff\xfe\x00", "is no text")],
)
def test_a_file_without_a_secret_is_refused_by_its_name(
    tmp_path: Path, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / "secret").write_bytes(content)
    with pytest.raises(SecretError, match=f"{tmp_path}/secret.*{said}"):
        Secret(file=str(tmp_path / "secret")).read()


@pytest.mark.parametrize("secret", ["short", "whsec_c2hvcnQ=", "whsec_%%%"])
def test_a_secret_that_is_none_is_refused_without_being_told(receiver: Receiver, secret: str) -> None:
    with pytest.raises(SecretError) as refused:
        Webhook(settings(receiver, secret={"inline": secret}), lambda: NOW)
    assert secret not in str(refused.value)


def test_a_secret_is_given_in_one_place() -> None:
    with pytest.raises(ValueError, match="by one of file, env or inline"):
        Secret.model_validate({"env": "A", "file": "b"})
