"""Messages for people: what, where, by how much, whose it is, what changed, and a link to acknowledge."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from alerting.alert import Alert
from alerting.channels.channel import Form, Message
from alerting.links import Links
from alerting.messages.facts import facts
from alerting.messages.gsm import one_sms
from alerting.messages.rendering import render


class Recipient(Protocol):
    """Somebody to tell; the address is the channel's."""

    @property
    def name(self) -> str: ...
    @property
    def address(self) -> str | None: ...


class Telling(Protocol):
    """What a message needs to know of a step."""

    @property
    def id(self) -> str: ...
    @property
    def to(self) -> Recipient: ...
    @property
    def form(self) -> Form: ...
    @property
    def because(self) -> str: ...


def write(
    alert: Alert,
    step: Telling,
    *,
    now: int,
    zone: ZoneInfo,
    links: Links | None = None,
    overrides: Path | None = None,
    within: Sequence[Alert] = (),
) -> Message:
    """The message of a step, as the alert stands at `now` (ms): of a situation with the alerts `within` it.

    A link to acknowledge is there while there is something to acknowledge; `overrides` is the folder of the
    installation's own templates.
    """
    wanted = links is not None and alert.open and alert.acknowledged is None
    # Where several read it (a room's screen, a team's channel) whoever acknowledges says who they are.
    person = step.to.name if step.to.address else ""
    link = links.acknowledge(alert.id, person, now) if links and wanted else None
    told = facts(
        alert,
        to=step.to.name,
        because=step.because,
        now=now,
        zone=zone,
        within=within,
        link=link,
        page=links.alert(alert.id) if links else None,
    )
    return Message(
        id=step.id,
        alert=alert,
        to=step.to.name,
        address=step.to.address,
        form=step.form,
        title=" ".join(render("title.txt", told, overrides).split()),
        text=render("text.txt", told, overrides),
        short=one_sms(render("short.txt", told, overrides), link),
        html=render("message.html", told, overrides),
        link=link,
    )
