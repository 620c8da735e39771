"""C3: five ways of counting the same calls."""

from hypothesis import given
from hypothesis import strategies as st

from figures.calls import DEFAULT_WAY, Calls, calls_of, five_ways
from figures.counts import Kind, counts_of
from figures.rate import percent_text

THOUSAND = Calls(
    answered_in=860, answered_late=140, abandoned_5s=10, abandoned_in=10, abandoned_late=40
)  # the list's own example: 1,000 answered, 860 in time; 60 abandoned, 20 in time, 10 of them within 5 s
calls = st.builds(Calls, *[st.integers(0, 5_000)] * 5)
KINDS = {
    "in": Kind("met", "", "in"),
    "late": Kind("breached", "", "late"),
    "abandoned_5s": Kind("excluded", "abandoned-in-time", "abandoned_5s"),
    "abandoned_in": Kind("excluded", "abandoned-in-time", "abandoned_in"),
    "abandoned_late": Kind("breached", "", "abandoned_late"),
}
"""How the engine judges each outcome (C2)."""


def _kinds(counted: Calls) -> dict[Kind, int]:
    return dict(zip(KINDS.values(), counted, strict=True))


def test_the_five_ways_give_what_the_field_says_they_give() -> None:
    assert (THOUSAND.answered, THOUSAND.abandoned) == (1_000, 60)
    shown = [percent_text(way.rate.tenths or 0) for way in five_ways(THOUSAND)]
    assert shown == ["83.0 %", "86.0 %", "81.1 %", "82.7 %", "82.1 %"]


def test_each_way_says_what_it_does_with_those_who_gave_up() -> None:
    found = {way.number: (way.name, way.formula) for way in five_ways(THOUSAND)}
    assert list(found) == [1, 2, 3, 4, 5]
    assert found[2] == ("answered calls alone", "answered in time / answered")
    assert len(set(found.values())) == 5


@given(calls)
def test_the_fourth_way_is_the_rate_of_the_verdicts(counted: Calls) -> None:
    assert five_ways(counted)[DEFAULT_WAY - 1].rate == counts_of(_kinds(counted)).rate


@given(calls)
def test_calls_survive_being_counted_by_kind(counted: Calls) -> None:
    found = counts_of(_kinds(counted)).calls
    assert found == counted


@given(calls, calls)
def test_calls_add_up_in_every_way(one: Calls, other: Calls) -> None:
    both = Calls(*(mine + yours for mine, yours in zip(one, other, strict=True)))
    for mine, yours, ours in zip(five_ways(one), five_ways(other), five_ways(both), strict=True):
        assert mine.rate + yours.rate == ours.rate


@given(calls)
def test_no_way_counts_more_kept_than_there_are(counted: Calls) -> None:
    assert all(0 <= way.rate.kept <= way.rate.of for way in five_ways(counted))


@given(calls)
def test_counting_every_abandonment_against_is_never_kinder_than_forgiving_some(counted: Calls) -> None:
    first, _, third, _, fifth = (way.rate for way in five_ways(counted))
    assert third.kept <= fifth.kept <= first.kept
    assert third.of == fifth.of == first.of


def test_outcomes_nobody_had_are_none() -> None:
    assert calls_of({}) == Calls(0, 0, 0, 0, 0)
