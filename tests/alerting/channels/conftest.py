"""Receivers of messages: HTTP, SMTP, and a real Alertmanager."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller

from tests.alerting.channels.receiver import Receiver, receiving
from tests.missing import missing


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@dataclass
class Mailbox:
    """An SMTP server; `refusal` is what it says to every message instead of taking it."""

    url: str = ""
    refusal: str | None = None
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refusal is not None:
            return self.refusal
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients.append(envelope.rcpt_tos)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.url = f"mailto://127.0.0.1:{controller.port}?from=desk@example.org&to={{address}}"
    yield box
    controller.stop()


ROUTES = """
route: {{receiver: desk, group_by: [alert, severity], group_wait: 10ms, group_interval: 200ms, repeat_interval: 4h}}
receivers:
- name: desk
  webhook_configs: [{{url: "{url}/from-alertmanager", send_resolved: true}}]
"""


@pytest.fixture
def alertmanager(receiver: Receiver, tmp_path: Path) -> Iterator[str]:
    """The address of a real Alertmanager that tells `receiver`; skipped where there is none, fails with CI=true."""
    binary = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if binary is None:
        missing("Alertmanager", "prometheus-alertmanager is not on the path")
    config, address = tmp_path / "alertmanager.yml", f"127.0.0.1:{free_port()}"
    config.write_text(ROUTES.format(url=receiver.url))
    process = subprocess.Popen(
        [
            binary,
            f"--config.file={config}",
            f"--storage.path={tmp_path / 'data'}",
            f"--web.listen-address={address}",
            "--cluster.listen-address=",
        ],
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(f"http://{address}")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(url: str) -> None:
    for _ in range(100):
        try:
            if httpx.get(f"{url}/-/ready").is_success:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError("Alertmanager did not come up within 10 s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
