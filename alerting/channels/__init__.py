"""The ways to reach people."""

from collections.abc import Callable, Mapping
from typing import Annotated

from pydantic import Field

from alerting.alert import Alert
from alerting.channels.alertmanager import Alertmanager, AlertmanagerSettings
from alerting.channels.apprise import Apprise, AppriseSettings
from alerting.channels.channel import Channel, ChannelError, Form, Message
from alerting.channels.console import Console, ConsoleSettings
from alerting.channels.webhook import Webhook, WebhookSettings

AnySettings = Annotated[
    ConsoleSettings | WebhookSettings | AppriseSettings | AlertmanagerSettings, Field(discriminator="kind")
]
"""One channel of the policy, by its `kind`."""

__all__ = [
    "Alertmanager",
    "AnySettings",
    "Channel",
    "ChannelError",
    "Form",
    "Message",
    "channels_of",
    "mirrors_of",
]


def channels_of(settings: Mapping[str, AnySettings], wall: Callable[[], int]) -> dict[str, Channel]:
    """The channels that reach one person, by name; `wall` is the wall's time, in ms. SecretError where one lacks."""
    made = {name: _channel(each, wall) for name, each in settings.items()}
    return {name: channel for name, channel in made.items() if channel is not None}


def mirrors_of(
    settings: Mapping[str, AnySettings],
    words: Callable[[Alert], str],
    page: Callable[[str], str] | None = None,
) -> dict[str, Alertmanager]:
    """The Alertmanagers that follow what is open, by name; SecretError where one's secret lacks."""
    return {
        name: Alertmanager(each, words, page)
        for name, each in settings.items()
        if isinstance(each, AlertmanagerSettings)
    }


def _channel(settings: AnySettings, wall: Callable[[], int]) -> Channel | None:
    match settings:
        case ConsoleSettings():
            return Console()
        case WebhookSettings():
            return Webhook(settings, wall)
        case AppriseSettings():
            return Apprise(settings)
        case AlertmanagerSettings():
            return None
