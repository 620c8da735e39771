"""What there is to verify: events as they were recorded, what was said of them, and up to when."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, product
from operator import attrgetter

from clocks.feeds import Feed
from clocks.finding import Finding
from clocks.history import UNREAD, History
from clocks.judging import judge
from clocks.standard import Pack
from pledgewatch.verifying.told import FeedTold, Told
from schemas.events import OF_SOURCES, kind_of
from schemas.facts import Event, Fact

MOST_BEGINNINGS = 2_000
"""How many states of knowledge are tried before a telling counts as untrue."""

_recorded = attrgetter("recorded")


@dataclass
class Recorded:
    """One partition's worth (or a whole recording); times in ms.

    Everything due by `surely` has been said, if it is to be; nothing after `at_most` can have been.
    `arrivals`: when an event reached Kafka, where that was noticeably late, by (source, id).
    `whole`: what was said is all that the engine said, not its news alone.
    """

    pack: Pack
    settle: int
    surely: int
    at_most: int
    grace: int = 0
    events: list[Event] = field(default_factory=list)
    said: dict[str, list[Told]] = field(default_factory=dict)
    arrivals: dict[tuple[str, str], int] = field(default_factory=dict)
    whole: bool = False
    alerts: dict[str, list[int]] | None = None
    """Where `said` is the ledger's: the revisions of each clock that `breach-alerts` carries."""
    feeds: tuple[Feed, ...] = ()
    announces: frozenset[str] = frozenset()
    """The feeds, by their keys, whose silence is to be announced here."""
    told_of_feeds: dict[str, list[FeedTold]] = field(default_factory=dict)
    """What `breach-alerts` carries of feeds."""
    unreadable: int = 0
    forgotten: set[str] = field(default_factory=set)
    """Subjects that the ledger rightly no longer has: `said` is their news alone."""
    returned: set[str] = field(default_factory=set)
    """Subjects that came back after they were forgotten."""
    lost: int = 0
    """Records that cannot be read and are not among the dead letters."""

    def say(self, told: Iterable[Told]) -> None:
        """Takes in what was said, in any order."""
        for each in told:
            self.said.setdefault(each.clock, []).append(each)

    def told_wholly(self, subject: str) -> bool:
        """Whether all that was said of a subject is there, not its news alone."""
        return self.whole and subject not in self.forgotten

    def must_know(self, told: Told) -> Callable[[Fact], bool]:
        """Whether a fact was known for certain when this was said (T5).

        It was recorded by the moment spoken of, and lay in Kafka a moment before anything was said.
        """

        def known(fact: Fact) -> bool:
            arrived = self.arrivals.get((fact.source, fact.id), fact.recorded)
            return fact.recorded <= told.about and arrived <= told.said_at - self.grace

        return known

    def of_subjects(self) -> int:
        """How many events speak of a subject, not of a source."""
        return sum(event.fact.type not in OF_SOURCES for event in self.events)

    def in_order(self) -> Iterator[Event]:
        """The events in order of recording."""
        return iter(sorted(self.events, key=lambda event: event.fact.recorded))


class Histories:
    """Each subject's facts by topic, in order of recording, and what any beginnings of them say of a clock."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._facts: dict[str, dict[str, list[Fact]]] = {}
        for subject, topic, fact, _ in events:
            if fact.type not in UNREAD and fact.type not in OF_SOURCES:
                self._facts.setdefault(subject, {}).setdefault(topic, []).append(fact)

    def __len__(self) -> int:
        return len(self._facts)

    def facts(self, subject: str) -> list[Fact]:
        """All of a subject's facts, in order of recording."""
        topics = self._facts.get(subject, {}).values()
        return sorted((fact for facts in topics for fact in facts), key=_recorded)

    def finding(self, clock: str, pack: Pack) -> Finding | None:
        """What all facts together say of a clock."""
        return _finding(clock, self.facts(clock.partition("/")[0]), pack)

    def findings(self, clock: str, pack: Pack, must_know: Callable[[Fact], bool]) -> Iterator[Finding | None]:
        """What was to be known of a clock at some time: topics are read apart, each in order.

        `must_know` tells of each fact whether it was known by then for certain; up to the first that was not,
        a topic's facts were known.
        """
        topics = list(self._facts.get(clock.partition("/")[0], {}).values())
        beginnings = [range(_known(facts, must_know), len(facts) + 1) for facts in topics]
        for lengths in islice(product(*beginnings), MOST_BEGINNINGS):
            known = [fact for facts, length in zip(topics, lengths, strict=True) for fact in facts[:length]]
            yield _finding(clock, known, pack)


def _known(facts: list[Fact], must_know: Callable[[Fact], bool]) -> int:
    return next((place for place, fact in enumerate(facts) if not must_know(fact)), len(facts))


def _finding(clock: str, facts: list[Fact], pack: Pack) -> Finding | None:
    subject, _, key = clock.partition("/")
    findings = judge(kind_of(subject), History(facts), pack).findings
    return next((each for each in findings if each.key == key), None)
