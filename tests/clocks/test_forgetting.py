"""Forgetting (S8): what is said, judged and counted is the same, whatever is still held, through any restart."""

from collections import Counter
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clocks.calendar import iso_week
from clocks.forgetting import KEPT
from clocks.leaving import NEVER
from clocks.replaying import in_order, play, play_out, play_until
from clocks.saying import Said
from clocks.settled import MOST_ROWS, TIMES, Key, Settled
from clocks.shard import FORGOTTEN_AT_ONCE, FORGOTTEN_BESIDE, Shard
from clocks.subject import Subject
from clocks.views import ClockView, views
from pledgewatch.judging import verdicts
from schemas.events import KIND_TOPICS
from schemas.facts import Event
from schemas.ledger import LedgerTimes, LedgerWeek
from schemas.times import DAY, HOUR, MINUTE
from tests.clocks.histories import PACK, STARTS, TYPES, ZERO, an_event

AGES = [0, MINUTE, 11 * MINUTE, HOUR, DAY, 3 * DAY, KEPT - 1, KEPT, KEPT + 1]
LIMITS = [0, 10_000, 12 * MINUTE, HOUR, DAY]
edges = st.tuples(st.sampled_from(AGES), st.sampled_from(LIMITS), st.integers(-1, 1)).map(
    lambda three: max(0, sum(three))
)
instants = st.one_of(edges, st.integers(0, 100).map(lambda days: days * DAY), st.integers(0, 40 * DAY))


@st.composite
def _one(draw, subject, number):
    name = STARTS[subject] if draw(st.integers(0, 2)) == 0 else draw(st.sampled_from(sorted(TYPES[subject])))
    at, late = draw(instants), draw(st.one_of(st.just(0), edges))
    shared = draw(st.integers(0, 9)) == 0
    return an_event(subject, name, at, late, 0 if shared else number, draw(TYPES[subject][name]))


@st.composite
def _all(draw):
    """Up to a dozen events of three subjects, spread over weeks, in order of recording."""
    subjects = draw(st.lists(st.sampled_from(sorted(TYPES)), min_size=1, max_size=12))
    events = [draw(_one(subject, number)) for number, subject in enumerate(subjects)]
    return sorted(events, key=lambda event: event.fact.recorded)


crowds = _all()


class Run:
    """A shard through its days; `restarts` says before which instants it is made anew from what the ledger holds."""

    def __init__(self, restarts: frozenset[int] = frozenset()) -> None:
        self.parted: list[ClockView] = []
        self.ledger: dict[str, bytes] = {}
        self.shard = Shard(PACK, parting=self.part)
        self._restarts = restarts

    def play(self, events: list[Event]) -> list[Said]:
        said = []
        for number, (_, group) in enumerate(groupby(events, key=lambda event: event.fact.recorded)):
            if number in self._restarts:
                self.restart()
            said += play(self.shard, list(group))
        self.restart()
        return said + list(play_out(self.shard))

    def restart(self) -> None:
        self.write()
        old, self.shard = self.shard, Shard(PACK, parting=self.part)
        for key, value in self.ledger.items():
            self.shard.restore(key, value)
        assert [self.shard.advance(kind, old.time(kind)) for kind in KIND_TOPICS] == [[]] * len(KIND_TOPICS)
        assert weeks(self.shard) == weeks(old)
        assert sorted(self.shard.roll.open()) == sorted(old.roll.open())

    def part(self, name: str, subject: Subject) -> None:
        self.parted += views(name, subject)

    def write(self) -> None:
        for key in self.shard.take_changed():
            value = self.shard.save(key)
            self.ledger.pop(key, None)
            if value is not None:
                self.ledger[key] = value

    @property
    def views(self) -> list[ClockView]:
        return [each for each in [*self.parted, *self.shard.clocks()] if each.finding is not None]

    def forget_all(self, now: int) -> None:
        for kind in KIND_TOPICS:
            self.shard.advance(kind, now)
        while self.shard.forgetting:
            self.shard.forget()


def weeks(shard: Shard) -> dict[str, Counter[Key]]:
    return {week: Counter(counts) for week, counts in shard.roll.tallies.weeks(10**13).items()}


def judged(views) -> list[tuple[object, ...]]:
    return sorted(((view.clock, view.verdict, view.finding, view.cohort) for view in views), key=repr)


def plainly_counted(views: list[ClockView], now: int) -> dict[str, Counter[tuple[str, ...]]]:
    """By week, of the nine up to `now` and of those to come, in which something may be due that is judged already."""
    first = iso_week(now - 8 * 7 * DAY, PACK.zone)
    counted: dict[str, Counter[tuple[str, ...]]] = {}
    for view in views:
        week = iso_week(view.finding.due, PACK.zone)
        if week >= first:
            counted.setdefault(week, Counter())[view.standard, view.verdict, view.cohort] += 1
    return counted


