"""An installation on the real broker: its topics fresh, its workers in this process or as processes of their own."""

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from kafka import KafkaAdminClient

from agents.watch import Setup
from agents.worker import Worker, paced
from clocks.replaying import play
from clocks.shard import Shard
from schemas.decoding import decode
from schemas.errors import Refused
from schemas.events import INPUT_TOPICS
from schemas.times import format_time
from standards.loader import load_pack
from streams import topics
from streams.clock import WallClock
from streams.connection import Connection

PACK = Path(__file__).parent / "quick-pack.yaml"
PARTITIONS = 4
SESSION = 2.0
_ids = iter(range(1, 10_000_000))


def now() -> int:
    """The wall's time, in ms."""
    return time.time_ns() // 1_000_000


def event(kind: str, subject: str, at: int, recorded: int | None = None, **data: Any) -> bytes:
    """An event as a feed sends it; `at` and `recorded` in ms since the epoch."""
    told = {
        "specversion": "1.0",
        "id": f"e{next(_ids)}",
        "source": "cad/test",
        "type": kind,
        "subject": subject,
    }
    told["source"] = subject if kind.startswith("source.") else told["source"]
    told |= {} if recorded is None else {"recordedtime": format_time(recorded)}
    return json.dumps({**told, "time": format_time(at), "data": data}).encode()


