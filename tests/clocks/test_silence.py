"""What a feed's record, or its silence, puts in doubt and in the clear (S6), and what is said of it, to the ms."""

from typing import Any

import pytest

from clocks.feeds import FAR, Feed, Span
from clocks.roll import Roll
from clocks.shard import Shard
from clocks.silence import BACK, SILENT, FeedNews, Feeds
from schemas.events import KIND_TOPICS
from schemas.facts import Event, Fact
from schemas.times import MINUTE
from tests.clocks.histories import PACK, ZERO, an_event

SILENCE = 100
FEED = Feed(source="cad", topic="dispatch", silence=SILENCE)
ARRIVALS = Feed(source="cad", topic="arrival", silence=2 * SILENCE)


class Heard:
    """Feeds that hear; times stand where they are told to."""

    def __init__(self, *named: Feed, time: int = 0) -> None:
        self.feeds = Feeds(named or [FEED])
        self.times = dict.fromkeys(KIND_TOPICS, time)

    def beat(self, at: int, topic: str = "dispatch", said_at: int | None = None, **data: Any) -> "Heard":
        return self.tell("source.heartbeat", at, topic, said_at, data)

    def tell(
        self, kind: str, at: int, topic: str = "dispatch", said_at: int | None = None, data: Any = None
    ) -> "Heard":
        fact = Fact("cad", f"{kind}-{at}", kind, at, at, data or {})
        self.feeds.hear([Event("cad", topic, fact)], self.times, said_at)
        return self

    @property
    def in_doubt(self) -> tuple[Span | None, Span | None]:
        return self.feeds.hidden, self.feeds.shown


def test_the_first_record_and_one_in_time_put_nothing_in_doubt() -> None:
    heard = Heard()
    assert heard.beat(1_000).in_doubt == (None, None)
    assert heard.beat(1_100).in_doubt == (None, None)
    assert heard.beat(1_100).in_doubt == (None, None)


def test_a_record_after_a_silence_hides_the_silence_and_clears_what_follows() -> None:
    heard = Heard().beat(1_000).beat(1_101)
    assert heard.in_doubt == (Span(1_000, 1_101), Span(1_000, FAR))
    assert heard.feeds.cause == 1_101


def test_where_time_called_it_silent_already_a_record_clears_what_it_had_hidden() -> None:
    heard = Heard().beat(1_000)
    heard.times["CAD"] = 1_101
    assert heard.beat(1_050).in_doubt == (None, Span(1_000, FAR))
    heard.times["CAD"] = 1_150
    assert heard.beat(1_060).in_doubt == (None, None)


def test_a_late_record_splits_the_silence_it_falls_into() -> None:
    heard = Heard().beat(1_000).beat(2_000)
    assert heard.beat(1_500).in_doubt == (Span(1_000, 2_000), Span(1_000, 2_000))
    assert heard.feeds.cause == 1_500
    assert heard.beat(1_500).in_doubt == (None, None)


def test_a_promise_clears_what_it_covers() -> None:
    heard = Heard().beat(1_000)
    assert heard.beat(1_040, through=1_020).in_doubt == (None, Span(0, 1_021))
    assert heard.beat(1_090, through=1_010).in_doubt == (None, None)


def test_an_outage_puts_all_from_its_declaration_on_in_doubt() -> None:
    heard = Heard().tell("source.outage", 1_000, data={"from": 2_000, "until": 3_000})
    assert heard.in_doubt == (Span(999, FAR), Span(999, FAR))
    assert heard.feeds.cause == 1_000
    again = heard.tell("source.outage", 1_000, data={"from": 2_000, "until": 3_000})
    assert again.in_doubt == (None, None)


def a_beat(at: int, topic: str, **data: int) -> Event:
    return Event("cad", topic, Fact("cad", f"e{at}", "source.heartbeat", at, at, data))


@pytest.mark.parametrize("turned", [False, True])
def test_what_several_records_put_in_doubt_is_looked_at_together(turned: bool) -> None:
    heard = Heard(FEED, ARRIVALS).beat(1_000).beat(900, "arrival")
    beats = [a_beat(1_400, "dispatch"), a_beat(1_300, "arrival")]
    heard.feeds.hear(reversed(beats) if turned else beats, heard.times)
    assert heard.in_doubt == (Span(900, 1_400), Span(900, FAR))
    assert heard.feeds.cause == 1_400
    # What was heard before is no cause of what is heard next.
    assert heard.beat(1_320, "dispatch").feeds.cause == 1_320


@pytest.mark.parametrize("turned", [False, True])
def test_the_cause_is_the_latest_record_where_nothing_is_hidden_too(turned: bool) -> None:
    heard = Heard(FEED, ARRIVALS).beat(1_000).beat(1_000, "arrival")
    beats = [a_beat(1_050, "dispatch", through=1_050), a_beat(1_090, "arrival", through=1_020)]
    heard.feeds.hear(reversed(beats) if turned else beats, heard.times)
    assert heard.in_doubt == (None, Span(0, 1_051))
    assert heard.feeds.cause == 1_090


def test_a_sign_without_a_topic_is_of_every_feed_of_its_source() -> None:
    heard = Heard(FEED, ARRIVALS).beat(1_000, topic="")
    assert [known.heard.last for known in heard.feeds] == [1_000, 1_000]
    heard.beat(1_500, topic="", said_at=1_700)
    assert [(news.feed, news.news, news.said_at) for news in heard.feeds.take_news()] == [
        (feed, news, 1_700) for feed in (FEED, ARRIVALS) for news in (SILENT, BACK)
    ]


