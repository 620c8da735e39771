"""N1, N2, N4: clocks gathered by standard and group; what is counted, and that it adds up."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from figures.clock import Clock
from figures.counts import Counts, counts_of
from figures.gathering import gather, total
from figures.grouping import GROUPINGS, UNKNOWN
from schemas.times import HOUR, MINUTE
from tests.figures.clocks import KINDS, START, any_clock, clock

LONDON = ZoneInfo("Europe/London")
MET, BREACHED, RUNNING, ON_VIEW, REGRADED, UNVERIFIABLE = KINDS


def test_what_runs_is_excluded_or_unverifiable_stands_beside_the_rate() -> None:
    counts = counts_of({MET: 3, BREACHED: 1, RUNNING: 5, ON_VIEW: 2, REGRADED: 4, UNVERIFIABLE: 6})
    assert counts == Counts(
        met=3,
        breached=1,
        running=5,
        excluded={"on-view": 2, "regraded": 4},
        unverifiable={"stop-before-start": 6},
    )
    assert counts.rate == (3, 4)
    assert counts.clocks == 21


def test_a_breached_clock_without_its_stop_is_in_the_rate_and_has_no_duration() -> None:
    gathered = total(
        gather([clock(MET, ran=6 * MINUTE), clock(BREACHED, ran=None)], (), LONDON).values()
    ).figure()
    assert gathered.rate == (1, 2)
    assert (gathered.durations.stopped, gathered.without_stop) == (1, 1)


def test_durations_that_ended_without_anybody_coming_are_told_apart() -> None:
    figure = total(
        gather([clock(BREACHED, ran=HOUR, called_off=True), clock(MET)], (), LONDON).values()
    ).figure()
    assert (figure.durations.stopped, figure.called_off) == (2, 1)


def test_clocks_are_gathered_by_standard_then_by_each_grouping_asked_for() -> None:
    found = gather(
        [
            clock(MET, borough="Hackney"),
            clock(BREACHED, borough="Hackney", due=START + 24 * HOUR),
            clock(MET),
            clock(MET, standard="attend-priority", borough="Hackney"),
        ],
        ["borough", "day"],
        LONDON,
    )
    names = {(place.standard, *(group.name for group in place.groups)) for place in found}
    assert names == {
        ("attend-immediate", "Hackney", "2009-10-24"),
        ("attend-immediate", "Hackney", "2009-10-25"),
        ("attend-immediate", UNKNOWN, "2009-10-24"),
        ("attend-priority", "Hackney", "2009-10-24"),
    }


def test_first_and_final_grade_are_two_groupings() -> None:
    regraded = clock(MET, grade="S", first_grade="I")
    ((final,), (first,)) = (
        [group.name for place in gather([regraded], [by], LONDON) for group in place.groups]
        for by in ("grade", "first-grade")
    )
    assert (final, first) == ("S", "I")


@given(st.lists(any_clock, max_size=60), st.lists(st.sampled_from(GROUPINGS), max_size=3))
def test_groups_add_up_to_the_whole_however_they_are_split(clocks: list[Clock], by: list[str]) -> None:
    split = total(gather(clocks, by, LONDON).values())
    whole = total(gather(clocks, (), LONDON).values())
    assert split.figure() == whole.figure()
    assert whole.figure().counts.clocks == len(clocks)
    assert whole.figure().durations.stopped + whole.figure().without_stop == whole.figure().rate.of


@given(st.lists(any_clock, max_size=30), st.randoms())
def test_the_order_of_the_clocks_does_not_matter(clocks: list[Clock], random: object) -> None:
    shuffled = list(clocks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (gather(each, ["borough", "week"], LONDON) for each in (clocks, shuffled))
    assert {place: each.figure() for place, each in one.items()} == {
        place: each.figure() for place, each in other.items()
    }
