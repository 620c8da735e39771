"""Messages as signed HTTP requests, after the Standard Webhooks specification: receivers have libraries for it."""

import base64
import hashlib
import hmac
import json
from binascii import Error as Base64Error
from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import StringConstraints

from alerting.channels.channel import ChannelSettings, Form, Message, addressed
from alerting.channels.posting import Poster
from alerting.channels.summary import summary
from alerting.fields import Secret, SecretError
from schemas.times import SECOND, format_time

HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
_LEAST = 24
"""Bytes of a secret, as the specification has it."""


class WebhookSettings(ChannelSettings):
    """`kind: webhook`. `url` may have `{address}`, which becomes the address of whoever is told."""

    kind: Literal["webhook"]
    url: HttpUrl
    secret: Secret
    form: Form = "text"


class Webhook:
    """Posts each message; `wall` is the time of the wall, in ms, for receivers refuse old signatures."""

    def __init__(self, settings: WebhookSettings, wall: Callable[[], int]) -> None:
        self._url, self._wall = settings.url, wall
        self._key = key_of(settings.secret.read())
        self._poster = Poster(settings.timeout)

    async def send(self, message: Message) -> None:
        """One request; ChannelError unless it was taken with a 2xx."""
        now = self._wall()
        name, body = quote(message.id, safe="/:#@"), _body(message, now)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": str(now // SECOND),
            "webhook-signature": signature(self._key, name, now // SECOND, body),
        }
        await self._poster.post(addressed(self._url, message), body, headers, now)

    async def close(self) -> None:
        """Closes the connections."""
        await self._poster.close()


def key_of(secret: str) -> bytes:
    """The key of a secret: `whsec_` and base64, or the text itself; SecretError where it is too short to be one."""
    try:
        encoded = secret.removeprefix("whsec_")
        key = base64.b64decode(encoded, validate=True) if encoded != secret else secret.encode()
    except Base64Error:
        raise SecretError("a webhook's secret that begins with whsec_ goes on in base64") from None
    if len(key) < _LEAST:
        raise SecretError(f"a webhook's secret has at least {_LEAST} bytes: openssl rand -hex 32 makes one")
    return key


def signature(key: bytes, name: str, seconds: int, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`."""
    signed = hmac.new(key, f"{name}.{seconds}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(signed).decode()}"


def _body(message: Message, now: int) -> bytes:
    data: dict[str, Any] = {
        "message": message.id,
        "to": message.to,
        "address": message.address,
        "title": message.title,
        "body": message.body,
        "short": message.short,
        "link": message.link,
        "alert": summary(message.alert),
    }
    told = {"type": f"alert.{message.alert.stage}", "timestamp": format_time(now), "data": data}
    return json.dumps(told, ensure_ascii=False).encode()
