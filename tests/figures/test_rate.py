"""N3: shares with Wilson's interval, and no bare percentage of few."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.rate import ABOVE, BELOW, FEW, TOO_FEW, UNDECIDED, Rate, interval_text, rate_text
from figures.wilson import wilson

shares = st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@pytest.mark.parametrize(
    ("kept", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_newcombes_table(kept: int, of: int, low: float, high: float) -> None:
    """R. G. Newcombe, Two-sided confidence intervals for the single proportion, Stat. Med. 17 (1998), table I."""
    assert [round(end, 4) for end in wilson(kept, of)] == [low, high]


@pytest.mark.parametrize(("kept", "of"), [(0, 0), (2, 1), (-1, 3)])
def test_what_is_no_share_has_no_interval(kept: int, of: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(kept, of)


@given(shares)
def test_the_interval_holds_the_share_and_stays_between_none_and_all(share: tuple[int, int]) -> None:
    kept, of = share
    low, high = wilson(kept, of)
    assert 0 <= low <= kept / of <= high <= 1
    assert low < high


@given(shares)
def test_what_is_not_kept_has_the_mirrored_interval(share: tuple[int, int]) -> None:
    kept, of = share
    low, high = wilson(kept, of)
    assert wilson(of - kept, of) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(shares.filter(lambda share: share[0] < share[1]))
def test_one_more_kept_moves_both_ends_up(share: tuple[int, int]) -> None:
    kept, of = share
    assert all(more > less for more, less in zip(wilson(kept + 1, of), wilson(kept, of), strict=True))


@given(shares, st.integers(2, 10))
def test_the_same_share_of_more_clocks_is_surer(share: tuple[int, int], times: int) -> None:
    kept, of = share
    one, many = wilson(kept, of), wilson(kept * times, of * times)
    assert many.high - many.low < one.high - one.low


@given(shares)
def test_a_percentage_is_within_half_a_tenth_and_only_all_is_all(share: tuple[int, int]) -> None:
    rate = Rate(*share)
    if rate.tenths is None:
        assert rate.of < FEW
        return
    assert abs(rate.tenths - 1_000 * rate.kept / rate.of) <= 1
    assert (rate.tenths == 1_000) == (rate.kept == rate.of)
    assert (rate.tenths == 0) == (rate.kept == 0)


@pytest.mark.parametrize(
    ("kept", "of", "text"),
    [
        (29, 29, "29 of 29"),
        (30, 30, "100.0 %"),
        (0, 30, "0.0 %"),
        (0, 0, "none"),
        (99_951, 100_000, "99.9 %"),
        (1, 100_000, "0.1 %"),
        (1, 2_001, "0.1 %"),
        (1, 2_000, "0.1 %"),
        (267, 381, "70.1 %"),
    ],
)
def test_a_share_is_shown_as_it_may_be(kept: int, of: int, text: str) -> None:
    assert rate_text(Rate(kept, of)) == text


def test_an_interval_is_shown_for_few_clocks_too() -> None:
    assert interval_text(Rate(1, 29)) == "0.6–17.2 %"
    assert interval_text(Rate(0, 0)) == "–"


@pytest.mark.parametrize(
    ("kept", "of", "target", "said"),
    [
        (267, 381, 90, BELOW),
        (380, 381, 90, ABOVE),
        (27, 30, 90, UNDECIDED),
        (0, 29, 90, TOO_FEW),
        (29, 29, 90, TOO_FEW),
        (0, 30, 90, BELOW),
        (30, 30, None, None),
        (0, 0, 90, None),
        (35, 35, 90, ABOVE),  # the low end of 35 out of 35 is 90.1 %
        (34, 34, 90, UNDECIDED),  # and of 34 out of 34 it is 89.8 %
    ],
)
def test_a_share_is_above_or_below_its_target_when_all_its_interval_is(
    kept: int, of: int, target: int | None, said: str | None
) -> None:
    assert Rate(kept, of).against(target) == said


def test_shares_are_added_as_counts() -> None:
    assert Rate(1, 10) + Rate(89, 90) == Rate(90, 100)
