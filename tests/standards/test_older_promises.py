"""The packs of promises that held once, or elsewhere: what they promise, and what they leave out."""

import pytest

from schemas.times import HOUR, MINUTE, SECOND
from standards.loader import list_packs, load_pack, read_pack

PLEDGE, MET = "national-pledge-2009", "met-2012"


def test_the_national_pledge_gives_more_time_in_the_country() -> None:
    standards = load_pack(PLEDGE).standards
    immediate, priority = standards["attend-immediate"], standards["attend-priority"]
    assert [immediate.limit_in(area) for area in (None, "urban", "rural")] == [
        15 * MINUTE,
        15 * MINUTE,
        20 * MINUTE,
    ]
    assert {priority.limit_in(area) for area in (None, "urban", "rural")} == {60 * MINUTE}
    assert (standards["call-999"].limit, standards["snt-reply"].limit) == (10 * SECOND, 24 * HOUR)


def test_the_national_pledge_has_the_slower_promises_too() -> None:
    standards = load_pack(PLEDGE).standards
    assert (standards["appointment"].limit, standards["comment-ack"].limit) == (48 * HOUR, 24 * HOUR)
    assert standards["victim-update"].months == 1
    assert "ward-meeting" in standards


def test_the_met_later_gives_fifteen_minutes_and_an_hour_everywhere() -> None:
    standards = load_pack(MET).standards
    assert {standards["attend-immediate"].limit_in(area) for area in (None, "urban", "rural")} == {
        15 * MINUTE
    }
    assert standards["attend-priority"].limit == 60 * MINUTE


@pytest.mark.parametrize(
    ("pack", "standard", "why"),
    [
        (PLEDGE, "call-non-emergency", "promptly"),
        (MET, "call-non-emergency", "no number"),
        (MET, "snt-reply", "no number"),
        (MET, "appointment", "no number"),
        (MET, "victim-update", "no number"),
        (PLEDGE, "collision-contact", "nothing was read"),
    ],
)
def test_where_no_number_was_read_there_is_no_clock_and_the_pack_says_so(
    pack: str, standard: str, why: str
) -> None:
    assert standard not in load_pack(pack).standards
    assert why in read_pack(pack).about.lower()


def test_a_share_is_a_target_only_where_one_was_read() -> None:
    targets = {
        (pack, standard.id): standard.target_percent
        for pack in (PLEDGE, MET)
        for standard in load_pack(pack).standards.values()
        if standard.target_percent is not None
    }
    assert targets == {(PLEDGE, "call-999"): 90, (MET, "call-999"): 90, (MET, "attend-immediate"): 90}


def test_packs_are_listed_by_when_they_began_to_hold() -> None:
    assert [pack.id for pack in list_packs()] == ["met-pledge-2009", PLEDGE, MET, "national-2026"]
