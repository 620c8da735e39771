"""The page about channels: its settings are those there are, its examples work, its messages are what is written."""

import re
from dataclasses import fields
from typing import Any

import pytest
import yaml

from alerting.channels import channels_of, mirrors_of
from alerting.channels.alertmanager import AlertmanagerSettings
from alerting.channels.apprise import AppriseSettings
from alerting.channels.channel import ChannelSettings
from alerting.channels.console import ConsoleSettings
from alerting.channels.webhook import Webhook, WebhookSettings
from alerting.messages.facts import Facts
from alerting.policy import PersonLine, Policy
from alerting.watchdog import WatchdogSettings
from schemas.times import format_duration
from tests.alerting.channels.receiver import receiving
from tests.alerting.tellings import BREACH, RISK, message
from tests.docs.pages import blocks, text_of

PAGE = text_of("alerting-channels.md")
POLICY = {"ladders": {"short": [{"tell": "room", "by": ["terminal"]}]}, "rules": []}
SECTIONS = {part.partition("\n")[0]: part for part in PAGE.split("\n## ")}
NOW = 1_700_000_000_000


def rows(section: str) -> dict[str, str]:
    """The first column's names of a section's table, each with the second column."""
    found = re.findall(r"^\| (`[^|]+) \| ([^|]+) \|", SECTIONS[section], re.MULTILINE)
    return {name: value for names, value in found for name in re.findall(r"`(\w+)`", names)}


@pytest.mark.parametrize("example", blocks(PAGE, "yaml"), ids=["channels", "watchdog"])
def test_an_example_is_part_of_a_policy(example: str) -> None:
    Policy.model_validate(
        {"channels": {"terminal": {"kind": "console"}}, **POLICY, **yaml.safe_load(example)}
    )


def test_the_channels_of_the_example_can_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    secret = tmp_path / "secret"
    secret.write_text("msteams://a/b/c/d/and-enough-of-it\n")
    text = re.sub(r"/run/secrets/[\w-]+", str(secret), blocks(PAGE, "yaml")[0])
    for name in ("TWILIO_SID", "TWILIO_TOKEN", "CAD_SECRET"):
        monkeypatch.setenv(name, "0123456789abcdef01234567")
    policy = Policy.model_validate({**POLICY, **yaml.safe_load(text)})
    assert set(channels_of(policy.channels, lambda: NOW)) == {"mail", "sms", "room", "cad", "terminal"}
    assert set(mirrors_of(policy.channels, str)) == {"wall"}
    assert isinstance(policy.people["shah"], PersonLine)


@pytest.mark.parametrize(
    ("section", "model", "said_elsewhere"),
    [
        ("console", ConsoleSettings, {"kind", "timeout"}),
        ("apprise", AppriseSettings, {"kind", "timeout"}),
        ("webhook", WebhookSettings, {"kind", "timeout"}),
        ("alertmanager", AlertmanagerSettings, {"kind", "timeout"}),
        ("The watchdog", WatchdogSettings, set()),
    ],
)
def test_every_setting_is_there_with_its_default(
    section: str, model: type[ChannelSettings], said_elsewhere: set[str]
) -> None:
    shown = rows(section)
    assert set(shown) == set(model.model_fields) - said_elsewhere
    for name, value in shown.items():
        field = model.model_fields[name]
        assert (value == "needed") == field.is_required()
        if value.startswith("`"):
            assert value.strip("`") in (field.default, _duration(field.default))


def test_every_channel_has_the_timeout_that_is_said() -> None:
    said = {
        ConsoleSettings: "10s",
        WebhookSettings: "10s",
        AlertmanagerSettings: "10s",
        AppriseSettings: "30s",
    }
    assert {model: _duration(model.model_fields["timeout"].default) for model in said} == said


def test_every_word_of_a_template_is_there() -> None:
    named = re.findall(r"^\| (`[^|]+) \|", SECTIONS["Your own templates"], re.MULTILINE)
    assert {name for names in named for name in re.findall(r"`(\w+)`", names)} == {
        each.name for each in fields(Facts)
    }


def test_the_messages_shown_are_what_is_written() -> None:
    told = message(RISK, BREACH)
    assert blocks(PAGE, "text") == [f"{told.text}\n", f"{told.short}\n"]


async def test_the_receiver_shown_takes_what_is_ours_and_nothing_else() -> None:
    shown: dict[str, Any] = {}
    exec(blocks(PAGE, "python")[0], shown)
    secret = "0123456789abcdef01234567"
    with receiving() as receiver:
        told = {"kind": "webhook", "url": receiver.url, "secret": {"inline": secret}}
        channel = Webhook(WebhookSettings.model_validate(told), lambda: NOW)
        await channel.send(message(BREACH))
        await channel.close()
    (request,) = receiver.requests
    is_ours = shown["is_ours"]
    assert is_ours(secret, request.headers, request.body, NOW / 1000 + 60)
    assert not is_ours(secret, request.headers, request.body, NOW / 1000 + 600)
    assert not is_ours(secret, request.headers, request.body + b" ", NOW / 1000)
    assert not is_ours("another secret, of 24 bytes", request.headers, request.body, NOW / 1000)


def _duration(value: Any) -> Any:
    """As the page writes durations: `10m`, and not 600000."""
    return format_duration(value) if isinstance(value, int) else value
