"""The page for managers: its worked examples are what the commands say."""

import json
import shlex

import pytest
from click.testing import CliRunner

from pledgewatch.cli import pledgewatch
from tests.docs.pages import ROOT, blocks, text_of

PAGE = text_of("figures.md")
SHOWN = blocks(PAGE, "console")


@pytest.fixture
def say(monkeypatch):
    """What a command of the page writes, without the blanks that no page keeps."""
    monkeypatch.chdir(ROOT)

    def said(command):
        result = CliRunner().invoke(pledgewatch, shlex.split(command.removeprefix("pledgewatch ")))
        assert result.exit_code in (0, 1)
        return _plain(result.stdout)

    return said


def _plain(text):
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.partition("\n")[0][-40:])
def test_the_example_is_what_the_command_says(shown, say):
    asked, _, said = shown.partition("\n")

    assert say(asked.removeprefix("$ ")) == _plain(said)


def test_the_page_shows_figures_takes_them_apart_and_compares_promises():
    commands = [shown.partition("\n")[0] for shown in SHOWN]

    assert [("--by" in each, "--list" in each, "standards diff" in each) for each in commands] == [
        (False, False, False),
        (False, True, False),
        (True, False, False),
        (False, False, True),
    ]


def test_the_what_if_of_the_page_comes_to_what_it_says(say):
    (command,) = blocks(PAGE, "sh")
    *clocks, last = [json.loads(line) for line in say(command.strip())]

    summary = last["summary"]
    assert f"of {summary['clocks']} clocks {summary['verdict_differs']} has another verdict" in PAGE
    assert [each["because"] for each in clocks if "verdict" in each["differing"]] == [
        [
            "attend-immediate is within 12m in met-pledge-2009, within 15m in met-2012; "
            "it stopped after 14m 31s"
        ]
    ]
