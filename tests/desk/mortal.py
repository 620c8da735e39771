"""A desk in a process of its own that kills itself (SIGKILL) where the test says; whatever it sent is in a file."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from agents.alerts import Alerts
from agents.desk import DeskSetup, DutyDesk
from alerting.channels import Message
from alerting.policy import Policy
from alerting.store import AlertStore
from streams.acting import ActionWriter
from streams.clock import parse_clock
from streams.connection import Connection

LEASE = 600
"""Of claims, in ms: so long the other desk waits for one that died."""


class Fate:
    """The folder `where` says at which call to die next (`next`), keeps who died (`died-…`) and what was sent."""

    def __init__(self, where: Path) -> None:
        self._where = where

    def reached(self, point: str) -> None:
        """Dies, if it is here that somebody is to die and nobody has yet."""
        if (self._where / "next").read_text() != point:
            return
        try:
            (self._where / f"died-{point.replace(' ', '-')}").touch(exist_ok=False)
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def of(self, name: str, call: Any) -> Any:
        async def mortal(*args: Any, **options: Any) -> Any:
            self.reached(f"before {name}")
            answer = await call(*args, **options)
            if answer is not False:  # a claim that was refused is no claim
                self.reached(f"after {name}")
            return answer

        return mortal

    async def send(self, message: Message) -> None:
        """The channel: one line a message, on the disk when it returns."""
        with (self._where / "sent").open("ab", buffering=0) as out:
            out.write(f"{message.alert.id} {message.id}\n".encode())
            os.fsync(out.fileno())


class MortalStore:
    """A store whose every call is a place to die at."""

    def __init__(self, store: AlertStore, fate: Fate) -> None:
        self._store, self._fate = store, fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        return found if name == "changes" else self._fate.of(name, found)


class MortalChannel:
    def __init__(self, fate: Fate) -> None:
        self.send = fate.of("send", fate.send)

    async def close(self) -> None: ...


def work(bootstrap: str, redis_url: str, clock: str, policy: Policy, where: Path, who: str) -> None:
    """The process; it ends by a kill alone."""
    asyncio.run(
        _work(Connection(bootstrap=bootstrap, check_crcs=False), redis_url, clock, policy, where, who)
    )


async def _work(
    connection: Connection, redis_url: str, clock_setting: str, policy: Policy, where: Path, who: str
) -> None:
    clock, fate = parse_clock(clock_setting), Fate(where)
    async with Redis.from_url(redis_url) as redis, ActionWriter(connection) as writer:
        store = AlertStore(redis)
        alerts = Alerts(connection, store, clock.now, hold_ms=LEASE)
        setup = DeskSetup(
            connection=connection,
            redis=redis,
            store=MortalStore(store, fate),  # type: ignore[arg-type]  # it is one, but for its fate
            alerts=alerts,
            record=fate.of("record", writer.write),
            policy=policy,
            clock=clock,
            who=who,
            lease=LEASE,
        )
        duty = DutyDesk(setup, {"sms": MortalChannel(fate)})
        await asyncio.gather(alerts.run(), duty.run())
