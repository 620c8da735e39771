"""The page for managers: its worked example is what the command says."""

import shlex

import pytest
from click.testing import CliRunner

from pledgewatch.commands.figures import command as figures
from tests.docs.pages import ROOT, blocks, text_of

SHOWN = blocks(text_of("figures.md"), "console")


def _plain(text):
    return [line.rstrip() for line in text.strip().splitlines()]


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown.partition("\n")[0][-40:])
def test_the_example_is_what_the_command_says(shown, monkeypatch):
    monkeypatch.chdir(ROOT)
    asked, _, said = shown.partition("\n")
    result = CliRunner().invoke(figures, shlex.split(asked.removeprefix("$ pledgewatch figures ")))

    assert (result.exit_code, _plain(result.stdout)) == (0, _plain(said))


def test_the_page_shows_figures_and_takes_them_apart():
    assert [("--by" in shown, "--list" in shown) for shown in SHOWN] == [
        (False, False),
        (False, True),
        (True, False),
    ]
