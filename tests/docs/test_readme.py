"""The README's example is what the command says, its picture is a screen, its commands exist."""

import json
import re
from xml.etree import ElementTree

from click.testing import CliRunner

from pledgewatch.cli import COMMANDS
from pledgewatch.commands.judge import command as judge
from tests.docs.pages import ROOT, blocks

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "docs" / "examples" / "saturday-night.jsonl"
PICTURE = ROOT / "docs" / "img" / "demo.svg"


def judged(*options):
    result = CliRunner().invoke(judge, [str(EXAMPLE), "--standards", "met-pledge-2009", *options])
    assert result.exit_code == 0
    return result.stdout


def test_the_six_events_are_those_of_the_file():
    assert blocks(README, "json") == [EXAMPLE.read_text(encoding="utf-8")]


def test_the_verdicts_are_what_the_command_says():
    (shown,) = blocks(README, "console")

    assert shown == f"$ pledgewatch judge docs/examples/{EXAMPLE.name}\n{judged()}"


def test_the_breach_is_announced_and_taken_back_when_it_says():
    said = [json.loads(line) for line in judged("--said").splitlines()]

    told = [
        (each["said_at"], each["verdict"])
        for each in said
        if each["clock"] == "CAD-71/attend-immediate" and each["kind"] == "verdict"
    ]
    # British summer time is an hour ahead.
    assert told == [("2009-10-24T21:26:41.001Z", "breached"), ("2009-10-24T21:31:00.000Z", "met")]
    assert "announced at 22:26:41 and taken back at 22:31:00" in " ".join(README.split())


def test_the_picture_is_a_screen_that_fetches_nothing():
    svg = PICTURE.read_text(encoding="utf-8")

    assert "BREACHED" in "".join(ElementTree.fromstring(svg).itertext())
    assert not re.search(r"url\(\s*[\"']?https?:|@import|<image", svg)


def test_every_command_it_names_exists():
    named = set(re.findall(r"^\$? ?pledgewatch ([a-z]+)", README, re.MULTILINE))

    assert named
    assert named <= set(COMMANDS)


def test_every_make_target_it_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    assert set(re.findall(r"make ([a-z-]+)", README)) <= targets
