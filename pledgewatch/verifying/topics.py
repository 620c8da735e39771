"""What stands in Kafka, a partition at a time: inputs, ledger, announcements and dead letters."""

import time
from contextlib import suppress
from dataclasses import dataclass, field

from pydantic import ValidationError

from clocks.feeds import Feed
from clocks.standard import Pack
from clocks.subject import decode_record
from pledgewatch.reading import tell
from pledgewatch.verifying.forgotten import note_forgotten
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import FeedTold, Told, of_announcement, of_revisions
from schemas.announcements import FeedAnnouncement, read_news
from schemas.decoding import decode
from schemas.errors import Refused
from schemas.events import INPUT_TOPICS, OF_SOURCES
from schemas.facts import Event
from schemas.times import parse_time
from streams.clock import Clock, EventsClock
from streams.connection import Connection
from streams.partition_time import ANSWER_HOLDS
from streams.partitioning import partition_of
from streams.topic_reading import Record, TopicReader
from streams.topics import ALERTS, DEAD_LETTERS, LEDGER

UNDER_WAY = 250
"""How long, in ms of wall time, a record is on its way to Kafka without being noted as late."""
GRACE = ANSWER_HOLDS + UNDER_WAY
"""How long, in ms of wall time, a record may lie in Kafka before a worker must have seen it (T5)."""
SETTLED = 10_000
"""How long ago, in ms of wall time, something fell due that must have been said by now."""

Place = tuple[str, int, int]


@dataclass
class _Parts:
    """What was read, before it is put together."""

    ledger: dict[int, dict[str, bytes | None]] = field(default_factory=dict)
    alerts: dict[int, dict[str, list[Told]]] = field(default_factory=dict)
    of_feeds: dict[int, dict[str, list[FeedTold]]] = field(default_factory=dict)
    dead: set[Place] = field(default_factory=set)


def read_topics(
    connection: Connection, pack: Pack, clock: Clock, settle: int, feeds: tuple[Feed, ...] = ()
) -> list[Recorded]:
    """Each partition's inputs, and what its ledger says was said of them; `settle` in ms of the clock.

    What was said is read first: the inputs then hold all it can have come from.
    """
    asked, produced_by = clock.now(), _wall() - SETTLED
    parts = _said(connection)
    partitions: dict[int, Recorded] = {}
    with TopicReader(connection, INPUT_TOPICS) as reader:
        count = reader.partitions // len(INPUT_TOPICS)
        for record in reader.to_end():
            recorded = partitions.get(record.partition)
            if recorded is None:
                recorded = Recorded(pack, settle, 0, 0, whole=True, feeds=feeds)
                partitions[record.partition] = recorded
            _take(recorded, record, parts.dead, clock, produced_by)
    for partition, recorded in partitions.items():
        _limit(recorded, clock, asked)
        _put_together(recorded, parts, partition, count)
    return list(partitions.values())


def _said(connection: Connection) -> _Parts:
    parts = _Parts()
    with TopicReader(connection, [LEDGER, ALERTS, DEAD_LETTERS]) as reader:
        for record in reader.to_end():
            if record.topic == LEDGER:
                _keep(parts.ledger, record)
            elif record.topic == ALERTS:
                _carried(parts, record)
            else:
                _buried(parts.dead, record)
    return parts


def _keep(ledger: dict[int, dict[str, bytes | None]], record: Record) -> None:
    key = (record.key or b"").decode()
    if "/" not in key:  # tallies and feeds stand beside the subjects
        ledger.setdefault(record.partition, {})[key] = record.value


def _carried(parts: _Parts, record: Record) -> None:
    try:
        news = read_news(record.value or b"")
    except ValidationError as invalid:
        place = f"{record.topic}[{record.partition}] at {record.offset}"
        tell(f"{place}: not an announcement: {invalid.errors()[0]['msg']}")
        return
    if isinstance(news, FeedAnnouncement):
        told_of_feed = FeedTold(news.type, parse_time(news.time), news.data.revision)
        parts.of_feeds.setdefault(record.partition, {}).setdefault(news.subject, []).append(told_of_feed)
        return
    told = of_announcement(news)
    parts.alerts.setdefault(record.partition, {}).setdefault(told.clock, []).append(told)


def _buried(dead: set[Place], record: Record) -> None:
    with suppress(KeyError, ValueError):
        headers = record.headers
        dead.add((headers["topic"], int(headers["partition"]), int(headers["offset"])))


def _take(recorded: Recorded, record: Record, dead: set[Place], clock: Clock, produced_by: int) -> None:
    place = (record.topic, record.partition, record.offset)
    try:
        event = decode(record.value or b"", record.topic)
    except Refused:
        recorded.unreadable += 1
        # One that came a moment ago may still be on its way to the dead letters.
        recorded.lost += place not in dead and record.timestamp <= produced_by
        return
    if place in dead:
        recorded.unreadable += 1
    elif recorded.feeds or event.fact.type not in OF_SOURCES:
        recorded.events.append(event)
        _note_arrival(recorded, event, record, clock)


def _note_arrival(recorded: Recorded, event: Event, record: Record, clock: Clock) -> None:
    if isinstance(clock, EventsClock):
        return
    arrived = clock.now() - clock.of_wall(_wall() - record.timestamp)
    if arrived > event.fact.recorded + clock.of_wall(UNDER_WAY):
        recorded.arrivals[event.fact.source, event.fact.id] = arrived


def _limit(recorded: Recorded, clock: Clock, asked: int) -> None:
    """By when all had to be said, and after when nothing could be."""
    recorded.grace = clock.of_wall(GRACE)
    if isinstance(clock, EventsClock):
        recorded.surely = max((event.fact.recorded for event in recorded.events), default=0)
        recorded.at_most = recorded.surely + recorded.settle
        return
    recorded.surely = asked - clock.of_wall(SETTLED)
    recorded.at_most = clock.now()


def _put_together(recorded: Recorded, parts: _Parts, partition: int, partitions: int) -> None:
    held = {name: value for name, value in parts.ledger.get(partition, {}).items() if value is not None}
    for subject, value in held.items():
        for key, state in decode_record(value).clocks.items():
            recorded.say(of_revisions(f"{subject}/{key}", state.said))
    alerts = parts.alerts.get(partition, {})
    recorded.alerts = {clock: [told.revision for told in news] for clock, news in alerts.items()}
    recorded.told_of_feeds = parts.of_feeds.get(partition, {})
    recorded.announces = frozenset(
        feed.key for feed in recorded.feeds if partition_of(feed.source, partitions) == partition
    )
    note_forgotten(recorded, held, alerts)


def _wall() -> int:
    return time.time_ns() // 1_000_000
