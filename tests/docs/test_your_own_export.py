"""The guide to one's own export: each command says what the page shows, each piece of YAML is in its mapping."""

import shutil

import pytest

from tests.docs.commands import agrees, said, steps
from tests.docs.pages import DOCS, blocks, text_of

PAGE = text_of("your-own-export.md")
FIRST, *PIECES = blocks(PAGE, "yaml")
STEPS = [step for block in blocks(PAGE, "console") for step in steps(block)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One folder for all steps, for each builds on those before it."""
    place = tmp_path_factory.mktemp("guide")
    shutil.copytree(DOCS / "examples", place / "docs" / "examples")
    return place


@pytest.mark.parametrize(("command", "shown"), STEPS, ids=[command for command, _ in STEPS])
def test_a_command_says_what_the_page_shows(command, shown, folder, monkeypatch, capfd):
    monkeypatch.chdir(folder)
    output = said(command, capfd)
    assert agrees(shown, output), output


def example(name):
    return (DOCS / "examples" / name).read_text(encoding="utf-8")


def test_the_first_mapping_is_that_of_the_file():
    assert example("county-cad-first.yaml").endswith(FIRST)


@pytest.mark.parametrize("piece", PIECES, ids=[piece.split(":")[0].strip() for piece in PIECES])
def test_a_piece_of_the_mapping_stands_in_it(piece):
    assert f"\n{piece}" in example("county-cad.yaml")


def test_all_that_the_page_promises_to_explain_is_in_the_example():
    """The traps an export has, so that the page has something to show."""
    rows = example("county-cad.csv").splitlines()
    assert len({row.split(";")[0] for row in rows}) < len(rows)
    for trap in ("NULL", "01/01/1900", "TEST CALL", "PATROL", "25/10/2009 01:", "P9"):
        assert trap in example("county-cad.csv")
