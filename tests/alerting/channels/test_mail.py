"""E-mail through Apprise and a real SMTP server."""

import asyncio
import re
from dataclasses import replace
from email.message import EmailMessage

import pytest

from alerting.channels import ChannelError
from alerting.channels.apprise import Apprise, AppriseSettings
from tests.alerting.channels.conftest import Mailbox
from tests.alerting.channels.receiver import Receiver
from tests.alerting.tellings import BREACH, RISK, STOPPED, Person, message


def channel(url: object, **more: object) -> Apprise:
    return Apprise(AppriseSettings.model_validate({"kind": "apprise", "url": url, "timeout": "10s", **more}))


def read(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_an_inspector_is_told_by_mail(mailbox: Mailbox) -> None:
    told = message(RISK, BREACH)
    await channel(mailbox.url).send(told)
    (mail,) = mailbox.mails
    assert mailbox.recipients == [["shah@example.org"]]
    assert mail["subject"] == told.title
    assert mail["from"] == "desk@example.org"
    text = read(mail, "plain")
    assert "4m over, was due 24 Oct 20:12:00" in text and str(told.link) in text
    assert "\n  24 Oct 20:09:00  at risk: not yet attended" in text


async def test_html_is_sent_as_html_with_a_text_beside_it(mailbox: Mailbox) -> None:
    await channel(mailbox.url).send(message(RISK, BREACH, form="html"))
    (mail,) = mailbox.mails
    assert ">Acknowledge</a>" in read(mail, "html") and "https://board.example/ack?t=" in read(mail, "html")
    assert "4m over" in read(mail, "plain")


async def test_all_mail_about_one_alert_is_one_conversation(mailbox: Mailbox) -> None:
    mail = channel(mailbox.url)
    await mail.send(message(BREACH))
    await mail.send(replace(message(BREACH, STOPPED), id="step-2"))
    assert len({each["references"] for each in mailbox.mails}) == 1
    assert [each["x-pledgewatch-id"] for each in mailbox.mails] == ["step-1", "step-2"]


async def test_many_are_told_at_once(mailbox: Mailbox) -> None:
    mail = channel(mailbox.url)
    people = [Person(f"PS {n}", f"ps{n}@example.org") for n in range(20)]
    await asyncio.gather(*(mail.send(message(BREACH, to=person)) for person in people))
    assert sorted(to for (to,) in mailbox.recipients) == sorted(str(person.address) for person in people)


async def test_a_refused_mail_is_tried_again(mailbox: Mailbox) -> None:
    mailbox.refusal = "451 later"
    with pytest.raises(ChannelError) as refused:
        await channel(mailbox.url).send(message(BREACH))
    assert not refused.value.permanent and "shah@example.org" in str(refused.value)


async def test_a_service_that_cannot_be_is_given_up_at_once() -> None:
    with pytest.raises(ChannelError, match="cannot read") as refused:
        await channel({"inline": "nosuch://service"}).send(message(BREACH))
    assert refused.value.permanent


async def test_nobody_without_an_address_is_tried(mailbox: Mailbox) -> None:
    with pytest.raises(ChannelError, match="Insp Shah has no address") as refused:
        await channel(mailbox.url).send(replace(message(BREACH), address=None))
    assert refused.value.permanent and mailbox.mails == []


async def test_a_short_message_has_no_title_before_it(receiver: Receiver) -> None:
    told = message(RISK, BREACH, form="short")
    await channel(f"json://{receiver.url.removeprefix('http://')}/sms").send(told)
    assert told.short.encode() in receiver.requests[0].body.replace(b"\\/", b"/")
    assert b'"title": ""' in receiver.requests[0].body


async def test_a_service_that_hangs_has_failed(receiver: Receiver) -> None:
    receiver.slowness = 1.0
    with pytest.raises(ChannelError, match=r"within 0\.2 s") as refused:
        await channel(f"json://{receiver.url.removeprefix('http://')}", timeout="200ms").send(message(BREACH))
    assert not refused.value.permanent


async def test_secrets_are_put_into_the_url_and_into_no_problem(receiver: Receiver) -> None:
    receiver.answers = [(200, {}), (500, {})]
    place = receiver.url.removeprefix("http://")
    named = channel(f"json://desk:{{password}}@{place}", secrets={"password": {"inline": "p@ss/w0rd"}})
    await named.send(message(BREACH))
    assert receiver.requests[0].headers["authorization"] == "Basic ZGVzazpwQHNzL3cwcmQ="
    with pytest.raises(ChannelError) as refused:
        await named.send(message(BREACH))
    assert "p@ss" not in str(refused.value) and "p%40ss" not in str(refused.value)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"url": "mailtoo://example.org"}, "'mailtoo' is no service of Apprise; did you mean 'mailto'"),
        (
            {"url": "mailto://example.org?to={adress}"},
            "{adress} is none of its secrets; did you mean 'address'",
        ),
        (
            {"url": "mailto://a.example", "secrets": {"pw": {"env": "PW"}}},
            "'pw' is not in the url: write {pw}",
        ),
        ({"url": "mailto://a.example", "form": "long"}, "Input should be 'text', 'short' or 'html'"),
    ],
)
def test_a_channel_that_cannot_work_is_refused_before_it_is_needed(
    settings: dict[str, object], said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        AppriseSettings.model_validate({"kind": "apprise", **settings})
