"""The generated pages are as the code would write them now."""

import pytest

from pledgewatch.docs.__main__ import PAGES, ROOT, main, outdated, write
from pledgewatch.settings import SETTINGS
from schemas.events import TYPES


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_up_to_date(name):
    assert (ROOT / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"


def test_every_page_of_the_reference_is_generated():
    reference = {f"docs/reference/{path.name}" for path in (ROOT / "docs/reference").glob("*.md")}

    assert reference == {name for name in PAGES if name.startswith("docs/reference/")}


def test_check_says_nothing_of_pages_that_are_up_to_date(capsys):
    assert main(["--check"]) == 0
    assert "up to date" in capsys.readouterr().out


def test_an_unknown_option_is_refused(capsys):
    assert main(["--chekc"]) == 2
    assert "--check" in capsys.readouterr().err


def test_a_page_that_was_changed_by_hand_is_found_and_written_anew(tmp_path):
    write(tmp_path)
    (tmp_path / "docs/reference/events.md").write_text("by hand")

    assert outdated(tmp_path) == ["docs/reference/events.md"]
    assert write(tmp_path) == ["docs/reference/events.md"]
    assert outdated(tmp_path) == []


def test_a_page_that_is_missing_is_found(tmp_path):
    assert outdated(tmp_path) == list(PAGES)


@pytest.mark.parametrize("name", TYPES)
def test_every_event_type_has_its_heading(name):
    assert f"### {name}\n" in PAGES["docs/reference/events.md"]()


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=list(SETTINGS))
def test_every_setting_is_documented(setting):
    assert f"`{setting.flag}`" in PAGES["docs/reference/settings.md"]()
