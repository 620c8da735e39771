"""`make bench-alerts`: alerts rebuilt from Kafka, and what acting on one and listing them costs on a real Redis."""

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

from confluent_kafka import Producer
from redis.asyncio import Redis

from agents.alerts import Alerts
from alerting.alert import Entry
from alerting.entries import written
from alerting.store import AlertStore
from pledgewatch.redis_server import redis_server
from schemas.times import SECOND
from streams.acting import subject_of
from streams.connection import Connection
from streams.partitioning import partition_of
from streams.topics import ACTIONS, ALERTS, create
from tests.kafka.broker import real_kafka
from tests.redis.entries import NOW, acknowledged, news

PARTITIONS = 16
BOROUGHS = 32
TIMES = 300


def entries(alerts: int) -> Iterator[Entry]:
    """Of each alert at risk and breached; every second stopped, every third somebody's."""
    for number in range(alerts):
        clock, at, place = f"CAD-{number}/attend-immediate", NOW + number, f"B{number % BOROUGHS}"
        yield news(clock, "clock.at_risk", at, 1, borough=place)
        yield news(clock, "clock.breached", at + 180 * SECOND, 2, borough=place)
        if number % 2 == 0:
            yield news(clock, "clock.stopped", at + 300 * SECOND, 3, borough=place)
        if number % 3 == 0:
            yield acknowledged(clock, f"Insp {number % 7}", at + 200 * SECOND)


def fill(connection: Connection, alerts: int) -> int:
    """Writes the entries to Kafka; how many."""
    create(connection, PARTITIONS, 1)
    producer = Producer({**connection.librdkafka_options(), "linger.ms": 20})
    made = list(entries(alerts))
    for entry in made:
        topic = ACTIONS if entry.type.startswith("alert.") else ALERTS
        partition = partition_of(subject_of(entry.subject), PARTITIONS)
        producer.produce(topic, written(entry), entry.subject.encode(), partition)
        producer.poll(0)
    producer.flush()
    return len(made)


async def rebuilt(connection: Connection, store: AlertStore, records: int) -> None:
    """Times everything from an empty Redis to one that has it all."""
    began, spent = time.perf_counter(), time.process_time()
    agent = Alerts(connection, store, lambda: NOW)
    following = asyncio.create_task(agent.run())
    await agent.caught_up.wait()
    seconds, processor = time.perf_counter() - began, time.process_time() - spent
    following.cancel()
    told = (
        f"{records / seconds:,.0f} records/s, {processor / records * 1e6:.0f} µs of processor time a record"
    )
    print(f"rebuild of {records:,} records   {seconds:.1f} s: {told}")


async def timed(name: str, work: Callable[[int], Awaitable[object]], times: int = TIMES) -> None:
    """Prints how long `work` takes, as p50 and p99."""
    took = []
    for number in range(times):
        began = time.perf_counter()
        await work(number)
        took.append((time.perf_counter() - began) * 1000)
    took.sort()
    print(f"{name:<30}  p50 {took[times // 2]:.1f} ms, p99 {took[times * 99 // 100]:.1f} ms")


async def run(connection: Connection, url: str, alerts: int) -> None:
    """All of it."""
    records = fill(connection, alerts)
    async with Redis.from_url(url) as redis:
        store = AlertStore(redis)
        await rebuilt(connection, store, records)
        print(
            f"{alerts:,} alerts, {await store.count():,} open: {(await redis.info())['used_memory_human']} in Redis"
        )
        await timed(
            "a deed added",
            lambda n: store.add([acknowledged(f"CAD-{n}/attend-immediate", "PS Lee", NOW + n)]),
        )
        await timed("an alert read", lambda n: store.alert(f"CAD-{n}/attend-immediate"))
        await timed("200 of all open alerts", lambda _: store.alerts())
        await timed("200 of another page", lambda n: store.alerts(offset=n * 10))
        await timed("those of a borough", lambda n: store.alerts(borough=f"B{n % BOROUGHS}"))
        await timed("how many of a borough", lambda n: store.count(borough=f"B{n % BOROUGHS}"))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=20_000)
    given = parser.parse_args()
    with real_kafka() as bootstrap, redis_server() as url:
        asyncio.run(run(Connection(bootstrap=bootstrap), url, given.alerts))


if __name__ == "__main__":
    main()
