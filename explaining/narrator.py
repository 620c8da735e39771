"""A subject's clocks, each as a story: the whole of it, in the order in which a duty inspector would ask."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from clocks.attributes import describe
from clocks.feeds import Feed
from clocks.finding import EXCLUDED, FEED_SILENT, Finding
from clocks.judging import judge, pack_of
from clocks.replaying import play, play_out, play_until
from clocks.saying import NEVER_RAN, Said
from clocks.shard import Shard
from clocks.silence import Feeds, with_skews
from clocks.standard import Pack, Standard
from explaining.announcements import Evidence, announced, as_played
from explaining.effects import Clock
from explaining.happenings import about
from explaining.headlines import headline
from explaining.otherwise import Case, otherwise
from explaining.records import FOREVER, Part, read
from explaining.timeline import timeline
from explaining.walking import walk
from explaining.wording import LocalTimes
from schemas.events import kind_of
from schemas.facts import Event
from schemas.stories import Promise, Story
from schemas.times import format_time


class Question(NamedTuple):
    """Of whom, by which pack, and as of when (ms; None: every deadline played out)."""

    subject: str
    pack: Pack
    promises: Mapping[tuple[str, int, str], Promise]
    at: int | None = None
    settle: int = 0
    feeds: Sequence[Feed] = ()

    @property
    def until(self) -> int:
        """The time asked for, or one by which every deadline has passed."""
        return FOREVER if self.at is None else self.at

    def concerns(self, event: Event) -> bool:
        """Whether it is of the subject, or lets a feed be heard, and was known by the time asked for."""
        heard = any(event.fact.source == feed.source for feed in self.feeds)
        return (heard or event.subject == self.subject) and event.fact.recorded <= self.until


def explain(question: Question, events: Iterable[Event]) -> list[Story]:
    """The stories of a subject's clocks; of one without a clock, the story of why it has none.

    Events of other subjects serve only to hear their feeds; those recorded after the question's time, nothing.
    """
    question = question._replace(pack=with_skews(question.pack, question.feeds))
    known = list(filter(question.concerns, events))
    feeds = Feeds(question.feeds)
    feeds.hear_all(known, question.until)
    said = _played(question, known)
    mine = [event.fact for event in known if event.subject == question.subject]
    parts = read(kind_of(question.subject), mine, question.pack)
    found = [stories_of(question, part, feeds, said) for part in parts]
    return [
        story.model_copy(update={"part": number, "parts": len(parts)})
        for number, stories in enumerate(found, 1)
        for story in stories
    ]


def stories_of(
    question: Question, part: Part, feeds: Feeds, said: list[Said], evidence: Evidence = as_played
) -> list[Story]:
    """The stories of one history by what was heard of the feeds; `said`: what was said of the subject, and when."""
    question = question._replace(pack=with_skews(question.pack, question.feeds))
    return _Narrator(question, part, feeds, said, evidence).stories()


class _Narrator:
    """One subject's events, walked once for all its stories."""

    def __init__(
        self, question: Question, part: Part, feeds: Feeds, said: list[Said], evidence: Evidence
    ) -> None:
        self.question = question
        self.evidence = evidence
        self.kind = kind_of(question.subject)
        self.history, self.records = part.history, part.records
        self.feeds = feeds
        self.steps = list(walk(self.kind, self.history.standing(), question.pack))
        self.judgement = judge(self.kind, self.history, question.pack)
        self.pack = pack_of(self.history.standing(), question.pack)
        self.said = [each for each in said if part.since <= each.said_at < part.until]
        first = min((record.fact.time for record in self.records), default=0)
        self.local = LocalTimes(question.pack.zone, first)

    def stories(self) -> list[Story]:
        """A story for each clock that runs, ran, or was announced and by later evidence never ran."""
        findings = {finding.key: self._settled(finding) for finding in self.judgement.findings}
        keys = dict.fromkeys([*findings, *(each.clock.partition("/")[2] for each in self.said)])
        return [self._story(key, findings.get(key)) for key in keys] or [self._without_a_clock()]

    def _settled(self, finding: Finding) -> Finding:
        """The finding as the feeds leave it (S6)."""
        facts = self.history.standing()
        return self.feeds.judged(finding, self.kind, self.judgement.borough, facts, self.question.until)

    def _clock(self, key: str, finding: Finding | None, pack: Pack, standard: Standard) -> Clock:
        if finding is None or finding.reason != FEED_SILENT:
            return Clock(key, standard, pack, self.local)
        feeds = self.feeds.depended_on(self.kind, self.judgement.borough, self.history.standing())
        names = " or ".join(f"the feed {feed.source} on {feed.topic}" for feed in feeds)
        return Clock(key, standard, pack, self.local, finding, names.replace("the", "The", 1))

    def _story(self, key: str, finding: Finding | None) -> Story:
        question, name = self.question, f"{self.question.subject}/{key}"
        pack, standard = _promised(key.partition("#")[0], self.pack)
        clock = self._clock(key, finding, pack, standard)
        case = Case(
            self.kind, key, self.history, finding, question.pack, self.feeds, question.until, self.local
        )
        said = [each for each in self.said if each.clock == name]
        return Story(
            clock=name,
            **self._common(finding),
            **_found(finding, self.question.until),
            standard=standard.id,
            cohort=self.judgement.cohort,
            headline=headline(finding, standard, question.at, self.local),
            promise=question.promises.get((pack.id, pack.version, standard.id)),
            timeline=timeline(self.records, self.steps, clock, self.question.until),
            announced=announced(said, [record.fact for record in self.records], self.local, self.evidence),
            otherwise=otherwise(case),
        )

    def _without_a_clock(self) -> Story:
        return Story(
            clock=self.question.subject,
            **self._common(None),
            standard=None,
            headline=self._why_no_clock(),
            verdict=None,
            timeline=timeline(
                self.records, self.steps, Clock("", None, self.pack, self.local), self.question.until
            ),
        )

    def _common(self, finding: Finding | None) -> dict[str, Any]:
        question = self.question
        return {
            "subject": question.subject,
            "asked_at": None if question.at is None else format_time(question.at),
            "zone": question.pack.zone.key,
            "about": about(describe(self.kind, self.history.standing(), finding)),
        }

    def _why_no_clock(self) -> str:
        start = next((step.start for step in self.steps), None)
        if start is None:
            return "no clock runs: nothing that begins one is known"
        grade = f" of grade {self.judgement.grade}" if self.judgement.grade else ""
        return f"no clock runs: “{self.pack.title}” promises nothing for {_A_SUBJECT[self.kind]}{grade}"


