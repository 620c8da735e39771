"""A worker's partition and its feeds (S6): said once, in one transaction with what follows, known after a restart."""

import json
import math
from dataclasses import replace
from typing import Any

import pytest

from agents.watch import PartitionWatch
from clocks.feeds import Feed
from schemas.announcements import FeedAnnouncement, read_news
from schemas.ledger import LedgerFeed
from schemas.times import SECOND, format_time, parse_time
from streams.partitioning import partition_of
from streams.topics import ALERTS, LEDGER
from tests.agents.parts import T0, RecordingWriter, SetClock, at_end, deliver, record, setup

CALL = "call-answer"
FEED = Feed(source="cad/test", topic=CALL, silence=30 * SECOND)
SETTLE = 1_000


def watching(clock: SetClock, number: int = 0, partitions: int = 1) -> PartitionWatch:
    partition = PartitionWatch(number, replace(setup(clock, partitions), feeds=(FEED,)))
    partition.writer = RecordingWriter([])  # type: ignore[assignment]
    return partition


def beat(at: int, **data: Any) -> Any:
    return record(CALL, "source.heartbeat", "cad/test", at, **data)


def wait(partition: PartitionWatch, clock: SetClock, at: int) -> None:
    clock.set = T0 + at
    at_end(partition, CALL)
    partition.advance()


async def written(partition: PartitionWatch) -> list[Any]:
    await partition.write()
    return partition.writer.committed[-1]  # type: ignore[union-attr]


def told(entries: list[Any]) -> list[tuple[str, int]]:
    """The type and moment of each announcement, in ms after T0."""
    news = [read_news(entry.value) for entry in entries if entry.topic == ALERTS]
    return [(each.type, round_trip(each.time)) for each in news]


def round_trip(time: str) -> int:
    return parse_time(time) - T0


async def test_a_silence_is_announced_with_the_ledger_record_that_says_so() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    partition.fold(deliver(partition, CALL, beat(0)))
    wait(partition, clock, 30_001 + SETTLE - 1)
    assert told(await written(partition)) == []

    wait(partition, clock, 30_001 + SETTLE)
    entries = await written(partition)

    assert [(entry.topic, entry.key) for entry in entries] == [
        (LEDGER, FEED.key.encode()),
        (ALERTS, FEED.key.encode()),
    ]
    assert LedgerFeed.model_validate_json(entries[0].value).silent
    news = FeedAnnouncement.model_validate_json(entries[1].value)
    assert (news.subject, news.time, news.data.last) == (FEED.key, format_time(T0 + 30_001), format_time(T0))
    assert (news.data.delay_ms, news.data.late, news.data.corrects) == (0, False, None)
    assert not partition.pending()


async def test_a_worker_wakes_for_a_silence_by_itself() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    partition.fold(deliver(partition, CALL, beat(0)))
    at_end(partition, CALL)
    partition.advance()
    assert partition.next_wake() == T0 + 30_001 + SETTLE


async def test_killed_in_the_silence_its_heir_says_nothing_twice_and_knows_of_it() -> None:
    clock = SetClock(T0)
    first = watching(clock)
    call = record(CALL, "call.presented", "CALL-1", 0, line="999")
    first.fold(deliver(first, CALL, call))
    wait(first, clock, 60_000)
    entries = await written(first)
    assert sorted(told(entries)) == [
        ("clock.breached", 10_000),
        ("clock.unverifiable", 30_001),
        ("feed.silent", 30_001),
    ]

    heir = watching(clock)
    for entry in entries:
        if entry.topic == LEDGER:
            heir._restore(entry.key.decode(), entry.value)
    wait(heir, clock, 90_000)
    assert told(await written(heir)) == []

    heir.fold(deliver(heir, CALL, beat(91_000, through=format_time(T0 + 90_000))))
    news = [json.loads(e.value) for e in await written(heir) if e.topic == ALERTS]
    assert [each["type"] for each in news] == ["clock.breached", "feed.back"]
    assert news[0]["data"]["corrects_verdict"] == "unverifiable"
    assert news[1]["data"]["corrects"] is not None


@pytest.mark.parametrize("number", range(4))
async def test_only_the_sources_own_partition_announces_and_all_hear(number: int) -> None:
    clock = SetClock(T0)
    partition = watching(clock, number, partitions=4)
    partition.fold(deliver(partition, CALL, beat(0)))
    wait(partition, clock, 60_000)
    entries = await written(partition)
    home = partition_of("cad/test", 4) == number
    assert told(entries) == ([("feed.silent", 30_001)] if home else [])
    assert [entry.key for entry in entries if entry.topic == LEDGER] == [FEED.key.encode()]


async def test_a_feed_no_longer_named_leaves_the_ledger() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    partition._restore("feed/dispatch/gone", b'{"v":1,"first":1,"last":2}')
    wait(partition, clock, 1_000)
    assert [(entry.key, entry.value) for entry in await written(partition)] == [(b"feed/dispatch/gone", None)]


async def test_its_age_is_shown() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    (feed,) = (await partition.copy()).feeds
    assert (feed.age, feed.silence) == (math.inf, 30)

    partition.fold(deliver(partition, CALL, beat(0)))
    clock.set = T0 + 12_500
    (feed,) = (await partition.copy()).feeds
    assert feed.age == 12.5


async def test_a_planned_outage_is_shown_while_it_lasts() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    planned = {"from": format_time(T0 + 1_000), "until": format_time(T0 + 60_000), "reason": "CAD upgrade"}
    partition.fold(deliver(partition, CALL, record(CALL, "source.outage", "cad/test", 0, **planned)))
    shown = []
    for at in (0, 30_000, 61_000):
        clock.set = T0 + at
        (feed,) = (await partition.copy()).feeds
        shown.append(feed.outage)
    assert shown == [False, True, False]


async def test_a_dead_broker_makes_no_feed_silent() -> None:
    clock = SetClock(T0)
    partition = watching(clock)
    partition.fold(deliver(partition, CALL, beat(0)))
    partition.time.topics[CALL].asked(2, 0)  # there is more, and nobody answers
    clock.set = T0 + 600_000
    partition.advance()
    assert told(await written(partition)) == []
