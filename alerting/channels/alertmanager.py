"""Alertmanager (v2) as a mirror of what is open: it follows the alerts, and tells whom it is set up to tell."""

from typing import Literal

from pydantic import Field

from alerting.channels.channel import ChannelSettings
from alerting.channels.webhook import HttpUrl
from alerting.fields import Duration, Secret
from schemas.times import MINUTE


class AlertmanagerSettings(ChannelSettings):
    """`kind: alertmanager`. No step of a ladder: it is not a way to reach one person."""

    kind: Literal["alertmanager"]
    url: HttpUrl = Field(description="without /api/v2")
    every: Duration = Field(MINUTE, description="how often what is open is posted again")
    hold: Duration = Field(10 * MINUTE, description="how long Alertmanager keeps an alert we say no more of")
    resend: Duration = Field(5 * MINUTE, description="how long a resolved alert is posted again")
    labels: dict[str, str] = Field({}, description="labels that every alert has beside its own")
    user: str | None = None
    password: Secret | None = None
    token: Secret | None = None