def shown(shard: Shard) -> dict[str, Counter[tuple[str, ...]]]:
    total: dict[str, Counter[tuple[str, ...]]] = {}
    for week, counts in weeks(shard).items():
        for key, number in counts.items():
            total.setdefault(week, Counter())[key.standard, key.verdict, key.cohort] += number
    return total


def latest(run: Run) -> int:
    return max(run.shard.time(kind) for kind in KIND_TOPICS)


@given(crowds)
def test_what_a_shard_judges_while_it_forgets_is_what_is_judged_of_all_events_at_once(events):
    run = Run()
    run.play(events)

    assert judged(run.views) == judged(verdicts(events, PACK))


@given(crowds, st.randoms(use_true_random=False))
def test_what_is_judged_at_once_does_not_depend_on_the_order(events, random):
    assert judged(verdicts(random.sample(events, len(events)), PACK)) == judged(verdicts(events, PACK))


@given(crowds)
def test_the_tallies_are_a_plain_count_of_all_verdicts_before_and_after_forgetting(events):
    run = Run()
    run.play(events)
    now = latest(run)
    assert shown(run.shard) == plainly_counted(run.views, now)

    later = now + 2 * DAY
    run.forget_all(later)
    assert shown(run.shard) == plainly_counted(run.views, later)


@given(crowds, st.frozensets(st.integers(0, 12)))
def test_restarts_at_any_point_change_nothing(events, restarts):
    straight, restarted = Run(), Run(restarts)

    assert straight.play(events) == restarted.play(events)
    assert weeks(straight.shard) == weeks(restarted.shard)
    assert judged(straight.views) == judged(restarted.views)
    assert set(straight.shard._subjects) == set(restarted.shard._subjects)


@given(crowds)
def test_folded_a_batch_at_a_time_the_end_is_the_same(events):
    straight, batch = Run(), Run()
    straight.play(events)

    said = batch.shard.fold(events)
    said += play_until(batch.shard, events[-1].fact.recorded)
    list(play_out(batch.shard))
    assert judged(batch.views) == judged(straight.views)
    assert weeks(batch.shard) == weeks(straight.shard)
    announced = {(each.clock, each.verdict) for each in said}
    assert {(view.clock, "breached") for view in batch.parted if view.verdict == "breached"} <= announced


@given(crowds, st.booleans())
def test_when_all_is_forgotten_reading_everything_again_counts_and_says_nothing(events, restarted):
    run = Run()
    run.play(events)
    run.forget_all(latest(run) + 41 * DAY)
    run.write()
    assert len(run.shard) == 0
    assert {key for key in run.ledger if not key.startswith("tally/")} == set()
    counted = weeks(run.shard)
    if restarted:
        run.shard = Shard(PACK)
        for key, value in run.ledger.items():
            run.shard.restore(key, value)

    assert run.shard.fold(events) == []
    assert len(run.shard) == 0
    kept = [event for event in events if event.fact.type != "call.concluded"]
    assert run.shard.take_too_late() == kept
    assert weeks(run.shard) == counted


@given(crowds)
def test_no_subject_is_held_an_hour_after_its_time(events):
    run = Run()
    run.play(events)
    for kind in KIND_TOPICS:
        run.shard.advance(kind, latest(run))
    while run.shard.forgetting:
        run.shard.forget()

    for name, subject in run.shard._subjects.items():
        moment = subject.forgotten_at(PACK)
        assert moment is not None, name
        assert moment + HOUR >= run.shard.time(subject.kind)


def presented(number: int, at: int = 0) -> Event:
    return an_event(f"CALL-{number}", "call.presented", at, 0, 0, {"line": "999", "borough": "Camden"})


def a_crowd(size: int) -> Shard:
    shard = Shard(PACK)
    list(play(shard, [presented(number) for number in range(size)]))
    shard.take_changed()
    return shard


