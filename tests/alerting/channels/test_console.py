"""The console: for trying out a policy, and for the demo."""

import io

import pytest

from alerting.channels import channels_of
from alerting.channels.console import Console, ConsoleSettings
from tests.alerting.tellings import BREACH, RISK, message


async def test_a_message_is_written_with_whom_it_is_to() -> None:
    out = io.StringIO()
    told = message(RISK, BREACH, form="short")
    await Console(out).send(told)
    assert out.getvalue() == f"to Insp Shah: {told.short}\n"


async def test_it_writes_to_the_standard_output_as_it_is_now(capsys: pytest.CaptureFixture[str]) -> None:
    channel = channels_of({"terminal": ConsoleSettings(kind="console")}, lambda: 0)["terminal"]
    await channel.send(message(BREACH))
    assert "to Insp Shah: BREACHED: immediate incident CAD-1" in capsys.readouterr().out
