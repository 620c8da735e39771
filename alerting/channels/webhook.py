"""Messages as signed HTTP requests, after the Standard Webhooks specification: receivers have libraries for it."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from alerting.channels.channel import ChannelSettings, Form
from alerting.fields import Secret

HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]


class WebhookSettings(ChannelSettings):
    """`kind: webhook`. `url` may have `{address}`, which becomes the address of whoever is told."""

    kind: Literal["webhook"]
    url: HttpUrl
    secret: Secret
    form: Form = "text"
