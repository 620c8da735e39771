"""The subjects of one partition: fold events in, advance time, hear what is to be said. In memory and pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from clocks.deadlines import Deadlines
from clocks.feeds import FAR, FEED, Feed
from clocks.finding import Judgement
from clocks.forgetting import KEPT
from clocks.held import Held
from clocks.history import UNREAD
from clocks.judging import RULES_VERSION, judge, pack_of
from clocks.roll import Roll
from clocks.saying import RULES_CHANGED, Said
from clocks.settled import TALLY, TIMES, read_week
from clocks.silence import Feeds, with_skews
from clocks.speaker import Occasion, changes
from clocks.standard import Pack
from clocks.subject import Subject, decode_record, encode_record
from clocks.views import ClockView, views
from schemas.events import KIND_TOPICS, OF_SOURCES, kind_of
from schemas.facts import Event

FORGOTTEN_AT_ONCE = 200
"""Subjects of a kind forgotten before others get their turn: some 5 ms."""
FORGOTTEN_BESIDE = 20
"""Subjects of a kind forgotten each time that time moves, which may be often in one turn."""
NOT_KEPT = UNREAD | OF_SOURCES
"""Types that are in no subject's history."""


class Failure(NamedTuple):
    """A subject that could not be judged, and why."""

    subject: str
    error: Exception


