"""The page about Grafana over HTTP: its commands say what it shows, its names are those there are."""

import re
from typing import Any

import pytest

from grafana import content
from grafana.breaches import BREACH, MOST, OURS, SPAN, TAKEN_BACK
from grafana.playlists import NAME
from schemas.times import MINUTE
from tests.docs.commands import agrees, said, steps
from tests.docs.pages import blocks, text_of
from tests.grafana.documented import TOKEN, documented
from tests.grafana.test_pushing import SOURCES

PAGE = text_of("grafana-push.md")


def test_the_commands_say_what_the_page_shows(monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    with documented("13.2.3") as grafana:
        told = {"PLEDGEWATCH_GRAFANA_URL": grafana.url, "PLEDGEWATCH_GRAFANA_TOKEN": TOKEN}
        for name, value in {**SOURCES, **told}.items():
            monkeypatch.setenv(name, value)
        [block] = [each for each in blocks(PAGE, "console") if "grafana push" in each]
        for command, shown in steps(block):
            output = said(command, capfd)
            assert agrees(shown, output), output


def test_the_names_are_those_there_are() -> None:
    for name in (OURS, BREACH, TAKEN_BACK, NAME, *(each["uid"] for each in content.data_sources(SOURCES))):
        assert f"`{name}`" in PAGE, name
    assert (MOST, SPAN) == (3, 15 * MINUTE)


def test_every_variable_of_the_data_sources_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", PAGE, re.MULTILINE)) == set(SOURCES)
    assert content.data_sources(SOURCES)