class Scene:
    """One installation; `app_id` names its group."""

    def __init__(self, bootstrap: str, app_id: str) -> None:
        self.connection = Connection(bootstrap=bootstrap)
        self.app_id = app_id
        self.log = ""

    def fresh_topics(self) -> None:
        """Deletes what the last test left, and creates the topics anew."""
        admin = KafkaAdminClient(bootstrap_servers=self.connection.servers)
        there = set(admin.list_topics()) & set(topics.TOPICS)
        if there:
            admin.delete_topics(sorted(there))
        while set(admin.list_topics()) & set(topics.TOPICS):
            time.sleep(0.05)
        topics.create(self.connection, PARTITIONS, 1)
        while not _all_led(admin.describe_topics(list(topics.TOPICS))):
            time.sleep(0.05)
        admin.close()

    # ---- feeding -------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def producer(self, **options: Any) -> AsyncIterator[AIOKafkaProducer]:
        """A producer of the feed's side."""
        producer = AIOKafkaProducer(**self.connection.asyncio_options(), **options)
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    async def send(self, *records: tuple[str, str, bytes]) -> None:
        """Sends (topic, subject, value) in order, and waits until the broker has them."""
        async with self.producer() as producer:
            for topic, subject, value in records:
                await producer.send_and_wait(topic, value, key=subject.encode())

    # ---- workers -------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def worker(self, session: float = SESSION) -> AsyncIterator[Worker]:
        """A worker in this process, its partitions taken over."""
        clock = WallClock()
        worker = Worker(
            Setup(
                connection=self.connection,
                app_id=self.app_id,
                partitions=PARTITIONS,
                pack=paced(load_pack(str(PACK)), clock),
                clock=clock,
            ),
            session_seconds=session,
        )
        await worker.start()
        try:
            await until(lambda: _ready(worker))
            yield worker
        finally:
            await worker.stop()

    @contextlib.contextmanager
    def process(self, log: Path, *more: str) -> Iterator[subprocess.Popen[bytes]]:
        """A worker as its own process, as an operator starts it; killed where it still runs at the end."""
        options = [
            "--bootstrap",
            self.connection.bootstrap,
            "--app-id",
            self.app_id,
            "--standards",
            str(PACK),
        ]
        options += ["--session", f"{SESSION:g}s", "--metrics-port", "0", "--log-format", "json"]
        command = [sys.executable, "-W", "ignore", "-m", "pledgewatch", "worker", *options, *more]
        root = Path(__file__).parents[2]
        with log.open("ab") as out:
            process = subprocess.Popen(command, cwd=root, stderr=out, stdout=out, env=dict(os.environ))
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()

    # ---- reading back --------------------------------------------------------------------------------------

    async def read(self, topic: str, committed: bool = True) -> list[Any]:
        """Every record of a topic as it stands now, by partition and offset."""
        level = "read_committed" if committed else "read_uncommitted"
        servers = self.connection.servers
        consumer = AIOKafkaConsumer(
            bootstrap_servers=servers, enable_auto_commit=False, isolation_level=level
        )
        await consumer.start()
        try:
            return await _read_all(consumer, topic)
        finally:
            await consumer.stop()

    async def announced(self) -> list[dict[str, Any]]:
        """Every announcement, whole."""
        return [json.loads(record.value) for record in await self.read(topics.ALERTS)]

    async def ledger(self) -> dict[str, dict[str, Any]]:
        """The latest ledger record of each subject."""
        return {record.key.decode(): json.loads(record.value) for record in await self.read(topics.LEDGER)}

    async def said_of(self, clock: str) -> list[str]:
        """The verdicts announced of one clock, in order."""
        return [each["data"]["verdict"] for each in await self.announced() if each["subject"] == clock]

    async def until_said(self, clock: str, *verdicts: str, seconds: float = 20) -> None:
        """Waits until these verdicts, and no others, were announced of a clock."""

        async def said() -> bool:
            return await self.said_of(clock) == list(verdicts)

        try:
            await until(said, seconds)
        except TimeoutError:
            raise AssertionError(f"{clock}: {await self.said_of(clock)}, not {list(verdicts)}") from None

    async def committed(self, topic: str) -> int:
        """How many records of a topic the group has acknowledged."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.connection.servers, group_id=self.app_id)
        await consumer.start()
        try:
            parts = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
            return sum([(await consumer.committed(part)) or 0 for part in parts])
        finally:
            await consumer.stop()


def _all_led(told: list[dict[str, Any]]) -> bool:
    """Whether every partition has a leader that answers for it."""
    parts = [part for topic in told for part in topic["partitions"]]
    return len(parts) == PARTITIONS * len(topics.TOPICS) and all(part["leader_id"] >= 0 for part in parts)


async def _ready(worker: Worker) -> bool:
    readiness = await worker.readiness()
    return readiness.ready and bool(readiness.told["partitions"])


async def until(asked: Any, seconds: float = 30.0) -> None:
    """Waits until `asked` (a function, may be async) says yes; TimeoutError."""
    deadline = time.monotonic() + seconds
    while True:
        answer = asked()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return
        if time.monotonic() > deadline:
            raise TimeoutError
        await asyncio.sleep(0.05)


async def _read_all(consumer: AIOKafkaConsumer, topic: str) -> list[Any]:
    parts = [TopicPartition(topic, partition) for partition in range(PARTITIONS)]
    consumer.assign(parts)
    await consumer.seek_to_beginning(*parts)
    ends = await consumer.end_offsets(parts)
    records: list[Any] = []
    while any([await consumer.position(part) < ends[part] for part in parts]):
        for fetched in (await consumer.getmany(timeout_ms=200)).values():
            records += fetched
    return sorted(records, key=lambda record: (record.partition, record.offset))


# ---- a busy control room, and what must hold of it afterwards --------------------------------------------------


async def feed_live(scene: Scene, seconds: float, rate: float, seed: int = 1, name: str = "") -> int:
    """Calls and incidents at `rate` a second; some stops come late, never, twice or unreadable. Returns how many."""
    rnd = random.Random(seed)
    sent = 0
    async with scene.producer(linger_ms=5) as producer:
        end, number = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            number += 1
            for delay, topic, subject, kind, data in _story(rnd, f"{name}{number}"):
                asyncio.get_running_loop().call_later(delay, _send, producer, rnd, topic, subject, kind, data)
                sent += 1
            await asyncio.sleep(1 / rate)
        await asyncio.sleep(3.5)  # the last stops
    return sent


def _story(rnd: random.Random, number: str) -> Iterable[tuple[float, str, str, str, dict[str, Any]]]:
    if rnd.random() < 0.5:
        yield 0, "call-answer", f"CALL-{number}", "call.presented", {"line": "999"}
        if rnd.random() < 0.95:
            yield rnd.uniform(0.1, 1.4), "call-answer", f"CALL-{number}", "call.answered", {}
        return
    yield 0, "dispatch", f"CAD-{number}", "incident.created", {"grade": "I"}
    yield 0.05, "dispatch", f"CAD-{number}", "unit.dispatched", {"unit": "GD21"}
    if rnd.random() < 0.95:
        yield rnd.uniform(0.5, 3), "arrival", f"CAD-{number}", "unit.arrived", {"unit": "GD21"}


def _send(
    producer: Any, rnd: random.Random, topic: str, subject: str, kind: str, data: dict[str, Any]
) -> None:
    value = event(kind, subject, now(), **data)
    values = [value, value] if rnd.random() < 0.1 else [value]
    values += [b"{not json"] if rnd.random() < 0.02 else []
    for each in values:
        task = asyncio.ensure_future(producer.send(topic, each, key=subject.encode()))
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)


_tasks: set[Any] = set()


async def check_everything(scene: Scene) -> Counter[str]:
    """No event lost, no announcement twice, every verdict as judged again from the topics; counts of it all."""
    inputs = [record for topic in INPUT_TOPICS for record in await scene.read(topic)]
    ledger, announced = await scene.ledger(), await scene.announced()
    events, poison = [], 0
    for record in inputs:
        try:
            events.append(decode(record.value, record.topic))
        except Refused:
            poison += 1
    events.sort(key=lambda each: each.fact.recorded)
    for subject in {each.subject for each in events}:
        sent = {each.fact.id for each in events if each.subject == subject}
        kept = [fact[1] for fact in ledger[subject]["facts"]] if subject in ledger else []
        assert sorted(kept) == sorted(sent), f"{subject}: {kept} in the ledger, {sent} sent"
    ids = Counter(each["id"] for each in announced)
    assert [each for each, times in ids.items() if times > 1] == [], "announced twice"
    shard = Shard(load_pack(str(PACK)))
    for _ in play(shard, events):
        pass
    for kind in ("CALL", "CAD"):
        shard.advance(kind, now())
    judged = {view.clock: view.verdict for view in shard.clocks()}
    held = {
        f"{subject}/{standard}": state.get("verdict", "running")
        for subject, record in ledger.items()
        for standard, state in record["clocks"].items()
    }
    assert held == judged
    last: dict[str, str] = {}
    for each in announced:
        last[each["subject"]] = each["data"]["verdict"]
    breached = {clock for clock, verdict in judged.items() if verdict == "breached"}
    assert breached <= {clock for clock, verdict in last.items() if verdict == "breached"}, "a breach unsaid"
    dead = await scene.read(topics.DEAD_LETTERS)
    places = {
        tuple(dict(record.headers)[name] for name in ("topic", "partition", "offset")) for record in dead
    }
    assert len(places) == poison, "a poison record lost"
    return Counter(
        events=len(events),
        subjects=len(ledger),
        breached=len(breached),
        announced=len(announced),
        dead=len(dead),
        poison=poison,
    )
