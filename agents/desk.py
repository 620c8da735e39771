"""The duty desk: alerts in the store, told to whom the policy names, by its channels; and its heartbeat out."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from prometheus_client import CollectorRegistry
from redis.asyncio import Redis

from agents.acting import Act
from agents.alerts import Alerts
from agents.reading_up import reading_up
from alerting.alert import Alert
from alerting.channels import Channel, Message, channels_of, mirrors_of
from alerting.delivered import Delivered
from alerting.desk import Desk
from alerting.gathering import MOST, Gathering
from alerting.links import Links
from alerting.messages import write
from alerting.messages.facts import headline
from alerting.mirroring import Mirroring
from alerting.outbox import LEASE, Office, Outbox
from alerting.plan import plan
from alerting.policy import Policy, RateWindow
from alerting.situations import Figure
from alerting.steps import Step
from alerting.store import AlertStore
from alerting.watchdog import Watchdog
from board.view import EVERYWHERE, StandardNow, View
from schemas.announcements import Announcement
from streams.clock import Clock, WallClock
from streams.connection import Connection
from streams.ends import Ends
from streams.probes import Readiness
from streams.topics import ACTIONS

FINISH_WITHIN = 20.0
"""Seconds that what is being sent is given when the desk stops."""


@dataclass(frozen=True, kw_only=True)
class DeskSetup:
    """What a desk is made of; `record` writes to Kafka alone, `who` names the process."""

    connection: Connection
    redis: Redis
    store: AlertStore
    alerts: Alerts
    record: Act
    policy: Policy
    clock: Clock
    who: str
    links: Links | None = None
    lease: int = LEASE


class DutyDesk:
    """One desk, with all that it needs but the agent that fills the store."""

    def __init__(self, setup: DeskSetup, channels: Mapping[str, Channel] | None = None) -> None:
        """`channels`: others than the policy's. SecretError where the policy names a secret that is not there."""
        self._setup, self._wall = setup, WallClock().now
        policy, store = setup.policy, setup.store
        self._channels = channels_of(policy.channels, self._wall) if channels is None else dict(channels)
        self._ends = Ends(setup.connection, ACTIONS)
        self._delivered = Delivered(self._channels)
        self._delivered.registry.register(setup.alerts)
        office = Office(
            store=store,
            time=setup.clock,
            who=setup.who,
            plan=lambda alert, situation: plan(alert, policy, situation),
            channels=self._channels,
            word=self._word,
            record=setup.record,
            read_up=reading_up(self._ends, store),
            lease=setup.lease,
        )
        self._gathering = Gathering(policy, store, setup.record, self._figures)
        self.desk = Desk(office, Outbox(office, self._delivered), self._gathering)
        self._mirrors = mirrors_of(
            policy.channels,
            lambda alert: headline(alert, policy.tz),
            setup.links.alert if setup.links else None,
        )
        watchdog = policy.watchdog
        self._watchdog = None if watchdog is None else Watchdog(watchdog, self.problem, self._wall)

    async def run(self) -> None:
        """Works until it is cancelled; what is being sent then is finished, if it takes no longer than 20 s."""
        try:
            async with asyncio.TaskGroup() as tasks:
                for name, work in self._parts():
                    tasks.create_task(work, name=name)
        finally:
            await self.desk.finish(FINISH_WITHIN)
            await self._close()

    def _parts(self) -> Sequence[tuple[str, Coroutine[Any, Any, None]]]:
        parts = [("desk", self.desk.run())]
        for name, mirror in self._mirrors.items():
            mirroring = Mirroring(mirror, self._setup.store, self._told_by_itself, self._wall)
            parts.append((f"desk: {name}", mirroring.run()))
        return [*parts, *([("watchdog", self._watchdog.run())] if self._watchdog else [])]

    async def _close(self) -> None:
        for channel in self._channels.values():
            await channel.close()
        if self._watchdog is not None:
            await self._watchdog.close()
        await asyncio.to_thread(self._ends.close)

    # ---- how it is -----------------------------------------------------------------------------------------

    async def problem(self) -> str | None:
        """What keeps it from telling everybody that it should, in words."""
        setup = self._setup
        if setup.alerts.away:
            return f"the alerts are not kept up to date: {setup.alerts.away}"
        return self.desk.problem or "; ".join(self._gathering.unknown) or None

    async def readiness(self) -> Readiness:
        """Ready while nothing keeps it from telling everybody that it should."""
        problem = await self.problem()
        return Readiness(problem is None, {"problem": problem or ""})

    async def metrics(self) -> CollectorRegistry:
        """What /metrics shows."""
        clock, oldest = self._setup.clock, self.desk.oldest_unsent
        age = 0 if oldest is None else clock.to_wall(clock.now() - oldest) / 1000
        self._delivered.oldest_unsent.set(max(0.0, age))
        self._delivered.parked.set(await self._setup.store.count(open_only=False, parked=True))
        return self._delivered.registry

    # ---- what the desk asks for ----------------------------------------------------------------------------

    async def _word(self, alert: Alert, step: Step) -> Message:
        setup = self._setup
        within: list[Alert] = []
        if alert.opening is not None:
            within = await setup.store.alerts(situation=alert.id, open_only=False, limit=MOST)
        return write(
            alert,
            step,
            now=setup.clock.now(),
            zone=setup.policy.tz,
            links=setup.links,
            overrides=setup.policy.templates,
            within=within,
        )

    async def _figures(self) -> list[Figure]:
        """The board's; none where no board writes."""
        view, now = View(self._setup.redis), self._setup.clock.now()
        written = await view.written()
        if written is None:
            return []
        # How old they may be is a matter of the wall's time: a scaled clock makes a minute of a second.
        at = now - round(written.age(now) * 1000)
        places = {place for rate in self._setup.policy.rates for place in rate.boroughs or [EVERYWHERE]}
        rows = [row for place in places for row in await view.standards(place)]
        return [figure for row in rows for figure in figures_of(row, at)]

    def _told_by_itself(self, alert: Alert) -> bool:
        """Whether an alert is Alertmanager's business: what is told by its rate is told as that."""
        news = alert.latest
        return not isinstance(news, Announcement) or self._setup.policy.rate_of(news.data.standard) is None


def figures_of(row: StandardNow, at: int) -> list[Figure]:
    """A standard's rates in a place, as they were known at a moment (ms)."""
    return [
        Figure(
            standard=row.standard,
            borough=row.borough,
            over=window,
            met=rate.met,
            breached=rate.breached,
            at=at,
        )
        for window in get_args(RateWindow)
        if (rate := row.rates.get(window)) is not None
    ]
