"""The example of the scenario page holds, and fails as the page says."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pledgewatch.conform.command import command
from tests.docs.pages import blocks, text_of

PAGE = text_of("scenarios.md")
(EXAMPLE,) = blocks(PAGE, "yaml")
SHOWN, FAILURE = blocks(PAGE, "text")


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def conform(example):
    Path("diverted.yaml").write_text(example, encoding="utf-8")
    return CliRunner().invoke(command, ["diverted.yaml"])


def test_the_example_holds_as_shown():
    result = conform(EXAMPLE)

    assert result.exit_code == 0
    assert f"$ pledgewatch conform diverted.yaml\n{result.output}" == SHOWN


def test_the_example_with_a_wrong_stop_fails_as_shown():
    result = conform(EXAMPLE.replace("stop: +13m", "stop: +14m"))

    assert result.exit_code == 1
    assert result.output.startswith(FAILURE)