class Shard:
    """The state of one partition. Time is handed in; whoever holds the shard saves what changed."""

    def __init__(
        self,
        pack: Pack,
        feeds: Sequence[Feed] = (),
        ours: Callable[[Feed], bool] = lambda _: True,
        *,
        forgets: bool = True,
        parting: Callable[[str, Subject], None] | None = None,
    ) -> None:
        """`feeds`: those whose silence matters; `ours`: whether this shard announces it.

        With `forgets` false nothing is forgotten or too late (S8): for facts of one history handed in in any order.
        `parting` is called with a subject that is being forgotten, and its name.
        """
        self.pack = with_skews(pack, feeds)
        self.feeds = Feeds(feeds, ours)
        self._parting = parting
        self.roll = Roll(pack.zone)
        self.unread = 0
        self.failures: list[Failure] = []
        self._subjects = Held(self.pack, forgets)
        self._deadlines = {kind: Deadlines() for kind in KIND_TOPICS}
        self._times = dict.fromkeys(KIND_TOPICS, 0)
        self._changed: dict[str, None] = {}
        self._by_older_rules: set[str] = set()

    def __contains__(self, name: object) -> bool:
        return name in self._subjects

    def __len__(self) -> int:
        return len(self._subjects)

    def fold(self, events: Iterable[Event], said_at: int | None = None) -> list[Said]:
        """Put events into their histories, and judge the subjects that changed.

        `said_at` (ms) is when the announcements are made; None: when the latest evidence was recorded.
        """
        said: list[Said] = []
        if feeds := self.feeds:
            events = list(events)
            feeds.hear(events, self._times, said_at)
        for name, cause in self._remember(events, said_at, said).items():
            self._changed[name] = None
            now = self._times[kind_of(name)]
            if self._judge(name) or (feeds and self._settle(name, now)):
                occasion = Occasion(now, cause, cause if said_at is None else said_at, by_evidence=True)
                said += self._look(name, occasion)
        if feeds and (feeds.hidden or feeds.shown):
            for kind in KIND_TOPICS:
                cause = feeds.cause
                said_now = cause if said_at is None else said_at
                said += self._look_again(kind, Occasion(self._times[kind], cause, said_now))
        return said

    def advance(self, kind: str, now: int, said_at: int | None = None) -> list[Said]:
        """Move the time of one kind of subject to `now` (ms, never back) and fire what fell due, in order.

        `said_at` None: each announcement is made at the moment that fired it.
        """
        if now <= self._times[kind]:
            return []
        said = self._fire_due(kind, now, said_at)
        self._times[kind] = now
        self.roll.tallies.forget_before(now)
        if now >= self._subjects.leaving.earliest:
            self._forget_some(kind, FORGOTTEN_BESIDE)
        return said

    def advance_all(self, now: int) -> list[Said]:
        """Move the time of every kind to `now` (ms); each announcement is made at the moment that fired it."""
        said: list[Said] = []
        times = self._times
        for kind, deadlines in self._deadlines.items():
            if now > times[kind]:
                earliest = deadlines.next()
                if self.feeds or (earliest is not None and earliest <= now):
                    said += self._fire_due(kind, now, None)
                times[kind] = now
        self.roll.tallies.forget_before(now)
        if now >= self._subjects.leaving.earliest:
            self.forget(FORGOTTEN_BESIDE)
        return said

    def forget(self, most: int = FORGOTTEN_AT_ONCE) -> None:
        """Forget up to `most` subjects a kind whose time has come; `forgetting` tells whether there are more."""
        for kind in KIND_TOPICS:
            self._forget_some(kind, most)

    @property
    def forgetting(self) -> bool:
        """Whether there are more subjects whose time has come."""
        return self._subjects.leaving.waiting(self._times)

    def next_leaving(self, kind: str) -> int:
        """When (ms) it is next to be looked whether a subject of a kind is to be forgotten; NEVER: none is held."""
        return self._subjects.leaving.next(kind)

    def next_moment(self, kind: str) -> int | None:
        """The earliest moment (ms) at which something of a kind fires."""
        moment = self._deadlines[kind].next()
        if not self.feeds:
            return moment
        silent = self.feeds.next_moment(kind, self._times[kind])
        return moment if silent == FAR else min(silent, FAR if moment is None else moment)

    def time(self, kind: str) -> int:
        """The time of a kind of subject, in ms; 0 before any was told."""
        return self._times[kind]

    def take_changed(self) -> list[str]:
        """The ledger's keys to be saved since the last call: subjects, feeds, and counts of those forgotten."""
        changed, self._changed = self._changed | self.feeds.take_changed(), {}
        return [*changed, *self.roll.tallies.settled.take_changed()]

    def changed(self, name: str) -> bool:
        """Whether a subject changed since `take_changed` was last called."""
        return name in self._changed

    def take_too_late(self) -> list[Event]:
        """The events since the last call that came too late for a subject that is not held (S8)."""
        too_late, self._subjects.too_late = self._subjects.too_late, []
        return too_late

    def take_failures(self) -> list[Failure]:
        """The subjects that could not be judged since the last call."""
        failures, self.failures = self.failures, []
        return failures

    def save(self, name: str) -> bytes | None:
        """The ledger record under a key that changed, as JSON; None where it is to be deleted: a tombstone."""
        if name == TIMES:
            return self._subjects.leaving.save()
        if name.startswith(TALLY):
            return self.roll.tallies.settled.save(name.removeprefix(TALLY))
        if name.startswith(FEED):
            return self.feeds.save(name)
        subject = self._subjects.get(name)
        return None if subject is None else encode_record(subject.record(name))

    def restore(self, name: str, value: bytes) -> None:
        """Put a saved record back, in place of what is held of it; says nothing and judges nothing."""
        if name == TIMES:
            self._subjects.leaving.restore(value)
        elif name.startswith(TALLY):
            record = read_week(value)
            self.roll.tallies.restore_week(record.week, dict(record.counts))
        elif name.startswith(FEED):
            self.feeds.restore(name, value)
        elif "/" not in name:  # else it stands beside the subjects, for others
            self._restore_subject(name, value)

    def _restore_subject(self, name: str, value: bytes) -> None:
        held = self._subjects.get(name)
        for key in held.clocks if held is not None else ():
            self.roll.strike(f"{name}/{key}")
        subject = Subject.of(decode_record(value), self.pack)
        self._subjects.keep(name, subject)
        if subject.rules != RULES_VERSION:
            self._by_older_rules.add(name)
        # Time had come as far as what was said by it: judged by an earlier time, it would be said again.
        self._times[kind_of(name)] = max(self._times[kind_of(name)], subject.reached())
        self._index(name, subject)

    def clocks(self, name: str | None = None) -> Iterator[ClockView]:
        """Every clock, or those of one subject."""
        for each in list(self._subjects) if name is None else [name]:
            subject = self._subjects.get(each)
            if subject is not None:
                yield from views(each, subject)

    def _remember(self, events: Iterable[Event], said_at: int | None, said: list[Said]) -> dict[str, int]:
        """The subjects whose history the events changed, each with when the latest of them was recorded.

        What mended rules alone change of them is put into `said`, and what is still to be said of a subject that has
        to be forgotten on the way.
        """
        touched: dict[str, int] = {}
        subjects = self._subjects
        for event in events:
            name, _, fact, _ = event
            if fact.type in NOT_KEPT:
                self.unread += fact.type in UNREAD
                continue
            subject = subjects.get(name)
            if subject is None or fact.recorded > subject.kept_until or fact.recorded - fact.time > KEPT:
                subject = self._admit(event, touched, said_at, said)
                if subject is None:
                    continue
            if name in self._by_older_rules:
                said += self._mend(name, fact.recorded, said_at)
            if subject.history.add(fact):
                cause = touched.get(name)
                if cause is None or fact.recorded > cause:
                    touched[name] = fact.recorded
        return touched

    def _admit(
        self, event: Event, touched: dict[str, int], said_at: int | None, said: list[Said]
    ) -> Subject | None:
        """The subject an event belongs to; what was to be forgotten before it has its last words first (S8)."""
        name, recorded, subjects = event.subject, event.fact.recorded, self._subjects
        subject = subjects.get(name)
        if subject is not None and recorded > subject.kept_until:
            judgement = self._judgement(name, subject) if name in touched else subject.judgement
            if subjects.has_left(subject, recorded, judgement.findings):
                said += self._last_words(name, touched.pop(name, None), recorded, said_at)
        return subjects.admit(event, self._times[kind_of(name)])

    def _last_words(self, name: str, cause: int | None, recorded: int, said_at: int | None) -> list[Said]:
        """Say what is left to be said of a subject before a fact made at `recorded` (ms), and forget it.

        `cause`: when the latest was recorded that it was not yet judged by. Then its time is played out.
        """
        subject, said = self._subjects[name], []
        if cause is not None and self._judge(name):
            said_now = cause if said_at is None else said_at
            said += self._look(name, Occasion(self._times[subject.kind], cause, said_now, by_evidence=True))
        while (moment := subject.next_moment()) is not None and moment < recorded:
            said += self._look(name, Occasion(moment, moment, moment if said_at is None else said_at))
        self._forget(name, subject, recorded)
        return said

    def _forget_some(self, kind: str, most: int) -> None:
        now = self._times[kind]
        for name, subject in self._subjects.pop_due(kind, now, most):
            self._forget(name, subject, now)

    def _forget(self, name: str, subject: Subject, now: int) -> None:
        """Its clocks stay counted in their weeks; a tombstone and those counts are to be saved together."""
        if self._parting is not None:
            self._parting(name, subject)
        del self._subjects[name]
        self._by_older_rules.discard(name)
        self._deadlines[subject.kind].set(name, None)
        for key in subject.clocks:
            self.roll.settle(f"{name}/{key}")
        self._subjects.leaving.left(subject.kind, now)
        self._changed[name] = self._changed[TIMES] = None

    def _judge(self, name: str) -> bool:
        """Judge a subject anew; whether that changed what is found of it."""
        subject = self._subjects[name]
        if not subject.take(self._judgement(name, subject)):
            return False
        self._drop_unsaid(name, subject)
        return True

    def _mend(self, name: str, touched: int, said_at: int | None) -> list[Said]:
        """Judge a subject by mended rules before anything new is heard of it; say what that alone changes (N5)."""
        self._by_older_rules.discard(name)
        if not self._judge(name):
            return []
        now = self._times[kind_of(name)]
        return self._look(
            name, Occasion(now, touched, touched if said_at is None else said_at, RULES_CHANGED)
        )

    def _judgement(self, name: str, subject: Subject) -> Judgement:
        """One bad subject must not take the partition down: its clocks cannot be verified."""
        try:
            subject.pack = pack_of(subject.history.standing(), self.pack)
            return judge(subject.kind, subject.history, self.pack)
        except Exception as error:
            self.failures.append(Failure(name, error))
            return subject.unjudged()

    def _drop_unsaid(self, name: str, subject: Subject) -> None:
        """A clock that never ran and of which nothing was said is gone without a word (S4)."""
        gone = [key for key, state in subject.clocks.items() if state.finding is None and not state.said]
        for key in gone:
            del subject.clocks[key]
            self.roll.strike(f"{name}/{key}")

    def _fire_due(self, kind: str, now: int, said_at: int | None) -> list[Said]:
        """Fire deadlines and silences in order; a feed that falls silent does so before what fell due at once."""
        said: list[Said] = []
        while self.feeds and (silent := self.feeds.due(kind, self._times[kind], now)) is not None:
            said += self._fire_clocks(kind, silent - 1, said_at)
            self._times[kind] = silent
            self.feeds.fire(kind, silent, said_at)
            said += self._look_again(kind, Occasion(silent, silent, silent if said_at is None else said_at))
        return said + self._fire_clocks(kind, now, said_at)

    def _look_again(self, kind: str, occasion: Occasion) -> list[Said]:
        """Look at the clocks of a kind that what was heard of the feeds, or was not, puts in another light."""
        said: list[Said] = []
        for name in self.roll.in_doubt(kind, self.feeds.hidden, self.feeds.shown):
            if self._settle(name, occasion.now):
                said += self._tell(name, occasion)
        return said

    def _settle(self, name: str, now: int) -> bool:
        """Put what is found of a subject as the feeds leave it at `now`; whether that changed anything (S6)."""
        subject, changed = self._subjects[name], False
        borough, facts = subject.judgement.borough, subject.history.standing()
        for state in subject.clocks.values():
            if state.finding is not None:
                settled = self.feeds.judged(state.finding, subject.kind, borough, facts, now)
                changed = changed or settled != state.finding
                state.finding = settled
        return changed

    def _fire_clocks(self, kind: str, now: int, said_at: int | None) -> list[Said]:
        said: list[Said] = []
        deadlines = self._deadlines[kind]
        while due := deadlines.pop_due(now):
            for moment, name in due:
                said += self._look(name, Occasion(moment, moment, moment if said_at is None else said_at))
        return said

    def _look(self, name: str, occasion: Occasion) -> list[Said]:
        """Say what is new of a subject, and when to look at it next."""
        if self.feeds:
            self._settle(name, occasion.now)
        return self._tell(name, occasion)

    def _tell(self, name: str, occasion: Occasion) -> list[Said]:
        subject = self._subjects[name]
        said: list[Said] = []
        for key, state in subject.clocks.items():
            said += changes(name, subject, key, state, occasion)
        self._changed[name] = None
        self._index(name, subject)
        return said

    def _index(self, name: str, subject: Subject) -> None:
        for key, state in subject.clocks.items():
            self.roll.note(f"{name}/{key}", subject, state)
        self._deadlines[subject.kind].set(name, subject.next_moment())
