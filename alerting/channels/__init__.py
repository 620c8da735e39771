"""The ways to reach people."""

from typing import Annotated

from pydantic import Field

from alerting.channels.alertmanager import AlertmanagerSettings
from alerting.channels.apprise import AppriseSettings
from alerting.channels.channel import Channel, ChannelError, Form, Message
from alerting.channels.console import Console, ConsoleSettings
from alerting.channels.webhook import WebhookSettings

AnySettings = Annotated[
    ConsoleSettings | WebhookSettings | AppriseSettings | AlertmanagerSettings, Field(discriminator="kind")
]
"""One channel of the policy, by its `kind`."""

__all__ = ["AnySettings", "Channel", "ChannelError", "Console", "Form", "Message"]
