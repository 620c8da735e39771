"""N4: percentiles by exact ranks over the real durations."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.durations import Durations, durations_of, percentile

lengths = st.lists(st.integers(0, 10**8), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("percent", "found"),
    [(5, 15), (30, 20), (40, 20), (50, 35), (60, 35), (61, 40), (90, 50), (100, 50), (1, 15)],
)
def test_the_nearest_rank_is_that_of_the_textbook(percent: int, found: int) -> None:
    assert percentile([15, 20, 35, 40, 50], percent) == found


@given(lengths, st.integers(1, 100))
def test_a_percentile_is_the_shortest_real_duration_within_which_so_many_lie(
    ran: list[int], percent: int
) -> None:
    found = percentile(sorted(ran), percent)
    assert found in ran
    assert Fraction(sum(each <= found for each in ran), len(ran)) >= Fraction(percent, 100)
    assert Fraction(sum(each < found for each in ran), len(ran)) < Fraction(percent, 100)


@given(lengths)
def test_longer_percentiles_are_no_shorter(ran: list[int]) -> None:
    found = durations_of(ran)
    assert found.stopped == len(ran)
    assert found.median <= found.p90 <= found.p95 <= found.longest == max(ran)
    assert min(ran) <= found.mean <= max(ran)


def test_without_durations_there_is_nothing_to_say() -> None:
    assert durations_of([]) == Durations(0, None, None, None, None, None)


@pytest.mark.parametrize(("ran", "percent"), [([], 50), ([1], 0), ([1], 101)])
def test_what_is_no_percentile_is_refused(ran: list[int], percent: int) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(ran, percent)


def test_a_percentile_of_boroughs_is_that_of_their_clocks_not_the_mean_of_theirs() -> None:
    quick, slow = [60_000] * 90, [3_600_000] * 10
    assert durations_of(quick + slow).median == 60_000
    assert (durations_of(quick).median + durations_of(slow).median) // 2 == 1_830_000
