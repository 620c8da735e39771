"""The feeds of an installation: which clocks depend on which, and what their silence makes of a clock (S6)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec

from clocks.feeds import FAR, Feed, Heard, Span
from clocks.finding import Finding
from clocks.history import STARTS
from clocks.standard import Pack
from schemas.events import KIND_TOPICS, OUTAGE, TYPES
from schemas.facts import Event, Fact

SILENT, BACK = "feed.silent", "feed.back"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Heard).decode

Times = Mapping[str, int]
"""How far the time of each kind of subject has come, in ms."""


class FeedNews(NamedTuple):
    """That a feed fell silent, or is back; times in ms UTC. `last`: what was heard before that silence."""

    feed: Feed
    news: str
    about: int
    said_at: int
    revision: int
    last: int


class Known(msgspec.Struct):
    """A feed and what was heard of it; `kinds` are the kinds of subject whose clocks read its topic."""

    feed: Feed
    heard: Heard
    kinds: tuple[str, ...]
    ours: bool

    def silent_at(self) -> int:
        """When it falls silent, or fell, in ms; never, where it was never heard."""
        return FAR if self.heard.last is None else self.heard.last + self.feed.silence + 1

    def alert_at(self) -> int:
        """When its silence is to be announced by us, in ms."""
        moment = None if self.heard.silent or not self.ours else self.heard.alert_at(self.feed.silence)
        return FAR if moment is None else moment

    def moment(self, kind: str, after: int) -> int:
        """When something of it is to be done for a kind of subject; the first of its kinds sees to the alert."""
        alert = max(self.alert_at(), after + 1) if kind == self.kinds[0] else FAR
        silent = self.silent_at()
        return min(alert, silent) if silent > after else alert


class Feeds:
    """What one shard knows of the feeds that are named; false where none is, and then nothing here is asked."""

    def __init__(self, named: Iterable[Feed] = (), ours: Callable[[Feed], bool] = lambda _: True) -> None:
        """`ours`: whether it is for this shard to announce a feed's silence."""
        self.hidden: Span | None = None
        """The dues that what was heard last may have made unverifiable."""
        self.shown: Span | None = None
        """Those that it may have made good."""
        self.cause = 0
        self._known: dict[str, Known] = {}
        self._of_source: dict[str, dict[str, Known]] = {}
        self._of_kind: dict[str, list[Known]] = {kind: [] for kind in KIND_TOPICS}
        self._of_borough: dict[tuple[str, str | None], list[Known]] = {}
        self._wake: dict[str, int] = dict.fromkeys(KIND_TOPICS, FAR)
        self._changed: dict[str, None] = {}
        self._news: list[FeedNews] = []
        for feed in named:
            self._add(feed, ours(feed))

    def __bool__(self) -> bool:
        return bool(self._known)

    def __iter__(self) -> Iterator[Known]:
        return iter(self._known.values())

    def _add(self, feed: Feed, ours: bool) -> None:
        kinds = tuple(kind for kind, topics in KIND_TOPICS.items() if feed.topic in topics)
        known = self._known[feed.key] = Known(feed, Heard(), kinds, ours)
        self._of_source.setdefault(feed.source, {})[feed.topic] = known
        for kind in kinds:
            self._of_kind[kind].append(known)
            for borough in feed.boroughs:
                self._of_borough.setdefault((kind, borough), []).append(known)

    # ---- what the records say ------------------------------------------------------------------------------

    def hear(self, events: Iterable[Event], times: Times, said_at: int | None = None) -> None:
        """Take in the feeds' records among these; `hidden` and `shown` then tell which clocks to look at."""
        self.hidden = self.shown = None
        of_source = self._of_source
        for event in events:
            of_topic = of_source.get(event.fact.source)
            if of_topic is None:
                continue
            known = of_topic.get(event.topic)
            if known is not None:
                self._hear(known, event.fact, times, said_at)
            elif not event.topic:  # a sign of life in a file names no topic
                for each in of_topic.values():
                    self._hear(each, event.fact, times, said_at)

    def hear_all(self, events: Iterable[Event], at: int) -> None:
        """Take in what was recorded up to `at` (ms), in any order, for judging without a stream."""
        self.hear((event for event in events if event.fact.recorded <= at), dict.fromkeys(KIND_TOPICS, 0))
        self._changed, self._news = {}, []

    def join(self, other: "Feeds") -> None:
        """Take in what others, of the same names, heard in other records."""
        for key, known in self._known.items():
            known.heard.join(other._known[key].heard, known.feed.silence)

    def _hear(self, known: Known, fact: Fact, times: Times, said_at: int | None) -> None:
        heard, recorded = known.heard, fact.recorded
        self._changed[known.feed.key] = None
        if fact.type == OUTAGE:
            if heard.declare(fact.id, recorded, fact.data["from"], fact.data["until"]):
                self._note(Span(recorded - 1, FAR), Span(recorded - 1, FAR), recorded)
                self._wake_all(known, 0)
            return
        if heard.last is None or recorded > heard.last:
            self._speaks(known, recorded, times, said_at)
        else:
            split = heard.hear(recorded, known.feed.silence)
            self._note(split, split, recorded)
        if "through" in fact.data:
            self._note(None, heard.promise(fact.data["through"], recorded), recorded)

    def _speaks(self, known: Known, recorded: int, times: Times, said_at: int | None) -> None:
        """The feed's latest record."""
        heard, silence, last = known.heard, known.feed.silence, known.heard.last
        alert = known.alert_at()
        gap = heard.hear(recorded, silence)
        if last is None:
            self._wake_all(known, known.silent_at())
            return
        was_silent = any(times[kind] - last > silence for kind in known.kinds)
        if was_silent or gap is not None:
            self._note(gap, Span(last, FAR), recorded)
            self._wake_all(known, known.silent_at())
        if alert <= recorded:
            self._say(known, SILENT, alert, recorded if said_at is None else said_at, last)
        if heard.silent and times[known.kinds[0]] - recorded <= silence:
            self._say(known, BACK, recorded, recorded if said_at is None else said_at, last)

    def _note(self, hidden: Span | None, shown: Span | None, cause: int) -> None:
        if hidden is not None or shown is not None:
            self.cause = max(self.cause, cause) if self.hidden or self.shown else cause
            self.hidden, self.shown = _both(self.hidden, hidden), _both(self.shown, shown)

    # ---- when time passes ----------------------------------------------------------------------------------

    def next_moment(self, kind: str, after: int) -> int:
        """When, after `after`, a feed falls silent or its alert is to be raised, in ms; it may prove to be later."""
        if self._wake[kind] <= after:
            self._wake[kind] = self._moment(kind, after)
        return self._wake[kind]

    def due(self, kind: str, after: int, now: int) -> int | None:
        """The same to the millisecond, where it is not after `now`."""
        if self._wake[kind] > now:
            return None
        self._wake[kind] = moment = self._moment(kind, after)
        return moment if moment <= now else None

    def _moment(self, kind: str, after: int) -> int:
        return min((known.moment(kind, after) for known in self._of_kind[kind]), default=FAR)

    def fire(self, kind: str, moment: int, said_at: int | None) -> None:
        """The moment has come: raise the alerts; `hidden` tells the dues that are in doubt."""
        self.hidden = self.shown = None
        for known in self._of_kind[kind]:
            last = known.heard.last
            if last is not None and known.silent_at() == moment:
                self._note(Span(last, FAR), None, moment)
            alert = known.alert_at() if kind == known.kinds[0] else FAR
            if last is not None and alert <= moment:
                self._say(known, SILENT, alert, moment if said_at is None else said_at, last)

    def _wake_all(self, known: Known, moment: int) -> None:
        for kind in known.kinds:
            self._wake[kind] = min(self._wake[kind], moment)

    def _say(self, known: Known, news: str, about: int, said_at: int, last: int) -> None:
        heard = known.heard
        heard.silent, heard.said = news == SILENT, heard.said + 1
        self._changed[known.feed.key] = None
        self._news.append(FeedNews(known.feed, news, about, said_at, heard.said, last))

    # ---- what it makes of a clock --------------------------------------------------------------------------

    def judged(
        self, finding: Finding, kind: str, borough: str | None, facts: list[Fact], now: int
    ) -> Finding:
        """The finding at `now`: unverifiable where time alone decides it and it fell due in a silence.

        `facts` are those of its subject that count, in order; `borough` is the subject's.
        """
        finding = finding.heard()
        if finding.verdict is not None or now < finding.breach_at:
            return finding
        decided = self._silenced(kind, borough, facts, finding.due, now)
        return finding if decided is None else finding.unheard(decided)

    def _silenced(self, kind: str, borough: str | None, facts: list[Fact], due: int, now: int) -> int | None:
        found = [
            known.heard.silenced(due, now, known.feed.silence) for known in self._of(kind, borough, facts)
        ]
        return min((moment for moment in found if moment is not None), default=None)

    def depended_on(self, kind: str, borough: str | None, facts: list[Fact]) -> list[Feed]:
        """The feeds a subject's clocks depend on, by its ordered facts that count."""
        return [known.feed for known in self._of(kind, borough, facts)]

    def _of(self, kind: str, borough: str | None, facts: list[Fact]) -> list[Known]:
        """The feeds a subject's clocks depend on: those of its borough, else the source of its start."""
        named = self._of_borough.get((kind, borough))
        if named is not None:
            return named
        start = next((fact for fact in facts if fact.type in STARTS), None)
        if start is None:
            return []
        known = self._of_source.get(start.source, {}).get(TYPES[start.type].topics[0])
        outside = known is not None and known.feed.boroughs and borough is not None
        return [] if known is None or outside else [known]

    # ---- the ledger ----------------------------------------------------------------------------------------

    def save(self, key: str) -> bytes | None:
        """The ledger record of a feed, as JSON; None where it is no longer named."""
        return _encode(self._known[key].heard) if key in self._known else None

    def restore(self, key: str, value: bytes) -> None:
        """Put a saved feed back; one that is no longer named is to be forgotten."""
        known = self._known.get(key)
        if known is None:
            self._changed[key] = None
            return
        heard, silence = _decode(value), known.feed.silence
        heard.gaps = [gap for gap in heard.gaps if gap[1] - gap[0] > silence]
        known.heard = heard
        self._wake_all(known, 0)

    def take_changed(self) -> dict[str, None]:
        """The feeds to be saved since the last call."""
        changed, self._changed = self._changed, {}
        return changed

    def take_news(self) -> list[FeedNews]:
        """What is to be announced of feeds since the last call."""
        news, self._news = self._news, []
        return news


def with_skews(pack: Pack, feeds: Iterable[Feed]) -> Pack:
    """The pack, which then knows of the feeds whose clocks may differ by more, or less, than it says (T7)."""
    skews = {(feed.topic, feed.source): feed.skew for feed in feeds if feed.skew is not None}
    return _skewed(pack, skews) if skews else pack


def _skewed(pack: Pack, skews: dict[tuple[str, str], int]) -> Pack:
    before = None if pack.before is None else _skewed(pack.before, skews)
    return msgspec.structs.replace(pack, skews=skews, before=before)


def _both(one: Span | None, other: Span | None) -> Span | None:
    if one is None or other is None:
        return one or other
    return Span(min(one.low, other.low), max(one.high, other.high))
