"""The page of the simulated London: its figures are measured again, and lie near those that were published."""

import re
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from feeds.simulation.parameters import Figure
from feeds.simulation.profile import load_profile
from pledgewatch.cli import pledgewatch
from pledgewatch.docs.london_measured import DAY_HOURS, FIGURES, WEEK_HOURS, kept, simulated
from pledgewatch.docs.london_page import compared
from tests.docs.pages import ROOT, blocks, text_of

PAGE = text_of("london-day.md")


def test_mondays_figures_are_what_the_simulator_gives():
    assert simulated(DAY_HOURS) == kept().monday, (
        "run python -m pledgewatch.docs.london_measured, then make docs"
    )


@pytest.mark.slow
def test_the_weeks_figures_are_what_the_simulator_gives():
    assert simulated(WEEK_HOURS) == kept().week, (
        "run python -m pledgewatch.docs.london_measured, then make docs"
    )


@pytest.mark.parametrize("each", compared(load_profile(), kept()), ids=lambda each: each.published.figure)
def test_the_week_lies_near_what_was_published(each):
    assert abs(each.off) <= each.published.within


def test_every_figure_that_a_profile_may_name_is_reckoned():
    assert set(FIGURES) == set(Figure.__args__)


def test_waiting_has_a_long_tail():
    for name in ("999", "101", "I", "S"):
        of = kept().week.durations[name]
        assert of.mean > 1.05 * of.median
        assert of.longest > 3 * of.p90


def test_every_hour_of_the_week_is_there_and_the_evening_is_busier():
    for of in kept().week.hours.values():
        assert len(of.started) == len(of.late) == 24
        assert of.started[18] > 2 * of.started[4]
        assert all(0 <= late <= started for late, started in zip(of.late, of.started, strict=True))


def test_the_picture_shows_both_and_fetches_nothing():
    svg = (ROOT / "docs/img/london-day.svg").read_text(encoding="utf-8")
    bars = [each for each in ElementTree.fromstring(svg).iter() if each.tag.endswith("rect")]
    assert len(bars) == 1 + 2 * 2 * 24
    assert not re.search(r"url\(\s*[\"']?https?:|@import|<image", svg)


def test_the_profile_it_shows_is_one(tmp_path):
    (shown,) = blocks(PAGE, "yaml")
    path = tmp_path / "fewer-by-night.yaml"
    path.write_text(shown)
    own = load_profile(path)
    assert (own.units.by_shift, own.storms.a_week) == ([270, 326, 150], 20)
    asked = ["simulate", "--profile", str(path), "--hours", "0.1"]
    assert CliRunner().invoke(pledgewatch, asked).exit_code == 0


def test_every_option_it_shows_exists():
    told = CliRunner().invoke(pledgewatch, ["simulate", "--help"]).output
    shown = re.findall(r"simulate ([^|\n#]*)", "".join(blocks(PAGE, "console")))
    assert shown
    assert all(option in told for line in shown for option in re.findall(r"--[a-z-]+", line))
