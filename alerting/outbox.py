"""The outbox: whomever the plan names is told, once, as far as the world outside lets that be known.

The steps of one telling keep these numbers in comments, docs (docs/alerting-delivery.md) and test names:
1. **Look**: by the alert's plan somebody is due to be told.
2. **Claim** that telling in Redis for a while: of all desks, only the one that has the claim may send.
3. **Re-check**: once the store holds all that Kafka had of the alert, plan again; what is no longer due is not sent.
4. **Send.**
5. **Record** in Kafka that it was sent.
6. **Add** that to Redis.
7. **Release** the claim.
An escalation goes the same way, with nothing to send. Where a desk dies between 4 and 5, another tells the same
person again, for nobody can know whether it went out; where it dies between any other two, nobody is told twice.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from alerting.alert import Alert
from alerting.channels import Channel, ChannelError, Message
from alerting.deeds import escalated, parked, told
from alerting.delivered import Delivered
from alerting.plan import due, rising
from alerting.steps import Plan, Step
from alerting.store import AlertStore
from schemas.actions import Action
from schemas.errors import PledgeWatchError
from schemas.times import MINUTE, SECOND

SEND_WITHIN = 30 * SECOND
"""How long a channel may take, in ms of wall time: after that it has failed, whether it arrived or not."""
LEASE = 45 * SECOND
"""How long a claim holds, in ms of wall time, and holds again when the sending begins: longer than any sending."""
BACK_OFF = (5 * SECOND, 15 * SECOND, 45 * SECOND, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)
"""How long is waited after each attempt that failed, in ms of wall time; the one after the last is the last."""
RECORD_AGAIN = 1.0
"""Seconds between attempts to record what was sent."""
log = logging.getLogger(__name__)


class LostError(PledgeWatchError):
    """Redis no longer has what was being worked with.

    Operator action: none; it is built anew from Kafka, and whoever has the claim tells.
    """


class Time(Protocol):
    """The process's clock (streams.clock.Clock is one); moments and durations in ms."""

    def now(self) -> int: ...
    def seconds_until(self, moment: int) -> float: ...
    def of_wall(self, duration: int) -> int: ...
    def to_wall(self, duration: int) -> int: ...


@dataclass(frozen=True, kw_only=True)
class Office:
    """What a desk works with; `who` names the process in its claims."""

    store: AlertStore
    time: Time
    who: str
    plan: Callable[[Alert, Alert | None], Plan]
    """By the policy, given the situation it is told as part of."""
    channels: Mapping[str, Channel]
    word: Callable[[Alert, Step], Awaitable[Message]]
    record: Callable[[Action], Awaitable[None]]
    """Writes to `alert-actions`; returns once Kafka has it."""
    read_up: Callable[[str], Awaitable[None]]
    """Returns once the store holds all actions about an alert that Kafka has now."""
    lease: int = LEASE
    back_off: tuple[int, ...] = BACK_OFF


