"""The page for inspectors: its stories are what the command tells."""

import shlex

import pytest
from click.testing import CliRunner

from pledgewatch.commands.explain import command as explain
from tests.docs.pages import ROOT, blocks, text_of

SHOWN = blocks(text_of("explain.md"), "console")


@pytest.mark.parametrize("shown", SHOWN, ids=["an arrival keyed late", "at a moment"])
def test_a_story_is_what_the_command_tells(shown, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    asked, _, told = shown.partition("\n")
    result = CliRunner().invoke(explain, shlex.split(asked.removeprefix("$ pledgewatch explain ")))

    assert (result.exit_code, result.stdout) == (0, told)


def test_the_first_story_takes_a_breach_back_and_the_second_runs():
    assert "corrects “breached”" in SHOWN[0]
    assert ": running: " in SHOWN[1]
