"""The engine without Kafka: what events leave of each clock, and what would have been said of them, when."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, takewhile
from typing import Any, NamedTuple

from clocks.attributes import describe
from clocks.feeds import Feed
from clocks.finding import Finding
from clocks.forgetting import Recollection, lives
from clocks.history import UNREAD
from clocks.judging import judge
from clocks.replaying import play, play_out, play_until
from clocks.saying import Said
from clocks.shard import Shard
from clocks.silence import SILENT, FeedNews, Feeds, with_skews
from clocks.standard import Pack
from schemas.events import OF_SOURCES, kind_of
from schemas.facts import Event

FOREVER = 1 << 62
"""A time (ms) by which every deadline has passed."""
TooLate = Callable[[int], None]
"""Told how many events came too late for a subject that was forgotten by then (S8)."""
_NOT_KEPT = UNREAD | OF_SOURCES
_NO_FEEDS = Feeds()


class Verdict(NamedTuple):
    """One clock at the time asked for; times in ms UTC."""

    clock: str
    subject: str
    standard: str
    verdict: str
    finding: Finding
    cohort: str
    attributes: dict[str, Any]


def as_at(events: Iterable[Event], at: int | str | None) -> tuple[Iterable[Event], int]:
    """The events, and the time (ms) to judge them at: `last` is their last recording, None when all has passed."""
    if isinstance(at, str):
        events = list(events)
        return events, max((event.fact.recorded for event in events), default=0)
    return events, FOREVER if at is None else at


def verdicts(
    events: Iterable[Event],
    pack: Pack,
    at: int = FOREVER,
    feeds: Sequence[Feed] = (),
    too_late: TooLate = lambda _: None,
) -> Iterator[Verdict]:
    """Every clock as the events recorded up to `at` (ms) leave it then; in whatever order they come."""
    pack = with_skews(pack, feeds)
    known, events = heard(feeds, events, at)
    for name, (_, history) in gathered(enumerate(events), at).items():
        yield from judged(name, history, pack, at, known)
        too_late(history.too_late)


def heard(feeds: Sequence[Feed], events: Iterable[Event], at: int) -> tuple[Feeds, Iterable[Event]]:
    """What these events tell of feeds up to `at` (ms), and the events: where feeds are named, all in memory."""
    known = Feeds(feeds)
    if feeds:
        events = list(events)
        known.hear_all(events, at)
    return known, events


def gathered(events: Iterable[tuple[int, Event]], at: int) -> dict[str, tuple[int, Recollection]]:
    """The histories of numbered events by subject, each with the number of its first; none recorded after `at`."""
    histories: dict[str, tuple[int, Recollection]] = {}
    for number, (name, _, fact, _) in events:
        if fact.recorded > at or fact.type in _NOT_KEPT:
            continue
        held = histories.get(name)
        if held is None:
            held = histories[name] = (number, Recollection())
        held[1].add(fact)
    return histories


def judged(
    name: str, history: Recollection, pack: Pack, at: int, feeds: Feeds = _NO_FEEDS
) -> Iterator[Verdict]:
    """The clocks of one subject at `at` (ms), before them those of the times it was forgotten (S8).

    `feeds` have heard all there is.
    """
    kind = kind_of(name)
    for life in lives(kind, history, pack):
        judgement = judge(kind, life, pack)
        for finding in judgement.findings:
            if feeds:
                finding = feeds.judged(finding, kind, judgement.borough, life.standing(), at)
            attributes = describe(kind, life.standing(), finding)
            clock = f"{name}/{finding.key}"
            yield Verdict(
                clock, name, finding.standard, finding.at(at), finding, judgement.cohort, attributes
            )


def announcements(
    events: Iterable[Event],
    pack: Pack,
    until: int = FOREVER,
    settle: int = 0,
    feeds: Sequence[Feed] = (),
) -> Iterator[Said]:
    """What would have been said up to `until` (ms), in that order, of events in order of recording.

    A deadline is announced `settle` ms after it passed; events recorded after `until` are ignored.
    """
    told = announcements_of_all(events, pack, until, settle, feeds)
    return (each for each in told if isinstance(each, Said))


def announcements_of_all(
    events: Iterable[Event],
    pack: Pack,
    until: int = FOREVER,
    settle: int = 0,
    feeds: Sequence[Feed] = (),
    too_late: TooLate = lambda _: None,
) -> Iterator[Said | FeedNews]:
    """The same, and in its place what would have been said of the feeds (S6)."""
    shard, waiting = Shard(pack, feeds), []
    played = play(shard, takewhile(lambda event: event.fact.recorded <= until, events), settle)
    for said in chain(played, _the_rest(shard, until, settle)):
        waiting += [_after(settle, news) for news in shard.feeds.take_news()]
        while waiting and waiting[0].said_at <= said.said_at:
            yield waiting.pop(0)
        yield said
    yield from [*waiting, *(_after(settle, news) for news in shard.feeds.take_news())]
    too_late(len(shard.take_too_late()))


def _the_rest(shard: Shard, until: int, settle: int) -> Iterator[Said]:
    yield from play_out(shard, settle) if until == FOREVER else play_until(shard, until, settle)


def _after(settle: int, news: FeedNews) -> FeedNews:
    """A silence that time brought is told as late as a deadline is."""
    by_time = news.news == SILENT and news.said_at == news.about
    return news._replace(said_at=news.said_at + settle) if by_time else news