_A_SUBJECT = {
    "CALL": "such a call",
    "CAD": "an incident",
    "MSG": "such a message",
    "APPT": "an appointment",
    "COMMENT": "a comment",
    "RTC": "a collision",
    "CASE": "a victim's case",
    "WARD": "a ward's month",
}


def _promised(standard: str, pack: Pack) -> tuple[Pack, Standard]:
    """A standard, and the pack that has it: an earlier one, where a clock of it was announced and never ran."""
    while standard not in pack.standards and pack.before is not None:
        pack = pack.before
    return pack, pack.standards[standard]


def _played(question: Question, events: list[Event]) -> list[Said]:
    """What would have been said of the subject, as `judge --said` has it."""
    shard = Shard(question.pack, question.feeds)
    said = list(play(shard, sorted(events, key=lambda event: event.fact.recorded), question.settle))
    if question.at is None:
        said += play_out(shard, question.settle)
    else:
        said += play_until(shard, question.at, question.settle)
    return [each for each in said if each.subject == question.subject]


def _found(finding: Finding | None, until: int) -> dict[str, Any]:
    if finding is None:
        return {"verdict": EXCLUDED, "reason": NEVER_RAN}
    return {
        "verdict": finding.at(until),
        "reason": finding.reason,
        "start": format_time(finding.start),
        "due": format_time(finding.due),
        "stop": None if finding.stop is None else format_time(finding.stop),
        "elapsed_ms": finding.elapsed,
        "skew": finding.skew,
    }
