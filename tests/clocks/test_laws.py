"""Laws that hold for every history: order, duplicates, save and restore, and no alarm before its time."""

from collections import Counter
from functools import partial
from itertools import groupby

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clocks.calendar import iso_week
from clocks.finding import BREACHED, EXCLUDED, RUNNING
from clocks.history import UNREAD
from clocks.replaying import next_moment, play, play_out, play_until
from clocks.saying import VERDICT, Said
from clocks.shard import Shard
from clocks.standard import Pack
from clocks.tallies import WEEKS_KEPT
from schemas.events import KIND_TOPICS, kind_of
from schemas.facts import Event
from schemas.ledger import LedgerRecord
from schemas.times import DAY
from tests.clocks import histories as generated
from tests.clocks.histories import PACK, STRICT

packs = st.sampled_from([PACK, STRICT])
histories = generated.histories | generated.slow_histories
crowds = generated.crowds | generated.slow_crowds
shard_of = partial(Shard, forgets=False)  # forgetting has laws of its own: test_forgetting.py


def by_recording(events: list[Event]) -> list[Event]:
    return sorted(events, key=lambda event: event.fact.recorded)


def played(shard: Shard, events: list[Event]) -> list[Said]:
    return [*play(shard, by_recording(events)), *play_out(shard)]


def verdicts(shard: Shard) -> dict[str, object]:
    """The final verdicts, without the clocks whose very existence depends on what was said when."""
    return {
        view.clock: (view.verdict, view.finding, view.cohort)
        for view in shard.clocks()
        if view.finding is not None
    }


def restored(shard: Shard) -> Shard:
    """A new shard from what the ledger would hold; time is not in the ledger, the topics tell it anew."""
    twin = shard_of(shard.pack)
    for name in {view.subject for view in shard.clocks()} | set(shard._subjects):
        twin.restore(name, shard.save(name))
    for kind in KIND_TOPICS:
        assert twin.advance(kind, shard.time(kind)) == []
    return twin


@given(histories, packs, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_verdicts(events, pack, random):
    one, other = shard_of(pack), shard_of(pack)
    shuffled = random.sample(events, len(events))

    played(one, events)
    other.fold(shuffled)
    list(play_out(other))

    assert verdicts(one) == verdicts(other)


@given(histories, packs)
def test_every_event_doubled_changes_nothing(events, pack):
    once, twice = shard_of(pack), shard_of(pack)

    said = played(once, events)

    assert said == played(twice, [event for event in events for _ in range(2)])
    assert verdicts(once) == verdicts(twice)


@given(histories, packs)
def test_the_whole_input_read_again_says_nothing(events, pack):
    shard = shard_of(pack)
    played(shard, events)

    assert shard.fold(events) == []
    assert list(play_out(shard)) == []


@given(histories, packs)
def test_saved_and_restored_at_every_instant_says_the_same(events, pack):
    steady, moved = shard_of(pack), shard_of(pack)
    said = played(steady, events)

    again: list[Said] = []
    for _, together in groupby(by_recording(events), key=lambda event: event.fact.recorded):
        again += play(moved, together)
        moved = restored(moved)
    while (moment := next_moment(moved)) is not None:
        again += play_until(moved, moment)
        moved = restored(moved)

    assert said == again
    assert verdicts(steady) == verdicts(moved)


@given(crowds, packs)
def test_nothing_is_said_twice_and_revisions_count_up(events, pack):
    said = played(shard_of(pack), events)

    for clock in {each.clock for each in said}:
        revisions = [each.revision for each in said if each.clock == clock]
        assert revisions == list(range(1, len(revisions) + 1))
    running: dict[str, str] = {}
    for each in said:
        if each.kind == VERDICT:
            assert each.verdict != RUNNING
            assert each.corrects == running.get(each.clock)
            running[each.clock] = each.verdict


@given(crowds, packs, st.data())
def test_no_alarm_before_its_time(events, pack, data):
    shard = shard_of(pack)
    for event in by_recording(events):
        check(play_until(shard, event.fact.recorded - 1), pack)
        time = shard.time(kind_of(event.subject))
        check(shard.fold([event], said_at=max(time, event.fact.recorded)), pack)
        moment = next_moment(shard)
        if moment is not None:
            edge = moment + data.draw(st.sampled_from([-1, 0, 1]))
            said = play_until(shard, edge)
            check(said, pack)
            assert edge >= moment or said == []
    check(list(play_out(shard)), pack)


def check(said: list[Said], pack: Pack) -> None:
    for each in said:
        if each.verdict == BREACHED and each.kind == VERDICT and each.stop is None:
            assert each.said_at >= each.breach_at
        if each.kind == VERDICT and each.verdict == BREACHED and each.stop is not None:
            assert not pack.standards[each.standard].in_time(each.stop, each.due)


@given(crowds, packs)
def test_every_clock_has_one_verdict_and_the_counts_add_up(events, pack):
    shard = shard_of(pack)
    played(shard, events)

    views = list(shard.clocks())
    assert len({view.clock for view in views}) == len(views)
    now = max(shard.time(kind) for kind in KIND_TOPICS)
    first = iso_week(max(0, now - (WEEKS_KEPT - 1) * 7 * DAY), pack.zone)
    judged = Counter(
        iso_week(view.finding.due, pack.zone) for view in views if view.finding and view.verdict != RUNNING
    )
    weeks = shard.roll.tallies.weeks(10**13)
    tallied = {week: sum(counts.values()) for week, counts in weeks.items()}
    assert tallied == {week: number for week, number in judged.items() if week >= first}
    assert {clock for clock, _ in shard.roll.open()} == {
        view.clock for view in views if view.finding and view.finding.open
    }


@given(crowds, packs)
def test_a_restored_shard_counts_the_same(events, pack):
    shard = shard_of(pack)
    played(shard, events)
    twin = restored(shard)

    assert twin.roll.tallies.weeks(10**13) == shard.roll.tallies.weeks(10**13)
    assert sorted(twin.roll.open()) == sorted(shard.roll.open())
    assert all(twin.next_moment(kind) == shard.next_moment(kind) for kind in KIND_TOPICS)


@given(crowds, packs)
def test_what_is_saved_is_what_the_ledger_model_reads(events, pack):
    shard = shard_of(pack)
    played(shard, events)

    for name in shard.take_changed():
        record = LedgerRecord.model_validate_json(shard.save(name))
        assert record.subject == name
        kept = [event for event in events if event.subject == name and event.fact.type not in UNREAD]
        assert len(record.facts) == len({(event.fact.source, event.fact.id) for event in kept})


@given(histories, packs)
def test_an_announced_clock_never_vanishes(events, pack):
    shard = shard_of(pack)
    said = played(shard, events)

    standing = {view.clock: view for view in shard.clocks()}
    assert {each.clock for each in said} <= set(standing)
    for view in standing.values():
        if view.finding is None:
            assert (view.verdict, view.reason) == (EXCLUDED, "never-ran")
        assert kind_of(view.subject) in KIND_TOPICS


settings.register_profile("thorough", max_examples=5_000, deadline=None)
settings.register_profile(
    "normal",
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],  # machines are busy
)
settings.load_profile("normal")
