"""A shard lived through: whatever is folded, passed, saved and restored, it agrees with a plain second reckoning."""

from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from clocks.calendar import iso_week
from clocks.finding import EXCLUDED, RUNNING
from clocks.history import UNREAD, History
from clocks.judging import judge
from clocks.saying import Said
from clocks.shard import Shard
from clocks.tallies import WEEKS_KEPT
from schemas.events import KIND_TOPICS, kind_of
from schemas.facts import Event
from schemas.times import DAY, HOUR, MINUTE
from tests.clocks.histories import PACK, STRICT, ZERO, an_event, histories

kinds = st.sampled_from(["CALL", "CAD", "MSG"])
steps = st.one_of(
    st.sampled_from([1, 999, MINUTE, HOUR, DAY, 8 * DAY, 70 * DAY]),
    st.integers(1, 3 * HOUR),
    st.integers(1, 2 * DAY),
)


class ShardMachine(RuleBasedStateMachine):
    """Beside the shard: every event it was handed, what it said, and what was saved of it last."""

    @initialize(pack=st.sampled_from([PACK, STRICT]))
    def begin(self, pack):
        self.pack = pack
        self.shard = Shard(pack, forgets=False)
        self.events: list[Event] = []
        self.revisions: dict[str, int] = {}
        self.saved: dict[str, bytes] = {}
        self.uncommitted: set[str] = set()

    @rule(events=histories, data=st.data(), in_pieces=st.booleans())
    def fold(self, events, data, in_pieces):
        events = data.draw(st.permutations(events))
        self.events += events
        for piece in [[event] for event in events] if in_pieces else [events]:
            self.hear(self.shard.fold(piece))

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def fold_again(self, data):
        again = data.draw(st.lists(st.sampled_from(self.events), max_size=8))
        assert self.shard.fold(again) == []

    @precondition(lambda self: self.events)
    @rule(data=st.data(), number=st.integers(1_000, 9_999))
    def withdraw(self, data, number):
        event = data.draw(st.sampled_from(self.events))
        at = max(0, event.fact.time - ZERO) + data.draw(st.integers(0, HOUR))
        withdrawal = an_event(event.subject, "event.withdrawn", at, 0, number, {"event": event.fact.id})
        self.events.append(withdrawal)
        self.hear(self.shard.fold([withdrawal]))

    @rule(kind=kinds, step=steps)
    def pass_time(self, kind, step):
        self.advance(kind, max(ZERO, self.shard.time(kind)) + step)

    @rule(kind=kinds, around=st.sampled_from([-1, 0, 1]), said_at=st.none() | st.just(ZERO + 400 * DAY))
    def pass_the_next_moment(self, kind, around, said_at):
        moment = self.shard.next_moment(kind)
        if moment is not None:
            said = self.advance(kind, moment + around, said_at)
            assert around >= 0 or said == []
            assert all(each.said_at == said_at for each in said) or said_at is None

    @rule()
    def restart(self):
        """All that the ledger holds, in a fresh shard; the topics tell the time anew."""
        twin = Shard(self.pack, forgets=False)
        for name in self.names():
            twin.restore(name, self.shard.save(name))
        for kind in KIND_TOPICS:
            assert twin.advance(kind, self.shard.time(kind)) == []
        assert twin.take_changed() == []
        self.uncommitted.update(self.shard.take_changed())
        self.shard = twin

    @precondition(lambda self: self.events)
    @rule(data=st.data())
    def take_over_a_subject_that_is_held(self, data):
        name = data.draw(st.sampled_from(self.names())) if self.names() else None
        if name is not None:
            self.shard.restore(name, self.shard.save(name))

    @rule()
    def commit(self):
        """What is taken to be saved covers every difference from what was saved before."""
        taken = self.uncommitted | set(self.shard.take_changed())
        self.uncommitted = set()
        now = {name: self.shard.save(name) for name in self.names()}
        assert {name for name, value in now.items() if self.saved.get(name) != value} <= taken
        self.saved = now

    @invariant()
    def the_next_moment_lies_ahead(self):
        for kind in KIND_TOPICS:
            moment = self.shard.next_moment(kind)
            assert moment is None or moment > self.shard.time(kind)

    @invariant()
    def what_stands_is_what_judging_the_set_anew_says(self):
        for name in self.names():
            kind = kind_of(name)
            judgement = judge(kind, self.history(name), self.pack)
            views = {view.clock: view for view in self.shard.clocks(name)}
            found = {f"{name}/{finding.key}": finding for finding in judgement.findings}
            assert {clock: view.finding for clock, view in views.items() if view.finding is not None} == found
            for clock, view in views.items():
                if view.finding is None:
                    assert (view.verdict, view.reason) == (EXCLUDED, "never-ran")
                    assert view.said
                else:
                    assert view.verdict == found[clock].at(self.shard.time(kind))
                    assert view.cohort == judgement.cohort

    @invariant()
    def what_was_said_is_kept_and_numbered(self):
        kept = {view.clock: len(view.said) for view in self.shard.clocks() if view.said}
        assert kept == self.revisions

    @invariant()
    def the_roll_holds_the_open_clocks(self):
        wanted = {
            view.clock for view in self.shard.clocks() if view.finding is not None and view.finding.open
        }
        assert {clock for clock, _ in self.shard.roll.open()} == wanted

    @invariant()
    def the_tallies_are_a_plain_count(self):
        now = max(self.shard.time(kind) for kind in KIND_TOPICS)
        tallies = self.shard.roll.tallies
        weeks = {week: sum(counts.values()) for week, counts in tallies.weeks(10**13).items()}
        first = iso_week(max(0, now - (WEEKS_KEPT - 1) * 7 * DAY), self.pack.zone)
        judged = self.judged()
        assert weeks == Counter(week for due in judged if (week := iso_week(due, self.pack.zone)) >= first)
        for length in (HOUR, DAY):
            whole = range((now - length) // MINUTE + 1, now // MINUTE + 1)
            counted = sum(tallies.window(length, now).values())
            assert counted == sum(due // MINUTE in whole for due in judged)

    def judged(self) -> list[int]:
        """When each clock that is no longer running fell due."""
        return [
            view.finding.due
            for view in self.shard.clocks()
            if view.finding is not None and view.verdict != RUNNING
        ]

    def advance(self, kind: str, now: int, said_at: int | None = None) -> list[Said]:
        said = self.shard.advance(kind, now, said_at)
        self.hear(said)
        return said

    def hear(self, said: list[Said]) -> None:
        """Nothing is said twice, and nothing is left out between."""
        for each in said:
            assert each.revision == self.revisions.get(each.clock, 0) + 1
            self.revisions[each.clock] = each.revision

    def names(self) -> list[str]:
        return sorted({event.subject for event in self.events if event.subject in self.shard})

    def history(self, name: str) -> History:
        history = History()
        for event in self.events:
            if event.subject == name and event.fact.type not in UNREAD:
                history.add(event.fact)
        return history


TestShardMachine = ShardMachine.TestCase
TestShardMachine.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
