"""Packs are read strictly, and compiled into what the judge compares."""

from datetime import time
from pathlib import Path

import pytest

from schemas.documents import DocumentError
from schemas.times import HOUR, MINUTE
from standards.loader import list_packs, load_pack, read_pack

TESTDATA = Path(__file__).parent / "testdata"
IDS = ["call-999", "call-non-emergency", "attend-immediate", "attend-priority", "snt-reply"]
IDS += ["appointment", "comment-ack", "collision-contact", "victim-update", "ward-meeting"]

# (file, what is written there, what is written instead, the error's words)
WRONG = [
    ("calls-only", "under: 8s", "under: 8", "a duration is text with its unit"),
    ("calls-only", "under: 8s", "under: soon", "'soon' is not a duration"),
    ("calls-only", "under: 8s", "under: 0s", "longer than nothing"),
    ("calls-only", "    title: 999 calls", "    titel: 999 calls", "unknown key"),
    ("calls-only", "apiVersion: pledgewatch/v1", "apiVersion: pledgewatch/v2", "pledgewatch/v1"),
    ("calls-only", "  - id: call-999", "  - id: call-998", "'call-998' is not a standard"),
    ("calls-only", "time_zone: Europe/London", "time_zone: Europe/Londn", "is not a time zone"),
    ("calls-only", "time_zone: Europe/London", "time_zone: ../etc", "is not a time zone"),
    ("calls-only", "calendar: england-and-wales", "calendar: mars", "not a calendar we have"),
    ("calls-only", '["07:00", "19:00"]', '["19:00", "07:00"]', "in order of the day"),
    ("calls-only", '["07:00", "19:00"]', "[07:00, 19:00]", "in quotes"),
    ("calls-only", '"2020-01-01"', '"2020-02-30"', "day"),
    ("calls-only", "version: 3", 'version: "3"', "valid integer"),
    ("calls-only", "sentence: Since 2020.", 'sentence: ""', "at least 1 character"),
    ("calls-only", "url: docs/semantics.md, note: P1.", "url: semantics.md, note: P1.", "begins with"),
    ("attendance", "    counts_staged: true\n  - id", "    counts_staged: ja\n  - id", "true or false is wanted"),
    ("attendance", "areas: {rural: 20m}", "areas: {suburban: 20m}", "'urban' or 'rural'"),
    ("attendance", "percent: 75", "percent: 100", "less than or equal to 99"),
    ("slow-only", "working_days: 1", "working_days: 0", "greater than or equal to 1"),
    ("slow-only", "working_days: 1", "working_days: 1d", "valid integer"),
    ("slow-only", "working_days: 1", "workdays: 1", "unknown key"),
    ("slow-only", "months: 3", "months: 121", "less than or equal to 120"),
    ("slow-only", "end_of: month", "end_of: year", "'month'"),
]  # fmt: skip


@pytest.mark.parametrize("pack", ["met-pledge-2009", "national-2026"])
def test_every_pack_of_the_project_has_every_standard(pack: str) -> None:
    assert list(load_pack(pack).standards) == IDS


def test_the_pledge_of_2009_answers_999_on_the_tenth_second() -> None:
    call = load_pack("met-pledge-2009").standards["call-999"]
    assert (call.limit, call.under, call.in_time(10_000, 10_000), call.at_risk_percent) == (
        10_000,
        False,
        True,
        None,
    )


def test_2026_answers_999_in_under_ten_seconds() -> None:
    call = load_pack("national-2026").standards["call-999"]
    assert (call.limit, call.under, call.in_time(10_000, 10_000), call.in_time(9_999, 10_000)) == (
        10_000,
        True,
        False,
        True,
    )


def test_attendance_in_2009_is_twelve_minutes_everywhere_and_an_hour_for_priority() -> None:
    pack = load_pack("met-pledge-2009")
    immediate, priority = pack.standards["attend-immediate"], pack.standards["attend-priority"]
    assert [immediate.limit_in(area) for area in (None, "urban", "rural")] == [12 * MINUTE] * 3
    assert (priority.limit, priority.unresourced_after, priority.at_risk_percent) == (HOUR, 40 * MINUTE, 75)
    assert (immediate.unresourced_after, immediate.counts_staged) == (2 * MINUTE, False)


def test_attendance_in_2026_is_urban_where_the_area_is_unknown() -> None:
    immediate = load_pack("national-2026").standards["attend-immediate"]
    wanted = [15 * MINUTE, 15 * MINUTE, 20 * MINUTE, 15 * MINUTE]
    assert [immediate.limit_in(area) for area in (None, "urban", "rural", "sea")] == wanted


@pytest.mark.parametrize("name", ["met-pledge-2009", "national-2026"])
def test_the_slow_promises_are_those_of_the_semantics(name: str) -> None:
    slow = load_pack(name).standards
    assert (slow["appointment"].limit, slow["comment-ack"].limit) == (48 * HOUR, 24 * HOUR)
    assert (slow["collision-contact"].working_days, slow["victim-update"].months) == (10, 1)
    assert [slow[each].limit for each in IDS[-3:]] == [0, 0, 0]
    assert not any(slow[each].under for each in IDS[-5:])


