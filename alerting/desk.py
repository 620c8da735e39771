"""The desk's loop: every alert is looked at when something becomes known of it, and when its plan says so.

Any number of desks may run. What is to be looked at when, and who tells, is in Redis; a desk that dies leaves nothing
that the others do not find there or in Kafka.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.exceptions import RedisError

from alerting.alert import Alert
from alerting.ending import ending
from alerting.gathering import Gathering
from alerting.outbox import Office, Outbox
from alerting.plan import due, later, rising
from alerting.steps import Plan
from schemas.errors import PledgeWatchError
from schemas.times import SECOND

AT_ONCE = 8
"""Messages that one channel is given at a time: a slow channel holds up no other."""
LOOKED_AT_ONCE = 50
IDLE = 2.0
"""Seconds after which a desk looks by itself: another desk may have put something off that it did not hear of."""
AGAIN_AFTER = 1.0
"""Seconds after which it goes on where Redis or Kafka did not answer."""
RATE_EVERY = 5.0
"""Seconds between two looks at the rates."""
LOOK_AGAIN = 5 * SECOND
"""How long an alert that cannot be looked at is left alone, in ms of wall time."""
Work = Callable[[str, str], Awaitable[bool]]
"""Given an alert and what is to be done of it; whether it was tried, else somebody else is at it."""
log = logging.getLogger(__name__)


class Desk:
    """One desk of an installation."""

    def __init__(self, office: Office, outbox: Outbox, gathering: Gathering) -> None:
        self._office, self._outbox, self._gathering = office, outbox, gathering
        self._store, self._time = office.store, office.time
        self._slots = {name: asyncio.Semaphore(AT_ONCE) for name in office.channels}
        self._recording = asyncio.Semaphore(AT_ONCE)
        self._doing: dict[str, asyncio.Task[None]] = {}
        self._changed: set[str] = set()
        self._awake = asyncio.Event()
        self._waiting: dict[str, int] = {}
        self._rate_at = 0.0
        self.problem = "the desk has not begun"
        """What keeps it from its work, in words; empty where nothing does."""

    @property
    def oldest_unsent(self) -> int | None:
        """The moment (ms) since when the oldest telling that is due waits; None where none does."""
        return min(self._waiting.values(), default=None)

    async def run(self) -> None:
        """Goes on until it is cancelled."""
        listening = asyncio.create_task(self._listen(), name="changes")
        try:
            while not ending():
                try:
                    await self._round()
                    await self._rest()
                except (RedisError, PledgeWatchError) as failed:
                    log.warning("the desk goes on in a moment: %s", failed)
                    self.problem = str(failed)
                    await asyncio.sleep(AGAIN_AFTER)
        finally:
            listening.cancel()

    async def finish(self, seconds: float) -> None:
        """Waits for what is being sent, so long at most."""
        if self._doing:
            await asyncio.wait(self._doing.values(), timeout=seconds)

    async def _listen(self) -> None:
        async for ids in self._store.changes():
            self._look_soon(ids)

    async def _round(self) -> None:
        """Looks at all that is to be looked at by now; what has just changed comes first."""
        self._awake.clear()
        if not await self._store.built():
            self.problem = "Redis is being filled from Kafka"
            return
        if held := await self._store.held_for():
            self.problem = f"Redis was empty: what was being sent then is given another {held / 1000:.0f} s"
            return
        await self._rate()
        while (ids := await self._next()) and not ending():
            for alert_id in ids:
                await self._look(alert_id)
        self.problem = ""

    async def _rate(self) -> None:
        """Rates change with every call: they are looked at by the clock, not by what becomes known."""
        now = asyncio.get_running_loop().time()
        if now >= self._rate_at:
            self._rate_at = now + RATE_EVERY
            await self._gathering.rate(self._time.now(), self._office.who)

    async def _next(self) -> list[str]:
        if self._changed:
            ids, self._changed = list(self._changed), set()
            return ids
        return await self._store.due(self._time.now(), LOOKED_AT_ONCE)

    async def _rest(self) -> None:
        moment = None if self.problem else await self._store.next_moment()
        seconds = IDLE if moment is None else min(IDLE, self._time.seconds_until(moment))
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):  # Python 3.11's wait_for may swallow that we are cancelled
                await self._awake.wait()

    # ---- one alert -----------------------------------------------------------------------------------------

    async def _look(self, alert_id: str) -> None:
        try:
            found = await self._outbox.look(alert_id)
            if found is None:
                await self._store.set_next(alert_id, None)
                return
            alert, plan = found
            if await self._gathering.take(alert):
                self._look_soon({alert_id})  # it may be told as part of something now
            else:
                await self._store.set_next(alert_id, await self._act(alert, plan), alert)
        except RedisError:
            raise
        except (
            Exception
        ) as failed:  # one alert that cannot be looked at must not keep the others from being told
            unknown = not isinstance(failed, PledgeWatchError)
            log.error("%s cannot be looked at, for now: %s", alert_id, failed, exc_info=unknown)
            await self._store.set_next(alert_id, self._time.now() + self._time.of_wall(LOOK_AGAIN))

    async def _act(self, alert: Alert, plan: Plan) -> int | None:
        """Begins what is due, and says when (ms) to look again; None: not before something becomes known of it."""
        now = self._time.now()
        # Whoever else is at it may have died: by then its claim has run out.
        given_up = now + self._time.of_wall(self._office.lease)
        moments = later(plan, now)
        for escalation in rising(plan, alert, now):
            self._begin(alert.id, escalation.id, self._recording, self._outbox.escalate)
            moments.append(given_up)
        steps = due(plan, alert, now)
        for step in steps:
            not_before = (await self._store.attempts(step.id)).not_before
            if not_before <= now:
                self._begin(alert.id, step.id, self._slots[step.channel], self._outbox.deliver)
            moments.append(not_before if not_before > now else given_up)
        self._note_waiting(alert.id, [step.at for step in steps])
        if (end := await self._gathering.wind_up(alert, now)) is not None:
            moments.append(end)
        return min(moments, default=None)

    def _note_waiting(self, alert_id: str, since: list[int]) -> None:
        self._waiting.pop(alert_id, None)
        if since:
            self._waiting[alert_id] = min(since)

    def _begin(self, alert_id: str, key: str, slot: asyncio.Semaphore, work: Work) -> None:
        """Does it beside everything else, once there is a place; what is begun already is not begun again."""
        if key not in self._doing:
            self._doing[key] = asyncio.create_task(self._do(alert_id, key, slot, work), name=key)

    async def _do(self, alert_id: str, key: str, slot: asyncio.Semaphore, work: Work) -> None:
        try:
            async with slot:
                tried = await work(alert_id, key)
        except Exception as failed:  # whatever it is, it is tried again
            known = isinstance(failed, RedisError | PledgeWatchError)
            log.warning("%s: told a little later: %s", alert_id, failed, exc_info=not known)
            await asyncio.sleep(AGAIN_AFTER)
            tried = True
        finally:
            del self._doing[key]
        if tried:
            self._look_soon({alert_id})

    def _look_soon(self, ids: set[str]) -> None:
        self._changed |= ids
        self._awake.set()
