"""What a channel is: one message to one person, sent or refused."""

from dataclasses import dataclass
from typing import Literal, Protocol
from urllib.parse import quote

from alerting.alert import Alert
from alerting.fields import Strict
from schemas.errors import PledgeWatchError
from schemas.fields import Duration
from schemas.times import SECOND

Form = Literal["text", "short", "html"]
"""How a message is put: a page of text, one SMS, or HTML."""


class ChannelError(PledgeWatchError):
    """A message was not delivered, as far as the channel can say; no secret is in its words.

    Operator action: where it is permanent, mend the channel or the address, then `pledgewatch alerting retry`;
    else nothing: it is tried again.
    """

    def __init__(self, message: str, *, permanent: bool, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after
        """How long the receiver asks to be left alone, in ms; None where it did not say."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One telling of one alert to one person, in every form; `id` is the step's: sent again it is the same."""

    id: str
    alert: Alert
    to: str
    address: str | None
    form: Form
    title: str
    text: str
    short: str
    html: str
    link: str | None = None

    @property
    def body(self) -> str:
        """The message in the form that was asked for."""
        return {"text": self.text, "short": self.short, "html": self.html}[self.form]


class Channel(Protocol):
    """A way to reach people; each may be used by many tasks at once."""

    async def send(self, message: Message) -> None:
        """Hands the message over; ChannelError where that failed."""

    async def close(self) -> None:
        """Lets go of connections."""


class ChannelSettings(Strict):
    """What every channel's settings have."""

    timeout: Duration = 10 * SECOND


def addressed(url: str, message: Message) -> str:
    """The url with the person's address where it says `{address}`; ChannelError where the person has none."""
    if "{address}" not in url:
        return url
    if not message.address:
        raise ChannelError(f"{message.to} has no address for this channel", permanent=True)
    return url.replace("{address}", quote(message.address, safe="@"))
