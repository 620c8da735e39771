"""The laws of every history hold beside feeds that fall silent, promise, and are out of order (S6)."""

import json
from itertools import groupby
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from clocks.feeds import Feed, Heard
from clocks.finding import BREACHED, FEED_SILENT
from clocks.replaying import next_moment, play, play_out, play_until
from clocks.saying import Said
from clocks.shard import Shard
from clocks.silence import FeedNews, Known
from pledgewatch.judging import verdicts as judged
from schemas.decoding import decode
from schemas.events import KIND_TOPICS
from schemas.facts import Event
from schemas.times import DAY, MINUTE, SECOND, format_time
from tests.clocks.histories import PACK, ZERO, an_event, crowds, instants
from tests.clocks.test_laws import by_recording, verdicts

FEEDS = (
    Feed(source="test", topic="call-answer", silence=5 * SECOND, skew=30 * SECOND),
    Feed(source="test", topic="dispatch", silence=10 * MINUTE),
    Feed(source="avl", topic="arrival", silence=5 * MINUTE, boroughs=("Camden",)),
    Feed(source="test", topic="snt-message", silence=60 * MINUTE, boroughs=("Hackney",)),
)


def a_sign(feed: Feed, kind: str, at: int, data: dict[str, Any]) -> Event:
    """A record that speaks of a feed, through the border."""
    body = {"specversion": "1.0", "id": f"{kind}-{at}", "source": feed.source, "subject": feed.source}
    body |= {"type": kind, "time": format_time(ZERO + at), "data": data}
    return decode(json.dumps(body).encode(), feed.topic)


@st.composite
def signs(draw: Any) -> Event:
    feed, at = draw(st.sampled_from(FEEDS)), draw(instants)
    if feed.topic == "snt-message":
        at *= 24
    if draw(st.integers(0, 5)) == 0:
        times = [format_time(ZERO + draw(instants)) for _ in range(2)]
        return a_sign(feed, "source.outage", at, {"from": min(times), "until": max(times)})
    through = draw(st.none() | instants)
    return a_sign(
        feed, "source.heartbeat", at, {} if through is None else {"through": format_time(ZERO + through)}
    )


watched = st.tuples(crowds, st.lists(signs(), max_size=8)).map(lambda two: [*two[0], *two[1]])


def played(shard: Shard, events: list[Event]) -> list[Said]:
    return [*play(shard, by_recording(events)), *play_out(shard)]


@given(watched, st.randoms(use_true_random=False))
def test_any_order_gives_the_same_verdicts(events, random):
    one, other = Shard(PACK, FEEDS), Shard(PACK, FEEDS)
    played(one, events)
    for event in random.sample(events, len(events)):
        other.fold([event])
    list(play_out(other))

    assert verdicts(one) == verdicts(other)
    assert [gaps(known) for known in one.feeds] == [gaps(known) for known in other.feeds]


@given(watched)
def test_every_event_doubled_changes_nothing(events):
    once, twice = Shard(PACK, FEEDS), Shard(PACK, FEEDS)

    assert played(once, events) == played(twice, [event for event in events for _ in range(2)])
    assert verdicts(once) == verdicts(twice)
    assert once.feeds.take_news() == twice.feeds.take_news()


@given(watched)
def test_the_whole_input_read_again_says_nothing(events):
    shard = Shard(PACK, FEEDS)
    played(shard, events)
    shard.feeds.take_news()

    assert shard.fold(events) == []
    assert list(play_out(shard)) == []
    assert shard.feeds.take_news() == []


@given(watched)
def test_saved_and_restored_at_every_instant_says_the_same(events):
    steady, moved = Shard(PACK, FEEDS), Shard(PACK, FEEDS)
    said, news = played(steady, events), steady.feeds.take_news()

    again: list[Said] = []
    heard: list[FeedNews] = []

    def reborn(shard: Shard) -> Shard:
        heard.extend(shard.feeds.take_news())
        return restored(shard)

    for _, together in groupby(by_recording(events), key=lambda event: event.fact.recorded):
        again += play(moved, together)
        moved = reborn(moved)
    while (moment := next_moment(moved)) is not None:
        again += play_until(moved, moment)
        moved = reborn(moved)

    assert said == again
    assert news == heard
    assert verdicts(steady) == verdicts(moved)


@given(watched)
def test_judged_without_a_shard_the_verdicts_are_the_same(events):
    shard = Shard(PACK, FEEDS)
    played(shard, events)

    plain = {
        each.clock: (each.verdict, each.finding, each.cohort) for each in judged(events, PACK, feeds=FEEDS)
    }
    assert plain == verdicts(shard)


@given(watched)
def test_only_what_time_alone_would_have_decided_is_ever_hidden(events):
    plain, watching = Shard(PACK, (FEEDS[0],)), Shard(PACK, FEEDS)
    played(plain, events)
    played(watching, events)

    without = {view.clock: view for view in plain.clocks()}
    for view in watching.clocks():
        if view.reason == FEED_SILENT and view.finding is not None:
            other = without[view.clock]
            assert other.reason == FEED_SILENT or (other.verdict, other.finding.stop) == (BREACHED, None)
        elif view.finding is not None and without[view.clock].reason != FEED_SILENT:
            assert view.verdict == without[view.clock].verdict


def test_a_promise_that_comes_after_its_subject_was_forgotten_is_no_trouble():
    shard = Shard(PACK, FEEDS)
    shard.fold([an_event("CALL-1", "call.presented", 0, 0, 1, {"line": "999"})])
    for kind in KIND_TOPICS:
        shard.advance(kind, ZERO + 20 * DAY)
    assert "CALL-1" not in shard

    later = a_sign(FEEDS[0], "source.heartbeat", 20 * DAY, {"through": format_time(ZERO + 19 * DAY)})
    assert shard.fold([later]) == []
    assert list(play_out(shard)) == []


def gaps(known: Known) -> Heard:
    """What was heard, without what was said of it."""
    return msgspec.structs.replace(known.heard, silent=False, said=0)


def _keys() -> list[str]:
    return [feed.key for feed in FEEDS]


def restored(shard: Shard) -> Shard:
    """A new shard from what the ledger would hold, brought to the same time; it must have nothing to say."""
    twin = Shard(PACK, FEEDS)
    for name in {view.subject for view in shard.clocks()} | set(shard._subjects) | set(_keys()):
        twin.restore(name, shard.save(name) or b"")
    for kind in KIND_TOPICS:
        assert twin.advance(kind, shard.time(kind)) == []
    assert twin.feeds.take_news() == []
    return twin
