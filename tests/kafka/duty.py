"""An evening at the duty desk: real workers, Kafka and Redis, two desks, and a clock that runs 240 times as fast."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from redis.asyncio import Redis

from agents.acting import Act, acting
from agents.alerts import Alerts
from agents.desk import DeskSetup, DutyDesk
from agents.watch import Setup
from agents.worker import Worker, paced
from alerting.alert import Alert
from alerting.channels import Message
from alerting.hours import as_local
from alerting.policy import Policy
from alerting.store import AlertStore
from schemas.actions import ACTION_TYPES, Notified, read_action
from schemas.times import MINUTE, format_time, parse_time
from standards.loader import DEFAULT_PACK, load_pack
from streams import topics
from streams.acting import ActionWriter
from streams.clock import ScaledClock
from streams.connection import Connection
from tests.kafka.scene import PARTITIONS, Scene, event, now, until

SPEED = 240.0
START = parse_time("2010-03-05T14:00:00Z")
LEASE = 500
"""Of claims, in ms of wall time: two minutes of the evening."""
SETTLE = 50


class Recorder:
    """An SMS gateway that keeps what it was given."""

    def __init__(self) -> None:
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    async def close(self) -> None: ...


def policy_of(shift: int) -> Policy:
    """An inspector, ten minutes later the chief; the shift changes at a moment (ms, a whole minute)."""
    at = as_local_time(shift)
    return Policy.model_validate(
        {
            "shifts": [at],
            "channels": {"sms": {"kind": "console"}},
            "people": {
                name.split()[1].lower(): {"name": name, "addresses": {"sms": name}}
                for name in ("Insp Early", "Insp Late", "CI Chief")
            },
            "roster": {
                "inspector": [
                    {"who": ["early"], "hours": f"07:00-{at}"},
                    {"who": ["late"], "hours": f"{at}-23:00"},
                ],
                "chief": [{"who": ["chief"]}],
            },
            "ladders": {
                "ladder": [
                    {"tell": "inspector", "by": ["sms"]},
                    {"after": "10m", "tell": "chief", "by": ["sms"]},
                ]
            },
            "rules": [{"name": "breaches", "stages": ["breached"], "ladder": "ladder"}],
            "storms": [
                {"name": "storm", "more_than": 3, "within": "5m", "over_after": "3h", "ladder": "ladder"}
            ],
        }
    )


def as_local_time(moment: int) -> str:
    return as_local(moment, load_pack(DEFAULT_PACK).zone).split()[-1]


@dataclass
class Desk:
    """One desk of two; it may be stopped dead."""

    duty: DutyDesk
    tasks: list["asyncio.Task[None]"]

    def stop(self) -> None:
        for task in self.tasks:
            task.cancel()


@dataclass
class Evening:
    """What a test can do, and see."""

    scene: Scene
    clock: ScaledClock
    redis: Redis
    store: AlertStore
    act: Act
    recorder: Recorder
    began: int
    desks: list[Desk] = field(default_factory=list)

    # ---- what happens --------------------------------------------------------------------------------------

    async def incidents(self, *subjects: str, borough: str) -> None:
        """Immediate incidents, recorded now."""
        at = self.clock.now()
        made = [
            (each, event("incident.created", each, at, at, grade="I", borough=borough)) for each in subjects
        ]
        await self.scene.send(*(("dispatch", subject, value) for subject, value in made))

    async def arrival(self, subject: str, ago: int = 0) -> None:
        """A unit that arrived so long ago (ms) is recorded now."""
        at = self.clock.now()
        value = event("unit.arrived", subject, at - ago, at, unit="GD21")
        await self.scene.send(("arrival", subject, value))

    async def do(self, kind: str, subject: str, **data: Any) -> None:
        """A person does something about an alert."""
        told = {"type": kind, "id": uuid4().hex, "subject": subject, "data": data}
        await self.act(ACTION_TYPES[kind].model_validate({**told, "time": format_time(self.clock.now())}))

    async def at(self, offset: int) -> None:
        """Waits for a moment, in ms after the beginning."""
        await self.clock.sleep_until(self.began + offset)

    # ---- what is seen --------------------------------------------------------------------------------------

    async def alert(self, subject: str) -> Alert:
        found = await self.store.alert(subject)
        assert found is not None, subject
        return found

    def told_of(self, subject: str) -> list[str]:
        return [message.to for message in self.recorder.sent if message.alert.id == subject]

    async def until_told(self, subject: str, *names: str) -> None:
        await until(lambda: self.told_of(subject) == list(names), 20)

    async def the_storm(self) -> str:
        """The one there is, once there is one."""
        found: list[Alert] = []

        async def opened() -> bool:
            found[:] = await self.store.alerts(kind="storm")
            return bool(found)

        await until(opened, 20)
        (storm,) = found
        return storm.id

    async def recorded(self) -> dict[str, dict[str, list[str]]]:
        """Who was told of each alert at each of its stages, as Kafka has it: each step once, and each was sent."""
        actions = [read_action(record.value) for record in await self.scene.read(topics.ACTIONS)]
        told = [each for each in actions if isinstance(each, Notified)]
        assert max(Counter(each.data.step for each in told).values()) == 1, "told twice"
        sent = Counter((message.alert.id, message.to) for message in self.recorder.sent)
        assert Counter((each.subject, each.data.to) for each in told) == sent, "sent and not recorded"
        found: dict[str, dict[str, list[str]]] = {}
        for each in sorted(told, key=lambda each: each.data.to):
            found.setdefault(each.subject, {}).setdefault(each.data.stage, []).append(each.data.to)
        return found


@asynccontextmanager
async def evening(scene: Scene, redis_url: str, shift_after: int, desks: int = 2) -> AsyncIterator[Evening]:
    """Begins when the worker and the desks are ready; the shift changes so long after that (ms)."""
    clock = ScaledClock(START, now(), SPEED)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(_working(scene, clock))
        began = clock.now() // MINUTE * MINUTE + MINUTE
        policy = policy_of(began + shift_after)
        made = await stack.enter_async_context(_eve(scene, redis_url, clock))
        for number in range(desks):
            made.desks.append(
                await stack.enter_async_context(_desk(scene, redis_url, made, policy, f"desk-{number}"))
            )
        made.began = began
        await clock.sleep_until(began)
        yield made


@asynccontextmanager
async def _working(scene: Scene, clock: ScaledClock) -> AsyncIterator[Worker]:
    pack = paced(load_pack(DEFAULT_PACK), clock, SETTLE)
    setup = Setup(
        connection=scene.connection, app_id=scene.app_id, partitions=PARTITIONS, pack=pack, clock=clock
    )
    worker = Worker(setup, session_seconds=10)
    await worker.start()
    try:
        await until(lambda: _ready(worker))
        yield worker
    finally:
        await worker.stop()


async def _ready(worker: Worker) -> bool:
    readiness = await worker.readiness()
    return readiness.ready and bool(readiness.told["partitions"])


@asynccontextmanager
async def _eve(scene: Scene, redis_url: str, clock: ScaledClock) -> AsyncIterator[Evening]:
    async with Redis.from_url(redis_url) as redis, ActionWriter(scene.connection) as writer:
        store = AlertStore(redis)
        yield Evening(scene, clock, redis, store, acting(writer, store), Recorder(), clock.now())


@asynccontextmanager
async def _desk(scene: Scene, redis_url: str, eve: Evening, policy: Policy, who: str) -> AsyncIterator[Desk]:
    connection: Connection = scene.connection
    async with Redis.from_url(redis_url) as redis, ActionWriter(connection) as writer:
        store = AlertStore(redis)
        alerts = Alerts(connection, store, eve.clock.now, hold_ms=LEASE)
        setup = DeskSetup(
            connection=connection,
            redis=redis,
            store=store,
            alerts=alerts,
            record=writer.write,
            policy=policy,
            clock=eve.clock,
            who=who,
            lease=LEASE,
        )
        duty = DutyDesk(setup, {"sms": eve.recorder})
        desk = Desk(duty, [asyncio.create_task(alerts.run()), asyncio.create_task(duty.run())])
        try:
            await until(lambda: alerts.caught_up.is_set())
            await until(lambda: not duty.desk.problem)
            yield desk
        finally:
            desk.stop()
            await asyncio.gather(*desk.tasks, return_exceptions=True)
