"""N5: a what-if says what either pack says, and each difference it names is one that makes it."""

from hypothesis import given
from hypothesis import strategies as st

from clocks.standard import Pack
from pledgewatch.judging import FOREVER, verdicts
from pledgewatch.what_if.comparing import Compared, WhatIf
from pledgewatch.what_if.levers import levers, mixed
from pledgewatch.what_if.reasons import because
from schemas.facts import Event
from schemas.times import HOUR
from standards.loader import list_packs, load_pack
from tests.clocks.histories import ZERO, crowds
from tests.standards.test_loader import TESTDATA

PACKS = [load_pack(pack.id) for pack in list_packs()]
PACKS += [load_pack(path) for path in sorted((TESTDATA / "good").glob("*.yaml"))]
packs = st.sampled_from(PACKS)
times = st.sampled_from([FOREVER, ZERO + HOUR])

Outcomes = dict[str, tuple[str, str | None, int]]


def outcomes(events: list[Event], pack: Pack, at: int) -> Outcomes:
    found = verdicts(events, pack, at)
    return {each.clock: (each.verdict, each.finding.reason, each.finding.due) for each in found}


def compared(events: list[Event], a: Pack, b: Pack, at: int) -> list[Compared]:
    return list(WhatIf(a, b).compared(events, at))


@given(crowds, packs, packs, times)
def test_it_tells_the_clocks_that_differ_and_no_others(
    events: list[Event], a: Pack, b: Pack, at: int
) -> None:
    ours, theirs = outcomes(events, a, at), outcomes(events, b, at)
    found = {each.clock: each for each in compared(events, a, b, at)}
    assert set(found) == {*ours, *theirs}
    for clock, each in found.items():
        assert bool(each.differing) == (ours.get(clock) != theirs.get(clock))
        assert (each.a is None, each.b is None) == (clock not in ours, clock not in theirs)
        assert bool(because(each)) == bool(each.differing)


@given(crowds, packs, packs, times)
def test_all_differences_together_make_one_pack_the_other(
    events: list[Event], a: Pack, b: Pack, at: int
) -> None:
    every = levers(a, b)
    assert outcomes(events, mixed(a, b, every), at) == outcomes(events, b, at)
    assert outcomes(events, mixed(a, b, ()), at) == outcomes(events, a, at)


@given(crowds, packs, packs, times)
def test_a_difference_that_is_named_bears_on_the_clock(
    events: list[Event], a: Pack, b: Pack, at: int
) -> None:
    every = levers(a, b)
    for each in compared(events, a, b, at):
        for lever in each.levers:
            alone = outcomes(events, mixed(a, b, {lever}), at).get(each.clock)
            without = outcomes(events, mixed(a, b, {*every} - {lever}), at).get(each.clock)
            wanted = outcomes(events, b, at).get(each.clock)
            assert alone == wanted or without != wanted or each.levers == every


@given(crowds, packs)
def test_a_pack_against_itself_differs_nowhere(events: list[Event], pack: Pack) -> None:
    assert not [each for each in compared(events, pack, pack, FOREVER) if each.differing]


@given(crowds, packs, packs)
def test_the_other_way_round_the_same_clocks_differ(events: list[Event], a: Pack, b: Pack) -> None:
    there, back = compared(events, a, b, FOREVER), compared(events, b, a, FOREVER)
    assert {(each.clock, each.differing) for each in there} == {(each.clock, each.differing) for each in back}