def test_what_2026_carries_over_from_2009_says_so_and_is_the_same() -> None:
    old, new = load_pack("met-pledge-2009"), load_pack("national-2026")
    for name in ("call-non-emergency", "attend-priority", *IDS[4:]):
        assert new.standards[name] == old.standards[name]
        written = next(standard for standard in read_pack("national-2026").standards if standard.id == name)
        assert written.limit.carried_over == "met-pledge-2009"
    assert new.standards["snt-reply"].limit == old.standards["snt-reply"].limit == 24 * HOUR


@pytest.mark.parametrize("pack", list_packs(), ids=lambda pack: pack.id)
def test_the_common_settings_are_those_of_the_semantics(pack: object) -> None:
    compiled = load_pack(pack.id)  # type: ignore[attr-defined]
    assert (compiled.settle, compiled.page_within, compiled.skew) == (1_000, 15 * MINUTE, 2_000)
    assert compiled.shifts == (time(7), time(15), time(23))
    assert (compiled.zone.key, compiled.calendar) == ("Europe/London", "england-and-wales")


@pytest.mark.parametrize("path", sorted((TESTDATA / "good").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_good_pack_of_ones_own_is_read_by_its_path(path: Path) -> None:
    assert load_pack(path).id == path.stem


@pytest.mark.parametrize("path", sorted((TESTDATA / "bad").glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_not_a_document_names_the_file_and_line(path: Path) -> None:
    wanted = path.read_text().splitlines()[0].removeprefix("# wants: ")
    with pytest.raises(DocumentError) as error:
        load_pack(path)
    assert f"{path}:{wanted}" in str(error.value)


@pytest.mark.parametrize(("name", "there", "instead", "words"), WRONG, ids=[row[2].strip() for row in WRONG])
def test_a_wrong_value_is_named_with_its_line(
    tmp_path: Path, name: str, there: str, instead: str, words: str
) -> None:
    path, line = _altered(tmp_path, name, there, instead)
    with pytest.raises(DocumentError) as error:
        load_pack(path)
    assert f"{path}:{line}: " in str(error.value)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("name", "there", "instead", "words"),
    [
        ("calls-only", "under: 8s", "under: 8s\n      within: 8s", "given: within, under"),
        ("calls-only", "      under: 8s\n", "", "given: none"),
        ("calls-only", "under: 8s", "under: 8s\n      areas: {rural: 9s}", "only an attendance standard"),
        (
            "calls-only",
            "sentence: In under",
            "counts_staged: false\n    sentence: In under",
            "only an attendance",
        ),
        ("attendance", "after: 2m", "after: 15m", "would come no earlier than the due"),
        (
            "attendance",
            "    counts_staged: true\n  - id",
            "    counts_staged: false\n  - id",
            "one arrival ends",
        ),
        ("attendance", "  - id: attend-priority", "  - id: snt-reply", "only an attendance standard"),
        (
            "attendance",
            "  - id: attend-priority",
            "  - id: attend-immediate",
            "given twice: attend-immediate",
        ),
        ("attendance", '"2020-12-31"', '"2019-12-31"', "is before"),
        ("slow-only", "working_days: 1", "working_days: 1, months: 1", "given: working_days, months"),
        (
            "slow-only",
            "working_days: 1",
            "end_of: month",
            "comment-ack: its limit is given in `within`, `under`",
        ),
        (
            "slow-only",
            "end_of: month",
            "within: 24h",
            "ward-meeting: its limit is given in `end_of`, not in `within`",
        ),
        ("calls-only", "under: 8s", "months: 1", "call-999: its limit is given in `within` or `under`, not"),
        (
            "slow-only",
            "months: 3",
            "months: 3, areas: {rural: 2d}",
            "only an attendance standard has `areas`",
        ),
    ],
)
def test_values_that_contradict_each_other_are_refused(
    tmp_path: Path, name: str, there: str, instead: str, words: str
) -> None:
    path, _ = _altered(tmp_path, name, there, instead)
    with pytest.raises(DocumentError, match=words) as error:
        load_pack(path)
    assert f"{path}:" in str(error.value)


def test_an_unknown_pack_names_those_there_are() -> None:
    with pytest.raises(
        DocumentError,
        match="give one of met-2012, met-pledge-2009, national-2026, national-pledge-2009, or a path",
    ):
        load_pack("met-pledge-1909")


def test_a_pack_that_is_not_there_names_its_path(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="cannot be read"):
        load_pack(tmp_path / "none.yaml")


def _altered(tmp_path: Path, name: str, there: str, instead: str) -> tuple[Path, int]:
    """A good pack with one thing changed, and the line (from 1) on which the change stands."""
    text = (TESTDATA / "good" / f"{name}.yaml").read_text()
    assert there in text
    path = tmp_path / f"{name}.yaml"
    path.write_text(text.replace(there, instead, 1))
    return path, text[: text.index(there)].count("\n") + 1
