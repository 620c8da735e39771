"""The page for whoever writes a policy: its commands say what it shows, its examples hold, its keys are all."""

import re

import pytest
import yaml

from alerting.policy import Policy, Rate, Rule, Rung, Storm
from alerting.roster import Duty
from tests.docs.commands import agrees, said, steps
from tests.docs.pages import DOCS, ROOT, blocks, text_of

PAGE = text_of("alerting.md")
EXAMPLE = yaml.safe_load((DOCS / "examples" / "alerting.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("command", "shown"), [step for block in blocks(PAGE, "console") for step in steps(block)]
)
def test_a_command_says_what_the_page_shows(command, shown, monkeypatch, capfd):
    monkeypatch.chdir(ROOT)
    assert agrees(shown, said(command, capfd))


@pytest.mark.parametrize("block", blocks(PAGE, "yaml"))
def test_an_example_is_part_of_a_policy(block):
    part = yaml.safe_load(block)
    merged = {key: EXAMPLE[key] | value if isinstance(value, dict) else value for key, value in part.items()}
    Policy.model_validate(EXAMPLE | merged)


def test_every_key_is_listed_and_every_part_of_those_that_have_some():
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| (.*) \|$", PAGE.partition("## Every key")[2], re.MULTILINE))
    assert list(rows) == list(Policy.model_fields)
    for key, model in {
        "roster": Duty,
        "ladders": Rung,
        "rules": Rule,
        "storms": Storm,
        "rates": Rate,
    }.items():
        parts = {field.alias or name for name, field in model.model_fields.items()}
        assert parts - set(re.findall(r"[a-z_]+", rows[key])) == set(), key
