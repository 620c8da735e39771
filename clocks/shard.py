"""The subjects of one partition: fold events in, advance time, hear what is to be said. In memory and pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from clocks.attributes import describe
from clocks.deadlines import Deadlines
from clocks.feeds import FAR, Feed
from clocks.finding import Finding, Judgement
from clocks.history import UNREAD, History
from clocks.judging import RULES_VERSION, judge, pack_of
from clocks.roll import Roll
from clocks.saying import NEVER_RAN, RULES_CHANGED, ClockState, Revision, Said
from clocks.silence import Feeds, with_skews
from clocks.speaker import Occasion, changes
from clocks.standard import Pack
from clocks.subject import Subject, decode_record, encode_record
from schemas.events import KIND_TOPICS, OF_SOURCES, kind_of
from schemas.facts import Event

_NOT_KEPT = UNREAD | OF_SOURCES
_BESIDE = "feed/"
"""What stands beside the subjects begins so; no subject has a slash."""


class ClockView(NamedTuple):
    """One clock as people ask for it; times in ms UTC, `finding` None only where it never ran."""

    clock: str
    subject: str
    standard: str
    verdict: str
    reason: str | None
    finding: Finding | None
    cohort: str
    said: tuple[Revision, ...]


class Failure(NamedTuple):
    """A subject that could not be judged, and why."""

    subject: str
    error: Exception


class Shard:
    """The state of one partition. Time is handed in; whoever holds the shard saves what changed."""

    def __init__(
        self, pack: Pack, feeds: Sequence[Feed] = (), ours: Callable[[Feed], bool] = lambda _: True
    ) -> None:
        """`feeds`: those whose silence matters; `ours`: whether this shard announces it."""
        self.pack = with_skews(pack, feeds)
        self.feeds = Feeds(feeds, ours)
        self.roll = Roll(pack.zone)
        self.unread = 0
        self.failures: list[Failure] = []
        self._subjects: dict[str, Subject] = {}
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
            if self._judge(name):
                now = self._times[kind_of(name)]
                said += self._look(name, Occasion(now, cause, cause if said_at is None else said_at))
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
        return said

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
        """The subjects, and feeds, to be saved since the last call."""
        changed, self._changed = self._changed | self.feeds.take_changed(), {}
        return list(changed)

    def take_failures(self) -> list[Failure]:
        """The subjects that could not be judged since the last call."""
        failures, self.failures = self.failures, []
        return failures

    def save(self, name: str) -> bytes | None:
        """The ledger record of a subject or feed, as JSON; None where it is to be forgotten."""
        if name.startswith(_BESIDE):
            return self.feeds.save(name)
        return encode_record(self._subjects[name].record(name))

    def restore(self, name: str, value: bytes) -> None:
        """Put a saved subject or feed back, in place of what is held of it; says nothing and judges nothing."""
        if name.startswith(_BESIDE):
            self.feeds.restore(name, value)
            return
        held = self._subjects.get(name)
        for key in held.clocks if held is not None else ():
            self.roll.strike(f"{name}/{key}")
        subject = self._subjects[name] = Subject.of(decode_record(value), self.pack)
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
                yield from (_view(each, key, subject, state) for key, state in subject.clocks.items())

    def attributes(self, name: str, finding: Finding | None = None) -> dict[str, Any]:
        """What people want to know of a subject beside its clocks; `finding` dates its regrades."""
        subject = self._subjects[name]
        return describe(subject.kind, subject.history.standing(), finding)

    def _remember(self, events: Iterable[Event], said_at: int | None, said: list[Said]) -> dict[str, int]:
        """The subjects whose history the events changed, each with when the latest of them was recorded.

        What mended rules alone change of them is put into `said`.
        """
        touched: dict[str, int] = {}
        subjects = self._subjects
        for name, _, fact, _ in events:
            if fact.type in _NOT_KEPT:
                self.unread += fact.type in UNREAD
                continue
            subject = subjects.get(name)
            if subject is None:
                subject = subjects[name] = Subject(kind_of(name), History(), self.pack)
            if name in self._by_older_rules:
                said += self._mend(name, fact.recorded, said_at)
            if subject.history.add(fact):
                cause = touched.get(name)
                if cause is None or fact.recorded > cause:
                    touched[name] = fact.recorded
        return touched

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
            if self._unsettled(name, occasion.now):
                said += self._look(name, occasion)
        return said

    def _unsettled(self, name: str, now: int) -> bool:
        subject = self._subjects[name]
        return any(
            state.finding is not None and self._settled(subject, state.finding, now) != state.finding
            for state in subject.clocks.values()
        )

    def _settled(self, subject: Subject, finding: Finding, now: int) -> Finding:
        """The finding as the feeds leave it at `now` (S6)."""
        borough, facts = subject.judgement.borough, subject.history.standing()
        return self.feeds.judged(finding, subject.kind, borough, facts, now)

    def _fire_clocks(self, kind: str, now: int, said_at: int | None) -> list[Said]:
        said: list[Said] = []
        deadlines = self._deadlines[kind]
        while due := deadlines.pop_due(now):
            for moment, name in due:
                said += self._fire(name, moment, moment if said_at is None else said_at)
        return said

    def _fire(self, name: str, moment: int, said_at: int) -> list[Said]:
        """Look at a subject at a moment that has come."""
        return self._look(name, Occasion(moment, moment, said_at))

    def _look(self, name: str, occasion: Occasion) -> list[Said]:
        subject = self._subjects[name]
        said: list[Said] = []
        for key, state in subject.clocks.items():
            if self.feeds and state.finding is not None:
                state.finding = self._settled(subject, state.finding, occasion.now)
            said += changes(name, subject, key, state, occasion)
        self._changed[name] = None
        self._index(name, subject)
        return said

    def _index(self, name: str, subject: Subject) -> None:
        for key, state in subject.clocks.items():
            self.roll.note(f"{name}/{key}", subject, state)
        self._deadlines[subject.kind].set(name, subject.next_moment())


def _view(name: str, key: str, subject: Subject, state: ClockState) -> ClockView:
    finding = state.finding
    return ClockView(
        clock=f"{name}/{key}",
        subject=name,
        standard=key.partition("#")[0],
        verdict=state.verdict,
        reason=NEVER_RAN if finding is None else finding.reason,
        finding=finding,
        cohort=subject.judgement.cohort,
        said=tuple(state.said),
    )
