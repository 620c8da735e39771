"""The shard's tallies and figures of the same events come to the same counts: one way of counting, not two."""

from collections import Counter

from hypothesis import given

from clocks.replaying import play, play_out
from clocks.shard import Shard
from figures.clock import clock_of
from figures.counts import Kind, counts_of
from figures.gathering import gather
from pledgewatch.judging import FOREVER, verdicts
from schemas.facts import Event
from schemas.times import DAY
from tests.clocks.histories import PACK, ZERO, crowds


def by_tallies(events: list[Event]) -> dict[tuple[str, str], Counter[Kind]]:
    """Kinds by standard and cohort, of all local weeks the tallies keep."""
    shard = Shard(PACK)
    list(play(shard, sorted(events, key=lambda event: event.fact.recorded)))
    list(play_out(shard))
    found: dict[tuple[str, str], Counter[Kind]] = {}
    for counts in shard.roll.tallies.weeks(ZERO + 30 * DAY).values():
        for key, number in counts.items():
            if key.reason != "never-ran":
                kinds = found.setdefault((key.standard, key.cohort), Counter())
                kinds[Kind(key.verdict, key.reason, key.outcome)] += number
    return found


def by_figures(events: list[Event]) -> dict[tuple[str, str], Counter[Kind]]:
    found: dict[tuple[str, str], Counter[Kind]] = {}
    for each in verdicts(events, PACK):
        clock = clock_of(each.clock, each.finding, each.cohort, each.attributes, FOREVER)
        kinds = found.setdefault((each.standard, each.cohort), Counter())
        for gathering in gather([clock], (), PACK.zone).values():
            kinds.update(gathering.kinds)
    return found


@given(crowds)
def test_tallies_and_figures_count_alike(events: list[Event]) -> None:
    tallied, figured = by_tallies(events), by_figures(events)
    assert tallied == figured
    for key, kinds in tallied.items():
        assert counts_of(kinds) == counts_of(figured[key])
