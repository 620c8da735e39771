"""The figures of the board: what is counted where, of whom, and over what time."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.board_figures import Figures, Titles, lengths, rate_of
from board.now import OpenClock, StandardNow
from clocks.roll import Roll
from clocks.settled import Key
from clocks.tallies import Counted
from schemas.times import DAY, HOUR, MINUTE, parse_time
from tests.clocks.histories import PACK

NOW = parse_time("2026-06-15T11:30:10Z")
LONDON = ZoneInfo("Europe/London")
STAGES = ("running", "at-risk", "breached")
PLACES = ("Camden", "Barnet", "")


def roll(*clocks: Counted) -> Roll:
    made = Roll(LONDON)
    for clock in clocks:
        made.tallies.add(clock)
    return made


def judged(verdict: str, ago: int, borough: str = "Camden", cohort: str = "live") -> Counted:
    return Counted(Key("call-999", borough, verdict, "", cohort, ""), NOW - ago)


def figures(*rolls: Roll, clocks: tuple[OpenClock, ...] = ()) -> dict[str, dict[str, StandardNow]]:
    found = Figures(Titles(PACK, {"call-999": "999 calls"}))
    found.see({clock.clock: clock for clock in clocks})
    found.count(rolls, NOW)
    return {borough: {row.standard: row for row in rows} for borough, rows in found.rows().items()}


def an_open(number: int, **differing: object) -> OpenClock:
    given = {"clock": f"CALL-{number}/call-999", "subject": f"CALL-{number}", "standard": "call-999"}
    given |= {"borough": "Camden", "start": NOW - number, "due": NOW + number, "breach_at": NOW + number + 1}
    return OpenClock.model_validate(given | differing)


def test_every_standard_of_the_pack_has_its_row_though_nothing_happened() -> None:
    rows = figures()[""]
    assert list(rows) == list(PACK.standards)
    assert rows["call-999"].title == "999 calls"
    assert (rows["call-999"].waiting, rows["call-999"].oldest_start) == (0, None)
    assert rows["call-999"].rates["15m"].words == "none"
    assert rows["call-999"].rates["15m"].share is None


def test_clocks_are_counted_where_they_are_and_everywhere_in_all_partitions_together() -> None:
    found = figures(roll(judged("met", MINUTE)), roll(judged("breached", MINUTE, "Barnet")))
    assert found[""]["call-999"].rates["15m"].counted == 2
    assert found["Camden"]["call-999"].rates["15m"].share == 1.0
    assert found["Barnet"]["call-999"].rates["15m"].words == "0 of 1"


@pytest.mark.parametrize(
    ("ago", "windows"),
    [
        (0, {"15m", "today", "7d"}),
        (14 * MINUTE, {"15m", "today", "7d"}),
        (15 * MINUTE + 10_001, {"today", "7d"}),
        (12 * HOUR + 30 * MINUTE + 10_000, {"today", "7d"}),
        (12 * HOUR + 30 * MINUTE + 10_001, {"7d"}),
        (8 * DAY, set()),
    ],
)
def test_today_begins_at_midnight_where_the_promise_was_made(ago: int, windows: set[str]) -> None:
    rates = figures(roll(judged("met", ago)))[""]["call-999"].rates
    assert {window for window, rate in rates.items() if rate.met} == windows


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-15", 24)])
def test_a_day_is_as_long_as_its_clocks_make_it(day: str, hours: int) -> None:
    last = parse_time(f"{day}T22:59:59.999Z") + (HOUR if hours == 25 else 0)
    assert lengths(last, LONDON)["today"] == hours * HOUR


def test_a_rate_is_of_the_live_alone_and_exercises_wait_apart() -> None:
    found = figures(
        roll(judged("met", MINUTE), judged("breached", MINUTE, cohort="exercise")),
        clocks=(an_open(1), an_open(2, cohort="exercise")),
    )[""]["call-999"]
    assert found.rates["15m"].counted == 1
    assert (found.waiting, found.apart, found.oldest_start) == (1, 1, NOW - 1)


def test_who_waits_is_counted_by_stage() -> None:
    clocks = (
        an_open(1, stage="at-risk", unresourced=True),
        an_open(2, stage="breached"),
        an_open(3),
        an_open(4, borough=""),
    )
    found = figures(clocks=clocks)
    row = found["Camden"]["call-999"]
    assert (row.waiting, row.at_risk, row.breached_open, row.unresourced) == (3, 1, 1, 1)
    assert (row.oldest_start, row.next_due) == (NOW - 3, NOW + 1)
    assert found[""]["call-999"].waiting == 4
    assert set(found) == {"", "Camden"}


def test_a_rate_is_worded_and_held_against_its_target_as_in_the_weekly_figures() -> None:
    rate = rate_of(70, 30, 5, 2, 90)
    assert (rate.words, rate.against) == ("70.0 %", "below")
    assert (rate.excluded, rate.unverifiable, rate.counted) == (5, 2, 100)
    assert rate.low is not None and rate.high is not None
    assert rate.low < 0.7 < rate.high


@given(st.lists(st.tuples(st.integers(0, 5), st.none() | st.sampled_from(STAGES), st.sampled_from(PLACES))))
def test_counted_as_they_change_or_all_at_once_it_is_the_same(changes):
    """What did not change is not counted again, and nobody can tell."""
    kept, held = Figures(Titles(PACK, {})), {}
    for number, stage, borough in changes:
        clock = None if stage is None else an_open(number, stage=stage, borough=borough)
        held[f"CALL-{number}/call-999"] = clock
        kept.see({f"CALL-{number}/call-999": clock})
        kept.rows()
    fresh = Figures(Titles(PACK, {}))
    fresh.see({name: clock for name, clock in held.items() if clock is not None})
    assert kept.rows() == fresh.rows()
    assert sorted(kept.overdue(NOW + 4)) == sorted(fresh.overdue(NOW + 4))
