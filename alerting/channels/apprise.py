"""Messages through Apprise: e-mail, SMS gateways, Teams, Slack, ntfy, PagerDuty and so on."""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from apprise import Apprise as Services
from apprise import AppriseAsset, NotificationManager, NotifyFormat
from pydantic import Field, model_validator

from alerting.channels.channel import ChannelError, ChannelSettings, Form, Message, addressed
from alerting.fields import Secret
from schemas.fields import Duration
from schemas.keys import meant
from schemas.times import SECOND

_MAIL = ("mailto://", "mailtos://")
_SHOWN = 300
_NAME = re.compile(r"\{(\w+)\}")
A = TypeVar("A", bound="AppriseSettings")


class AppriseSettings(ChannelSettings):
    """`kind: apprise`. In `url`, `{address}` becomes the address of whoever is told, `{NAME}` a secret."""

    kind: Literal["apprise"]
    url: str | Secret
    secrets: dict[str, Secret] = Field({}, description="by the name they have in `url`")
    form: Form = "text"
    timeout: Duration = 30 * SECOND

    @model_validator(mode="after")
    def _known(self: A) -> A:
        """What can be said of a url before it is needed: a service that there is, and names that have a meaning."""
        if isinstance(self.url, Secret):
            return self
        schema, names = self.url.partition("://")[0].lower(), set(_NAME.findall(self.url))
        if schema not in (services := NotificationManager()):
            raise ValueError(f"{schema!r} is no service of Apprise{meant(schema, services.schemas())}")
        for name in sorted(names - {"address", *self.secrets}):
            raise ValueError(f"{{{name}}} is none of its secrets{meant(name, ['address', *self.secrets])}")
        for name in sorted(set(self.secrets) - names):
            raise ValueError(f"the secret {name!r} is not in the url: write {{{name}}} where it goes")
        return self


class Apprise:
    """Sends through one service of Apprise.

    Apprise says that a service failed, and not whether it always will: all but an address that it cannot read is
    tried again. A service that takes longer than `timeout` has failed, and may still deliver.
    """

    def __init__(self, settings: AppriseSettings) -> None:
        url = settings.url
        self._secrets = {name: secret.read() for name, secret in settings.secrets.items()}
        self._hidden = [url.read()] if isinstance(url, Secret) else []
        self._url = _filled(self._hidden[0] if isinstance(url, Secret) else str(url), self._secrets)
        self._timeout = settings.timeout / SECOND
        self._asset = AppriseAsset(
            app_id="PledgeWatch", app_desc="PledgeWatch duty desk", image_url_mask="", image_url_logo=""
        )

    async def send(self, message: Message) -> None:
        """One notification; ChannelError where the service did not take it."""
        services = Services(asset=self._asset)
        if not services.add(_threaded(addressed(self._url, message), message)):
            raise ChannelError("Apprise cannot read the channel's url with this address", permanent=True)
        try:
            result = await asyncio.wait_for(services.async_notify(**_parts(message)), self._timeout)
        except TimeoutError:
            raise ChannelError(f"no answer within {self._timeout:g} s", permanent=False) from None
        if not result:
            raise ChannelError(self._problem(result), permanent=False)

    async def close(self) -> None:
        """Nothing is held."""

    def _problem(self, result: Any) -> str:
        """What Apprise said of a failure, without the secrets that it may have said with it."""
        words = (
            "; ".join(dict.fromkeys(entry.message for entry in result.logs())) or "Apprise does not say why"
        )
        for secret in (*self._hidden, *self._secrets.values()):
            for spelling in (secret, quote(secret, safe="")):
                words = words.replace(spelling, "***")
        return f"the service did not take it: {words}"[:_SHOWN]


def _parts(message: Message) -> dict[str, Any]:
    """Title and body; of services without titles Apprise puts the title before the body, so an SMS has none."""
    title = "" if message.form == "short" else message.title
    body = message.body.removeprefix(title).lstrip() or message.body
    return {
        "title": title,
        "body": body,
        "body_format": NotifyFormat.HTML if message.form == "html" else NotifyFormat.TEXT,
    }


def _filled(url: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        url = url.replace(f"{{{name}}}", quote(value, safe=""))
    return url


def _threaded(url: str, message: Message) -> str:
    """Mail about one alert refers to one ancestor that was never sent: mailboxes show it as one conversation."""
    if not url.startswith(_MAIL):
        return url
    thread = quote(f"<{uuid5(NAMESPACE_URL, message.alert.id)}@pledgewatch>", safe="")
    named = quote(message.id, safe="")
    return f"{url}{'&' if '?' in url else '?'}+References={thread}&+X-PledgeWatch-Id={named}"
