"""Messages through Apprise: e-mail, SMS gateways, Teams, Slack, ntfy, PagerDuty and so on."""

from typing import Literal

from pydantic import Field

from alerting.channels.channel import ChannelSettings, Form
from alerting.fields import Duration, Secret
from schemas.times import SECOND


class AppriseSettings(ChannelSettings):
    """`kind: apprise`. In `url`, `{address}` becomes the address of whoever is told, `{NAME}` a secret."""

    kind: Literal["apprise"]
    url: str | Secret
    secrets: dict[str, Secret] = Field({}, description="by the name they have in `url`")
    form: Form = "text"
    timeout: Duration = 30 * SECOND
