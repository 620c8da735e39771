"""What differs between two packs, in words, and nothing that does not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from standards.differing import differences
from standards.document import PackDocument
from standards.loader import list_packs, read_pack

GOOD = Path(__file__).parent / "testdata" / "good"
PACKS = [*list_packs(), *(read_pack(path) for path in sorted(GOOD.glob("*.yaml")))]

# (what is written there, what is written instead, what differs, what it is there, what it is instead)
CHANGES = [
    ('from: "2020-01-01"', 'from: "2020-01-02"',
     "the pack: in force", "2020-01-01 to 2020-12-31", "2020-01-02 to 2020-12-31"),
    ('until: "2020-12-31"', 'until: "2021-12-31"',
     "the pack: in force", "2020-01-01 to 2020-12-31", "2020-01-01 to 2021-12-31"),
    ("time_zone: Europe/London", "time_zone: Europe/Paris",
     "the pack: time zone", "Europe/London", "Europe/Paris"),
    ("settle: {value: 1s", "settle: {value: 3s", "the pack: settle", "1s", "3s"),
    ("page_within: {value: 15m", "page_within: {value: 20m", "the pack: page within", "15m", "20m"),
    ("skew: {value: 2s", "skew: {value: 500ms", "the pack: skew", "2s", "500ms"),
    ('"15:00", "23:00"]', '"23:00"]', "the pack: shifts", "07:00, 15:00, 23:00", "07:00, 23:00"),
    ("      within: 1h", "      within: 50m", "attend-priority: limit", "within 1h", "within 50m"),
    ("{rural: 20m}", "{rural: 25m}",
     "attend-immediate: limit", "within 15m (rural 20m)", "within 15m (rural 25m)"),
    ("      after: 2m", "      after: 4m", "attend-immediate: un-resourced", "after 2m", "after 4m"),
    ("      percent: 75", "      percent: 50",
     "attend-priority: at risk", "at 75 % of its time", "at 50 % of its time"),
]  # fmt: skip


@pytest.fixture
def sentences(tmp_path: Path) -> Callable[[str, str], list[str]]:
    """What is said of a pack and of its next version, in which one thing is written otherwise."""

    def say(there: str, instead: str) -> list[str]:
        text = (GOOD / "attendance.yaml").read_text()
        assert text.count(there) == 1
        changed = tmp_path / "changed.yaml"
        changed.write_text(text.replace(there, instead).replace("version: 1", "version: 2"))
        return [
            each.sentence for each in differences(read_pack(GOOD / "attendance.yaml"), read_pack(changed))
        ]

    return say


@pytest.mark.parametrize(("there", "instead", "number", "a", "b"), CHANGES)
def test_a_changed_number_is_told_and_nothing_else(
    sentences: Callable[[str, str], list[str]], there: str, instead: str, number: str, a: str, b: str
) -> None:
    told = f"{number}: {a} in attendance version 1, {b} in attendance version 2"
    assert sentences(there, instead) == [told]


def test_a_due_that_is_late_in_one_alone_is_told_in_words(
    sentences: Callable[[str, str], list[str]],
) -> None:
    (told,) = sentences("      within: 1h", "      under: 1h")
    assert told.endswith(
        "; exactly on the due is in time in attendance version 1, late in attendance version 2"
    )


def test_staging_that_counts_in_one_alone_is_told_of_each_standard(tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        (GOOD / "attendance.yaml").read_text().replace("counts_staged: true", "counts_staged: false")
    )
    found = differences(read_pack(GOOD / "attendance.yaml"), read_pack(changed))
    assert [(each.standard, each.a, each.b) for each in found] == [
        ("attend-immediate", "counts as an arrival", None),
        ("attend-priority", "counts as an arrival", None),
    ]
    assert found[0].sentence == (
        "attend-immediate: a unit staged nearby: counts as an arrival in the first attendance version 1, "
        "none in the second attendance version 1"
    )


def test_a_standard_that_one_lacks_is_named_with_what_the_other_promises() -> None:
    found = differences(read_pack("national-pledge-2009"), read_pack("met-2012"))
    assert "snt-reply: only national-pledge-2009 promises it (within 1d); met-2012 has no such clock" in [
        each.sentence for each in found
    ]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.id)
def test_a_pack_promises_the_same_as_itself_whatever_its_words(pack: PackDocument) -> None:
    reworded = pack.model_copy(update={"title": "Another", "about": "Other words", "version": 99})
    assert differences(pack, reworded) == []


@pytest.mark.parametrize("b", PACKS, ids=lambda pack: pack.id)
@pytest.mark.parametrize("a", PACKS, ids=lambda pack: pack.id)
def test_the_other_way_round_the_same_differs(a: PackDocument, b: PackDocument) -> None:
    there = [(each.standard, each.number, each.a, each.b) for each in differences(a, b)]
    back = [(each.standard, each.number, each.b, each.a) for each in differences(b, a)]
    assert set(there) == set(back)