class Outbox:
    """Tells one person at a time; any number may work side by side, in one process or in many."""

    def __init__(self, office: Office, delivered: Delivered) -> None:
        self._office, self._delivered = office, delivered
        self._store, self._time = office.store, office.time

    async def look(self, alert_id: str) -> tuple[Alert, Plan] | None:
        """Step 1: an alert as it stands, and what is to be done about it; None where there is none."""
        alert = await self._store.alert(alert_id)
        if alert is None:
            return None
        situation = await self._store.alert(alert.situation) if alert.situation else None
        return alert, self._office.plan(alert, situation)

    async def escalate(self, alert_id: str, escalation_id: str) -> bool:
        """Has an alert go up its ladder, where that still holds; False where somebody else is at it."""
        async with self._claimed(escalation_id) as claim:
            if not claim.mine:
                return False
            alert, plan = await self._recheck(alert_id)  # 3
            for escalation in rising(plan, alert, self._time.now()):
                if escalation.id == escalation_id:
                    await self._settle(claim, escalated(alert, escalation, self._time.now()))
                    self._delivered.escalations.inc()
        return True

    async def deliver(self, alert_id: str, step_id: str) -> bool:
        """Tells somebody, where that still holds; where it fails it is noted when to try again, or parked.

        False where somebody else is at it. PledgeWatchError where Kafka does not answer, and nothing was sent.
        """
        async with self._claimed(step_id) as claim:
            if not claim.mine:
                return False
            alert, plan = await self._recheck(alert_id)  # 3
            for step in due(plan, alert, self._time.now()):
                if step.id == step_id and await self._may_try(step):
                    await self._tell(claim, alert, step)
        return True

    # ---- step by step --------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _claimed(self, key: str) -> AsyncIterator["_Claim"]:
        office = self._office
        claim = _Claim(key, await self._store.claim(key, office.who, office.lease))  # 2
        try:
            yield claim
        finally:
            # What was sent and is not recorded must seem taken for as long as that can be.
            if claim.mine and not claim.unrecorded:
                await self._store.release(key, office.who)  # 7

    async def _recheck(self, alert_id: str) -> tuple[Alert, Plan]:
        await self._office.read_up(alert_id)
        found = await self.look(alert_id)
        if found is None:
            raise LostError(f"Redis has lost {alert_id}; it is built anew from Kafka")
        return found

    async def _may_try(self, step: Step) -> bool:
        return (await self._store.attempts(step.id)).not_before <= self._time.now()

    async def _tell(self, claim: "_Claim", alert: Alert, step: Step) -> None:
        # An attempt is counted before it is made: what kills the process each time is given up in the end, too.
        tries = (await self._store.attempts(step.id)).tries + 1
        await self._put_off(step, tries)
        try:
            await self._send(claim, alert, step)
        except LostError:
            raise
        except Exception as failure:  # by whatever a channel fails, the others go on
            claim.unrecorded = False
            await self._failed(claim, alert, step, tries, failure)
            return
        now = self._time.now()
        await self._settle(claim, told(alert, step, tries, now))
        self._delivered.told(step.channel, self._time.to_wall(now - step.at) / 1000)

    async def _send(self, claim: "_Claim", alert: Alert, step: Step) -> None:
        message = await self._office.word(alert, step)
        if not await self._store.renew(claim.key, self._office.who, self._office.lease):
            raise LostError(f"the claim to tell {step.to.name} of {alert.id} ran out")
        claim.unrecorded = True
        async with asyncio.timeout(SEND_WITHIN / 1000):
            await self._office.channels[step.channel].send(message)  # 4

    async def _failed(
        self, claim: "_Claim", alert: Alert, step: Step, tries: int, failure: Exception
    ) -> None:
        problem = str(failure) or repr(failure)
        given_up = isinstance(failure, ChannelError) and failure.permanent
        if not given_up and tries <= len(self._office.back_off):
            log.warning("%s: %s could not be told by %s: %s", alert.id, step.to.name, step.channel, problem)
            await self._put_off(step, tries, getattr(failure, "retry_after", None) or 0)
            self._delivered.failed(step.channel)
            return
        log.error("%s: %s is not told by %s: %s", alert.id, step.to.name, step.channel, problem)
        await self._settle(claim, parked(alert, step, tries, problem, self._time.now()))
        await self._store.set_attempt(step.id, 0, 0)  # whoever has it tried again begins anew
        self._delivered.gave_up(step.channel)

    async def _put_off(self, step: Step, tries: int, at_least: int = 0) -> None:
        waits = self._office.back_off
        wait = max(at_least, waits[min(tries, len(waits)) - 1]) if waits else at_least
        await self._store.set_attempt(step.id, tries, self._time.now() + self._time.of_wall(wait))

    async def _settle(self, claim: "_Claim", action: Action) -> None:
        claim.unrecorded = True
        while not await self._recorded(action):  # 5
            await asyncio.sleep(RECORD_AGAIN)
            await self._store.renew(claim.key, self._office.who, self._office.lease)
        claim.unrecorded = False
        await self._store.add([action])  # 6

    async def _recorded(self, action: Action) -> bool:
        try:
            await self._office.record(action)
        except PledgeWatchError as away:
            log.error("%s: what was done is not recorded yet: %s", action.subject, away)
            return False
        return True


@dataclass
class _Claim:
    key: str
    mine: bool
    unrecorded: bool = False