def test_other_sources_and_other_topics_are_not_heard() -> None:
    heard = Heard().beat(1_000, topic="arrival")
    heard.feeds.hear([Event("x", "dispatch", Fact("x", "e", "source.heartbeat", 5, 5, {}))], heard.times)
    (known,) = heard.feeds
    assert known.heard.last is None
    assert heard.feeds.take_changed() == {}


@pytest.mark.parametrize(("said_at", "expected"), [(None, 1_101), (1_600, 1_600)])
def test_a_silence_is_told_whole(said_at: int | None, expected: int) -> None:
    heard = Heard().beat(1_000)
    assert heard.feeds.due("CAD", 1_000, 1_100) is None
    assert heard.feeds.due("CAD", 1_000, 1_101) == 1_101
    heard.feeds.fire("CAD", 1_101, said_at)
    assert heard.feeds.take_news() == [FeedNews(FEED, SILENT, 1_101, expected, 1, 1_000)]
    assert (heard.in_doubt, heard.feeds.cause) == ((Span(1_000, FAR), None), 1_101)


@pytest.mark.parametrize(("said_at", "expected"), [(None, 1_500), (1_600, 1_600)])
def test_what_a_record_makes_known_is_told_whole(said_at: int | None, expected: int) -> None:
    heard = Heard().beat(1_000).beat(1_500, said_at=said_at)
    assert heard.feeds.take_news() == [
        FeedNews(FEED, SILENT, 1_101, expected, 1, 1_000),
        FeedNews(FEED, BACK, 1_500, expected, 2, 1_000),
    ]


def test_the_first_kind_of_a_topic_sees_to_the_alert_and_every_kind_to_its_clocks() -> None:
    shared = Feed(source="cad", topic="pledge-contact", silence=SILENCE)
    heard = Heard(shared).beat(1_000, topic="pledge-contact")
    (known,) = heard.feeds
    first, *others = known.kinds
    assert others
    for kind in others:
        assert heard.feeds.due(kind, 1_000, 2_000) == 1_101
        heard.feeds.fire(kind, 1_101, None)
        assert heard.in_doubt == (Span(1_000, FAR), None)
        assert heard.feeds.due(kind, 1_101, 2_000) is None
    assert heard.feeds.take_news() == []
    # Its time had come farther before the alert was seen to: it is told at the next moment, of the right one.
    assert heard.feeds.due(first, 1_500, 2_000) == 1_501
    heard.feeds.fire(first, 1_501, None)
    assert heard.in_doubt == (None, None)
    assert heard.feeds.take_news() == [FeedNews(shared, SILENT, 1_101, 1_501, 1, 1_000)]
    assert heard.feeds.due(first, 1_501, 2_000) is None


def test_a_feed_never_heard_puts_nothing_in_doubt_when_another_falls_silent() -> None:
    heard = Heard(Feed(source="other", topic="dispatch", silence=1), FEED).beat(1_000)
    heard.feeds.fire("CAD", 1_101, None)
    assert heard.in_doubt == (Span(1_000, FAR), None)
    assert [news.feed for news in heard.feeds.take_news()] == [FEED]


def test_restored_it_is_looked_at_from_the_start() -> None:
    heard = Heard().beat(1_000)
    twin = Feeds([FEED])
    twin.restore(FEED.key, heard.feeds.save(FEED.key) or b"")
    assert twin.due("CAD", 0, 1_101) == 1_101


# ---- the clocks to look at -------------------------------------------------------------------------------------


@pytest.fixture
def roll() -> Roll:
    """Breached and open: CAD-1, due 12 min after ZERO, and CALL-1, due at 10 s; CAD-2 is still running."""
    shard = Shard(PACK)
    shard.fold(
        [
            an_event("CAD-1", "incident.created", 0, 0, 1, {"grade": "I"}),
            an_event("CALL-1", "call.presented", 0, 0, 2, {"line": "999"}),
            an_event("CAD-2", "incident.created", MINUTE, 0, 3, {"grade": "I"}),
        ]
    )
    shard.advance_all(ZERO + 12 * MINUTE + 1)
    return shard.roll


def test_of_all_that_is_in_doubt_each_is_told() -> None:
    calls = Feed(source="test", topic="call-answer", silence=MINUTE)
    shard = Shard(PACK, [calls])
    shard.fold(
        an_event(f"CALL-{number}", "call.presented", 0, 0, number, {"line": "999"}) for number in range(3)
    )
    said = shard.advance("CALL", ZERO + 10 * MINUTE)
    assert [(each.subject, each.verdict) for each in said if each.about > ZERO + MINUTE] == [
        (f"CALL-{number}", "unverifiable") for number in range(3)
    ]


@pytest.mark.parametrize(
    ("span", "found"),
    [
        (Span(0, FAR), ["CAD-1"]),
        (Span(ZERO + 12 * MINUTE - 1, ZERO + 12 * MINUTE + 1), ["CAD-1"]),
        (Span(ZERO + 12 * MINUTE, FAR), []),
        (Span(0, ZERO + 12 * MINUTE), []),
        (None, []),
    ],
)
def test_only_judged_clocks_of_a_kind_that_fell_due_there_are_in_doubt(
    roll: Roll, span: Span | None, found: list[str]
) -> None:
    assert list(roll.in_doubt("CAD", span, None)) == found
    assert list(roll.in_doubt("CAD", None, span)) == []


def test_another_kind_is_in_doubt_by_itself(roll: Roll) -> None:
    assert list(roll.in_doubt("CALL", Span(0, FAR), Span(0, FAR))) == ["CALL-1"]
