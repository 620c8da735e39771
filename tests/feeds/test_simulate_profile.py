"""Profiles: strict, told with file and line where they are wrong, whole or as what differs from another."""

from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from pydantic import BaseModel

from feeds.simulation.day import day
from feeds.simulation.parameters import Profile
from feeds.simulation.profile import PROFILES, load_profile, names
from pledgewatch.cli import pledgewatch
from schemas.documents import DocumentError
from schemas.times import parse_time

START = parse_time("2010-03-01T12:00:00Z")
OWN = """\
id: own
based_on: london
units:
  by_shift: [100, 120, 90]
"""


def written(folder: Path, text: str, name: str = "own.yaml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", names())
def test_every_shipped_profile_can_be_lived_in(name: str) -> None:
    profile = load_profile(name)
    assert profile.id == name
    assert sum(1 for _ in day(Random(1), START, hours=1, rate=0.1, profile=profile)) > 100


def test_london_is_written_out_and_every_figure_has_its_source() -> None:
    assert "based_on" not in (PROFILES / "london.yaml").read_text()
    published = load_profile().published
    assert len({each.figure for each in published}) == 6
    assert all(each.source.url and each.source.note for each in published)


def test_every_number_says_what_it_is() -> None:
    def undescribed(model: type[BaseModel]) -> list[str]:
        return [name for name, each in model.model_fields.items() if not (each.description or is_group(each))]

    def is_group(each: object) -> bool:
        kind = getattr(each, "annotation", None)
        return isinstance(kind, type) and issubclass(kind, BaseModel) and bool(kind.__doc__)

    groups = [each.annotation for each in Profile.model_fields.values() if is_group(each)]
    assert len(groups) >= 10
    assert not [name for group in (Profile, *groups) for name in undescribed(group)]


def test_a_profile_of_ones_own_changes_what_it_names(tmp_path: Path) -> None:
    own, london = load_profile(written(tmp_path, OWN)), load_profile()
    assert own.units.by_shift == [100, 120, 90]
    assert own.units.reserve == london.units.reserve
    assert own.calls == london.calls


def test_it_may_be_based_on_another_file_beside_it(tmp_path: Path) -> None:
    written(tmp_path, OWN)
    next_one = written(tmp_path, "id: next\nbased_on: own.yaml\nstorms: {a_week: 50}\n", "next.yaml")
    assert load_profile(next_one).units.by_shift == [100, 120, 90]
    assert load_profile(next_one).storms.a_week == 50


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (OWN + "  reserved: 1\n", "own.yaml:5: units.reserved: unknown key"),
        (OWN.replace("90", "'90'"), "own.yaml:4: units.by_shift.2: Input should be a valid number"),
        (OWN.replace(", 90", ""), "units.by_shift wants as many numbers as shifts.at has times"),
        (
            OWN + "recording:\n  late: 1.5\n",
            "own.yaml:6: recording.late: Input should be less than or equal to 1",
        ),
        ("id: own\nunits: {}\n", "own.yaml:1: title: missing"),
        (OWN.replace("london", "paris"), "there is no profile 'paris': give one of london"),
        (OWN.replace("london", "own.yaml"), "own.yaml:2: based_on: the profiles are based on each other"),
        (OWN.replace("london", "none.yaml"), "none.yaml: cannot be read"),
        (OWN + "units: {}\n", "the key 'units' is given twice"),
        ("- 1\n", "own.yaml:1: "),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path: Path, text: str, words: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(DocumentError) as refused:
        load_profile(path)
    assert words in str(refused.value)


def test_the_command_refuses_a_wrong_profile_in_one_line(tmp_path: Path) -> None:
    path = written(tmp_path, OWN + "  reserved: 1\n")
    result = CliRunner().invoke(pledgewatch, ["simulate", "--profile", str(path), "--hours", "1"])
    assert isinstance(result.exception, DocumentError)
    assert "own.yaml:5: units.reserved: unknown key" in str(result.exception)


def test_the_command_lives_in_the_profile_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, OWN)
    asked = ["simulate", "--profile", str(path), "--hours", "0.5", "--seed", "4"]
    result = CliRunner().invoke(pledgewatch, asked)
    start = parse_time("2010-03-01T00:00:00Z")
    lines = [line.value for line in day(Random(4), start, hours=0.5, seed=4, profile=load_profile(path))]
    assert result.stdout_bytes.splitlines() == lines