def test_a_crowd_is_forgotten_a_little_at_a_time():
    size = FORGOTTEN_AT_ONCE * 3
    shard = a_crowd(size)

    shard.advance("CALL", ZERO + 9 * DAY)
    assert (len(shard), shard.forgetting) == (size - FORGOTTEN_BESIDE, True)
    for _ in range(size // FORGOTTEN_BESIDE):
        shard.advance("CALL", shard.time("CALL") + 1)
    before = len(shard)
    shard.forget()
    assert before - len(shard) <= FORGOTTEN_AT_ONCE
    while shard.forgetting:
        shard.forget()
    assert len(shard) == 0


def test_one_that_may_leave_is_looked_at_on_the_hour():
    shard = a_crowd(FORGOTTEN_BESIDE + 1)
    due = ZERO + 10_000 + KEPT
    hour = (due // HOUR + 1) * HOUR

    assert shard.next_leaving("CALL") <= hour
    assert shard.next_leaving("CAD") == NEVER
    shard.advance("CALL", hour - 1)
    shard.forget()
    assert (shard.forgetting, shard.next_leaving("CALL")) == (False, hour)
    shard.advance("CALL", hour)
    assert (shard.forgetting, len(shard)) == (True, 1)


def test_forgetting_writes_tombstones_and_counts_at_once():
    shard = a_crowd(5)

    shard.advance("CALL", ZERO + 9 * DAY)
    shard.forget()
    changed = shard.take_changed()

    assert sorted(changed) == [*(f"CALL-{number}" for number in range(5)), "tally/2009-W43", TIMES]
    assert [shard.save(f"CALL-{number}") for number in range(5)] == [None] * 5
    week = LedgerWeek.model_validate_json(shard.save("tally/2009-W43"))
    assert [(row.key.standard, row.key.borough, row.key.verdict, row.number) for row in week.counts] == [
        ("call-999", "Camden", "breached", 5)
    ]
    times = LedgerTimes.model_validate_json(shard.save(TIMES)).times
    assert times["CALL"] == ZERO + 9 * DAY


def test_a_week_that_is_no_longer_kept_leaves_the_ledger():
    shard = a_crowd(1)
    shard.advance("CALL", ZERO + 9 * DAY)
    shard.forget()
    shard.take_changed()

    shard.advance("CALL", ZERO + 8 * 7 * DAY)
    assert shard.take_changed() == []
    shard.advance("CALL", ZERO + 9 * 7 * DAY)
    assert shard.take_changed() == ["tally/2009-W43"]
    assert shard.save("tally/2009-W43") is None


def test_windows_and_open_clocks_before_and_after_forgetting():
    shard = a_crowd(3)
    last = ZERO + KEPT + 10_000

    shard.advance("CALL", last)
    shard.forget()
    assert len(shard.roll.open()) == 3
    shard.advance("CALL", last + HOUR)
    shard.forget()
    assert shard.roll.open() == []
    assert shard.roll.tallies.window(7 * DAY, last + HOUR) == {}
    assert sum(sum(counts.values()) for counts in weeks(shard).values()) == 3


def test_one_that_came_back_after_it_was_forgotten_is_counted_with_both_its_clocks():
    run = Run()
    again = an_event("CALL-1", "call.presented", 30 * DAY, 0, 1, {"line": "101"})

    said = run.play([presented(1), again])

    assert [(each.clock, each.revision) for each in in_order(said)] == [
        ("CALL-1/call-999", 1),
        ("CALL-1/call-non-emergency", 1),
    ]
    assert sum(sum(counts.values()) for counts in weeks(run.shard).values()) == 2


def test_incidents_are_counted_by_their_first_and_final_grade():
    shard = Shard(PACK)
    created = an_event("CAD-1", "incident.created", 0, 0, 0, {"grade": "S"})
    regraded = an_event("CAD-1", "incident.regraded", MINUTE, 0, 1, {"grade": "I"})
    list(play(shard, [created, regraded, presented(1, 2 * MINUTE)]))
    list(play_out(shard))

    (counts,) = weeks(shard).values()
    assert {(key.standard, key.first_grade, key.grade) for key in counts} == {
        ("attend-immediate", "S", "I"),
        ("attend-priority", "S", "I"),
        ("call-999", "", ""),
    }


def test_a_feed_that_makes_up_boroughs_cannot_make_a_record_that_no_batch_holds():
    settled = Settled()
    for number in range(MOST_ROWS + 10):
        settled.add("2009-W43", Key("call-999", f"borough {number}" * 5, "met", "", "live", "in"))

    assert len(settled.weeks["2009-W43"]) == MOST_ROWS + 1
    assert settled.weeks["2009-W43"][Key("call-999", "", "met", "", "live", "in")] == 10
    assert sum(settled.weeks["2009-W43"].values()) == MOST_ROWS + 10
    assert len(settled.save("2009-W43") or b"") < 1_000_000


@pytest.mark.parametrize("late", [KEPT - 1, KEPT, KEPT + 1])
def test_a_subject_read_again_is_too_late_once_it_would_be_forgotten(late):
    shard = Shard(PACK)
    shard.advance("CALL", ZERO + 10_000 + late)

    shard.fold([presented(1)])

    assert len(shard.take_too_late()) == (late > KEPT)
